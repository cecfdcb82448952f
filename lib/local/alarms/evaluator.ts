import {
  CloudWatchClient,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../engine/aws';
import { pause } from '../engine/clock';
import type { EngineContext } from '../engine/ports';
import type { LambdaService } from '../lambda/service';
import type { MotoServer } from '../moto/moto';
import { type AlarmState, evaluateAlarm } from './evaluate';

/** However small the time scale, periods do not get shorter: metrics would fall between them. The emulator's do as well. */
const SHORTEST_PERIOD_SECONDS = 0.5;

/** Seconds of real time that stand for one period of the alarm. */
export const scaledPeriod = (periodSeconds: number, scale: number): number =>
  Math.max(SHORTEST_PERIOD_SECONDS, periodSeconds * scale);

/**
 * Evaluates the metric alarms that the emulator stores, at most twice a second: sets their state, emits
 * `CloudWatch Alarm State Change`, and notifies their SNS topics and functions.
 */
export class AlarmEvaluator {
  private readonly cloudwatch: CloudWatchClient;
  private readonly sns: SNSClient;
  private readonly stopping = new AbortController();
  private readonly evaluatedAt = new Map<string, number>();
  private loop: Promise<void> | undefined;
  private lastError = '';

  constructor(
    private readonly context: EngineContext,
    private readonly moto: Pick<MotoServer, 'metricStatistics'>,
    private readonly lambda: Pick<LambdaService, 'invokeLater'>,
  ) {
    this.cloudwatch = new CloudWatchClient(awsClientConfig(context));
    this.sns = new SNSClient(awsClientConfig(context));
  }

  start(): void {
    this.loop ??= this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('The engine is stopping.'));
    await this.loop;
  }

  /** Evaluates every alarm whose period has passed since its last evaluation. */
  async tick(): Promise<void> {
    for await (const page of paginateDescribeAlarms({ client: this.cloudwatch }, { AlarmTypes: ['MetricAlarm'] })) {
      for (const alarm of page.MetricAlarms ?? []) await this.evaluate(alarm);
    }
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.tick();
        this.lastError = '';
      } catch (error) {
        this.report(error as Error);
      }
      await pause(SHORTEST_PERIOD_SECONDS * 1000, this.stopping.signal).catch(() => undefined);
    }
  }

  /** The same trouble twice a second is one line. */
  private report(error: Error): void {
    if (this.stopping.signal.aborted || error.message === this.lastError) return;
    this.lastError = error.message;
    this.context.log(`alarms could not be evaluated: ${error.message}`);
  }

  private async evaluate(alarm: MetricAlarm): Promise<void> {
    const { AlarmName = '', Period = 60, StateValue = 'INSUFFICIENT_DATA' } = alarm;
    const period = scaledPeriod(Period, this.context.clock.scale);
    const now = this.context.clock.now().getTime() / 1000;
    if (now - (this.evaluatedAt.get(AlarmName) ?? 0) < period) return;
    this.evaluatedAt.set(AlarmName, now);
    const periods = await this.periods(alarm, period, now);
    const rule = {
      threshold: alarm.Threshold ?? Number.NaN,
      comparison: alarm.ComparisonOperator ?? '',
      datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods ?? 1,
      treatMissingData: alarm.TreatMissingData ?? 'missing',
    };
    const state = evaluateAlarm(rule, periods, StateValue);
    if (state !== StateValue) await this.change(alarm, state, explain(alarm, periods, state));
  }

  /** The alarm's statistic in each period, the oldest first. */
  private async periods(alarm: MetricAlarm, period: number, now: number): Promise<readonly (number | undefined)[]> {
    const count = alarm.EvaluationPeriods ?? 1;
    const start = now - count * period;
    return this.moto.metricStatistics({
      region: this.context.region,
      namespace: alarm.Namespace ?? '',
      name: alarm.MetricName ?? '',
      dimensions: (alarm.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({ Name, Value })),
      statistic: alarm.Statistic ?? alarm.ExtendedStatistic ?? '',
      windows: Array.from({ length: count }, (_, index) => [start + index * period, start + (index + 1) * period]),
    });
  }

  private async change(alarm: MetricAlarm, state: AlarmState, reason: string): Promise<void> {
    const { AlarmName = '', AlarmArn = '', StateValue = 'INSUFFICIENT_DATA', StateReason = '' } = alarm;
    await this.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: reason }));
    const timestamp = this.context.clock.now().toISOString();
    this.context.log(`alarm ${AlarmName}: ${StateValue} → ${state}: ${reason}`);
    this.context.events.publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [AlarmArn],
      detail: {
        alarmName: AlarmName,
        state: { value: state, reason, timestamp },
        previousState: { value: StateValue, reason: StateReason },
        configuration: { description: alarm.AlarmDescription ?? '' },
      },
    });
    const actions =
      { ALARM: alarm.AlarmActions, OK: alarm.OKActions, INSUFFICIENT_DATA: alarm.InsufficientDataActions }[state] ?? [];
    if (alarm.ActionsEnabled === false) return;
    const notice = {
      AlarmName,
      AlarmArn,
      AlarmDescription: alarm.AlarmDescription,
      OldStateValue: StateValue,
      NewStateValue: state,
      NewStateReason: reason,
      StateChangeTime: timestamp,
      AWSAccountId: this.context.account,
      Region: this.context.region,
    };
    for (const action of actions) await this.notify(action, notice);
  }

  private async notify(action: string, notice: Readonly<Record<string, unknown>>): Promise<void> {
    if (action.startsWith('arn:aws:lambda:')) {
      this.lambda
        .invokeLater(action, {
          source: 'aws.cloudwatch',
          alarmArn: notice.AlarmArn,
          time: notice.StateChangeTime,
          region: notice.Region,
          alarmData: notice,
        })
        .catch((error: unknown) => this.report(error as Error));
    } else {
      const Subject = `${String(notice.NewStateValue)}: "${String(notice.AlarmName)}"`.slice(0, 100);
      await this.sns.send(new PublishCommand({ TopicArn: action, Subject, Message: JSON.stringify(notice) }));
    }
  }
}

function explain(alarm: MetricAlarm, periods: readonly (number | undefined)[], state: AlarmState): string {
  const shown = periods.map((value) => (value === undefined ? 'no data' : Number(value.toPrecision(6)))).join(', ');
  const name = alarm.Statistic ?? alarm.ExtendedStatistic ?? '';
  return `${state} because ${name} of ${alarm.MetricName ?? ''} in the last ${periods.length} period(s) was [${shown}]; threshold: ${alarm.ComparisonOperator ?? ''} ${alarm.Threshold ?? ''}`;
}
