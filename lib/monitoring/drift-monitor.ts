import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { ROLLOUT_ENV } from '../rollout/contract';
import type { RolloutTableRef } from '../rollout/rollout-table';
import { allowTable } from '../rollout/table-access';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import { RUNBOOK } from '../shared/runbook';
import { MONITORING_FOLDERS } from './contract';
import { DRIFT_ENV, DRIFT_METRICS, driftItem } from './drift-contract';

export interface DriftMonitorProps {
  readonly application: string;
  readonly endpointName: string;
  readonly artifactBucket: IBucket;
  readonly monitoringBucket: IBucket;
  readonly rolloutTable: RolloutTableRef;
  readonly retrainingTable: RetrainingTableRef;
  /** How often traffic is looked at. @default Duration.hours(6) */
  readonly every?: Duration;
}

/** Watches whether production is still asked what its release was trained on. */
export class DriftMonitor extends Construct {
  readonly handler: AssayFunction;

  constructor(scope: Construct, id: string, props: DriftMonitorProps) {
    super(scope, id);
    const { endpointName, every = Duration.hours(6) } = props;
    const undelivered = new Queue(this, 'Undelivered', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.handler = new AssayFunction(this, 'Check', {
      entry: 'lambda/monitoring/check.ts',
      description: `Compares the traffic of ${endpointName} with the data of the release that serves`,
      environment: {
        [ROLLOUT_ENV.endpoint]: endpointName,
        [DRIFT_ENV.application]: props.application,
        [DRIFT_ENV.artifactBucket]: props.artifactBucket.bucketName,
        [DRIFT_ENV.monitoringBucket]: props.monitoringBucket.bucketName,
        [DRIFT_ENV.retrainingTable]: props.retrainingTable.tableName,
      },
      // A window of 4 GiB, the most that gates.yaml allows, is read at some 50 MiB a second.
      timeout: Duration.minutes(10),
      memorySize: 1024,
    });
    this.handler.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(undelivered),
    });
    this.allow(props);
    new Schedule(this, 'Schedule', {
      description: `Looks for drift of ${endpointName}`,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(this.handler, {
        input: ScheduleTargetInput.fromObject({ time: ContextAttribute.scheduledTime }),
        retryAttempts: 3,
        maxEventAge: Duration.hours(6),
        deadLetterQueue: undelivered,
      }),
    });
    this.alarm(endpointName, undelivered);
  }

  private allow({
    endpointName,
    artifactBucket,
    monitoringBucket,
    rolloutTable,
    retrainingTable,
  }: DriftMonitorProps): void {
    const { handler } = this;
    allowRead(artifactBucket, handler, `runs/*/${RUN_KEYS.release}`, `runs/*/${RUN_KEYS.baseline}`);
    allowRead(monitoringBucket, handler, `${MONITORING_FOLDERS.capture}*`);
    allowWrite(monitoringBucket, handler, `${MONITORING_FOLDERS.drift}*`);
    allowTable(handler, { table: rolloutTable, endpointName }, 'Query');
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [retrainingTable.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [driftItem(endpointName)] } },
      }),
    );
    // PutMetricData knows no resources; the namespace is what can be limited.
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': DRIFT_METRICS.namespace } },
      }),
    );
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
        conditions: { StringEquals: { 'events:source': 'assay' } },
      }),
    );
  }

  /** Nobody looks at a monitor that has stopped: that has to be said. */
  private alarm(endpointName: string, undelivered: Queue): void {
    new Alarm(this, 'UndeliveredAlarm', {
      alarmDescription: `Checks of ${endpointName} for drift fail. ${RUNBOOK}#drift-check-failed`,
      metric: undelivered.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Nothing in the queue is as it should be; a queue that nobody used for hours sends nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
