import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { ROLLOUT_ENV } from '../rollout/contract';
import type { RolloutTableRef } from '../rollout/rollout-table';
import { allowTable } from '../rollout/table-access';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import { RUNBOOK } from '../shared/runbook';
import { undeliveredAlarm } from '../shared/undelivered-alarm';
import { MONITOR_ENV } from './contract';

/** What monitors of production look at and write to. */
export interface MonitorProps {
  readonly application: string;
  readonly endpointName: string;
  readonly artifactBucket: IBucket;
  readonly monitoringBucket: IBucket;
  readonly rolloutTable: RolloutTableRef;
  readonly retrainingTable: RetrainingTableRef;
}

export interface ScheduledMonitorProps extends MonitorProps {
  /** Handler file relative to the project root. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  /** MiB. */
  readonly memorySize: number;
  readonly every: Duration;
  /** Completes "Checks of <endpoint> …". */
  readonly purpose: string;
  /** Entry of the runbook. */
  readonly runbook: string;
  /** Keys of run documents. */
  readonly documents: readonly string[];
  /** Key patterns of the monitoring bucket. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Item of the retraining table. */
  readonly item: string;
  /** CloudWatch namespace. */
  readonly namespace: string;
}

/** A function that looks at production on a schedule, keeps one item of memory, and may ask for a run. */
export class ScheduledMonitor extends Construct {
  readonly handler: AssayFunction;
  /** Checks that were tried again and again in vain. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: ScheduledMonitorProps) {
    super(scope, id);
    const { endpointName, purpose } = props;
    this.undelivered = new Queue(this, 'Undelivered', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.handler = new AssayFunction(this, 'Check', {
      entry: props.entry,
      description: props.description,
      environment: {
        [ROLLOUT_ENV.endpoint]: endpointName,
        [MONITOR_ENV.application]: props.application,
        [MONITOR_ENV.artifactBucket]: props.artifactBucket.bucketName,
        [MONITOR_ENV.monitoringBucket]: props.monitoringBucket.bucketName,
        [MONITOR_ENV.retrainingTable]: props.retrainingTable.tableName,
      },
      timeout: props.timeout,
      memorySize: props.memorySize,
    });
    this.handler.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.undelivered),
    });
    this.allow(props);
    new Schedule(this, 'Schedule', {
      description: `Checks of ${endpointName} ${purpose}`,
      schedule: ScheduleExpression.rate(props.every),
      target: new LambdaInvoke(this.handler, {
        input: ScheduleTargetInput.fromObject({ time: ContextAttribute.scheduledTime }),
        retryAttempts: 3,
        maxEventAge: Duration.hours(6),
        deadLetterQueue: this.undelivered,
      }),
    });
    this.alarm(props);
  }

  private allow(props: ScheduledMonitorProps): void {
    const { handler } = this;
    const { endpointName, monitoringBucket, rolloutTable: table, retrainingTable } = props;
    allowRead(props.artifactBucket, handler, ...props.documents.map((key) => `runs/*/${key}`));
    allowRead(monitoringBucket, handler, ...props.reads);
    allowWrite(monitoringBucket, handler, ...props.writes);
    allowTable(handler, { table, endpointName }, 'Query');
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [retrainingTable.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [props.item] } },
      }),
    );
    // PutMetricData knows no resources; the namespace is what can be limited.
    handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': props.namespace } },
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
  private alarm({ endpointName, purpose, runbook }: ScheduledMonitorProps): void {
    undeliveredAlarm(this, this.undelivered, `Checks of ${endpointName} ${purpose} fail. ${RUNBOOK}#${runbook}`);
  }
}
