import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ALARM_WINDOW } from '../core/rollout/preflight';
import { RUNBOOK } from '../shared/runbook';
import { ENDPOINT_METRICS, type VariantAlarms, type VariantName } from './contract';

export interface EndpointAlarmsProps {
  readonly endpointName: string;
  /** Share of failed requests above which the alarm goes off. @default 0.05 */
  readonly maxErrorRate?: number;
  /** 90th percentile of model latency above which the alarm goes off. @default Duration.seconds(2) */
  readonly maxLatency?: Duration;
}

/**
 * Three alarms for each variant name. They are a veto that holds for every release, wider than the budgets in gates.yaml
 * by which the judge decides. Without traffic there is no data: the alarm then has no opinion, and the judge needs
 * a minimum of requests anyway.
 */
export class EndpointAlarms extends Construct {
  readonly alarms: readonly Alarm[];
  readonly names: VariantAlarms;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointAlarmsProps,
  ) {
    super(scope, id);
    const [blue, green] = [this.watch('blue'), this.watch('green')];
    this.alarms = [...blue, ...green];
    const namesOf = (alarms: readonly Alarm[]) => alarms.map((alarm) => alarm.alarmName);
    this.names = { blue: namesOf(blue), green: namesOf(green) };
  }

  private watch(variant: VariantName): readonly Alarm[] {
    const { endpointName, maxErrorRate = 0.05, maxLatency = Duration.seconds(2) } = this.props;
    const title = capitalised(variant);
    // SageMaker sends 0 for each good request, so the average of an error metric is the error rate.
    const errors = (id: string, metricName: string, whose: string): Alarm =>
      this.alarm(`${title}${id}`, {
        metric: this.metric(variant, metricName, 'Average'),
        threshold: maxErrorRate,
        description: `${variant} of ${endpointName}: ${whose} fails more than ${maxErrorRate * 100} % of the requests. ${RUNBOOK}#variant-errors`,
      });
    return [
      errors('ServerErrors', ENDPOINT_METRICS.errors5xx, 'the endpoint'),
      errors('ModelErrors', ENDPOINT_METRICS.modelErrors, 'the model'),
      this.alarm(`${title}Latency`, {
        metric: this.metric(variant, ENDPOINT_METRICS.latency, 'p90'),
        threshold: maxLatency.toMilliseconds() * 1000,
        description: `${variant} of ${endpointName} needs more than ${maxLatency.toMilliseconds()} ms for one request in ten. ${RUNBOOK}#variant-latency`,
      }),
    ];
  }

  private alarm(id: string, spec: { metric: Metric; threshold: number; description: string }): Alarm {
    return new Alarm(this, id, {
      metric: spec.metric,
      threshold: spec.threshold,
      alarmDescription: spec.description,
      evaluationPeriods: ALARM_WINDOW.periods,
      datapointsToAlarm: ALARM_WINDOW.periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.MISSING,
    });
  }

  private metric(variant: VariantName, metricName: string, statistic: string): Metric {
    return new Metric({
      namespace: ENDPOINT_METRICS.namespace,
      metricName,
      statistic,
      period: PERIOD,
      dimensionsMap: { EndpointName: this.props.endpointName, VariantName: variant },
    });
  }
}

const PERIOD = Duration.seconds(ALARM_WINDOW.periodSeconds);

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
