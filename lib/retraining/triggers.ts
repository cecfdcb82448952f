import { Duration, TimeZone } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { TriggersConfig } from '../config/triggers-schema';
import type { RetrainingPolicy } from '../core/retraining/state';
import { LANDING_FOLDER } from '../golden-data/contract';
import { PIPELINE_EVENT } from '../observability/contract';
import { ASSAY_EVENTS } from './contract';
import type { RetrainingTableRef } from './retraining-table';
import { StartFunction } from './start-function';
import { StartRule } from './start-rule';
import { StartSchedule } from './start-schedule';
import { WakeUp } from './wake-up';

export interface TriggersProps {
  readonly application: string;
  readonly pipelineName: string;
  readonly table: RetrainingTableRef;
  readonly goldenBucket: IBucket;
  readonly triggers: TriggersConfig;
}

/**
 * Everything that starts runs besides pushes. All of it reaches one function, which decides by one policy; a kind that is
 * switched off has no rule and no schedule.
 */
export class Triggers extends Construct {
  readonly start: StartFunction;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    const { application, pipelineName, table, goldenBucket, triggers } = props;
    this.start = new StartFunction(this, 'Start', {
      application,
      pipelineName,
      table,
      policy: retrainingPolicy(triggers),
    });
    if (triggers.schedule.enabled) new WeeklySchedule(this, 'Schedule', this.start, triggers.schedule);
    if (triggers.newData.enabled) new NewDataTrigger(this, 'NewData', this.start, goldenBucket);
    const { drift, degradation, webhook } = triggers;
    new EventTrigger(this, 'Requested', this.start, application, ASSAY_EVENTS.requested, [
      'manual',
      ...(webhook.enabled ? ['webhook'] : []),
    ]);
    if (drift.enabled) new EventTrigger(this, 'Drift', this.start, application, ASSAY_EVENTS.drift, ['drift']);
    if (degradation.enabled) {
      new EventTrigger(this, 'Degradation', this.start, application, ASSAY_EVENTS.degradation, ['degradation']);
    }
    new RunWatch(this, 'Runs', this.start, pipelineName);
    new PendingTick(this, 'Tick', this.start);
    new WakeUp(this, 'WakeUp', this.start, application);
  }
}

/** The policy that the function decides by. */
export const retrainingPolicy = ({ policy, newData }: TriggersConfig): RetrainingPolicy => ({
  ...policy,
  settleMinutes: newData.settleMinutes,
});

/** A run at fixed times of the week, in a time zone. */
class WeeklySchedule extends StartSchedule {
  constructor(scope: Construct, id: string, start: StartFunction, { cron, timeZone }: TriggersConfig['schedule']) {
    super(scope, id, {
      start,
      description: `Asks for a run: ${cron} ${timeZone}`,
      schedule: ScheduleExpression.expression(`cron(${cron})`, TimeZone.of(timeZone)),
      event: { kind: 'schedule', schedule: `${cron} ${timeZone}` },
    });
  }
}

/** A run for what is put into the landing folder of the golden bucket. */
class NewDataTrigger extends StartRule {
  constructor(scope: Construct, id: string, start: StartFunction, bucket: IBucket) {
    super(scope, id, start, 'Something was put into the landing folder', {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: LANDING_FOLDER }] } },
    });
  }
}

/** A run for an event of this app. */
class EventTrigger extends StartRule {
  constructor(
    scope: Construct,
    id: string,
    start: StartFunction,
    application: string,
    detailType: string,
    kinds: string[],
  ) {
    super(scope, id, start, detailType, {
      source: [ASSAY_EVENTS.source],
      detailType: [detailType],
      detail: { application: [application], kind: kinds },
    });
  }
}

/** Tells the function which runs start and end, whoever started them. */
class RunWatch extends StartRule {
  constructor(scope: Construct, id: string, start: StartFunction, pipelineName: string) {
    super(scope, id, start, 'A run of the pipeline started or ended', {
      source: ['aws.codepipeline'],
      detailType: [PIPELINE_EVENT],
      detail: {
        pipeline: [pipelineName],
        state: ['STARTED', 'RESUMED', 'SUCCEEDED', 'FAILED', 'STOPPED', 'SUPERSEDED', 'CANCELED'],
      },
    });
  }
}

/** Starts what waits as soon as it may, and repairs what an interruption or a lost event left. */
class PendingTick extends StartSchedule {
  constructor(scope: Construct, id: string, start: StartFunction) {
    super(scope, id, {
      start,
      description: 'Starts what waits, once it may',
      schedule: ScheduleExpression.rate(Duration.minutes(15)),
      event: { kind: 'tick' },
    });
  }
}
