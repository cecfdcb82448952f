import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RetrainingPolicy } from '../core/retraining/state';
import { AssayFunction } from '../shared/assay-function';
import { RUNBOOK } from '../shared/runbook';
import { undeliveredAlarm } from '../shared/undelivered-alarm';
import { ASSAY_EVENTS, RETRAINING_ENV, TRIGGER_ITEMS } from './contract';
import type { RetrainingTableRef } from './retraining-table';

export interface StartFunctionProps {
  readonly application: string;
  readonly pipelineName: string;
  readonly table: RetrainingTableRef;
  readonly policy: RetrainingPolicy;
}

/** The one function that starts runs, and the queue of what it could not take. */
export class StartFunction extends Construct {
  readonly handler: AssayFunction;
  /** Requests that were tried again and again in vain, whether they reached the function or not. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: StartFunctionProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.handler = new AssayFunction(this, 'Handler', {
      entry: 'lambda/retraining/start.ts',
      description: 'Decides on requests for runs, and starts them',
      environment: {
        [RETRAINING_ENV.application]: props.application,
        [RETRAINING_ENV.pipelineName]: props.pipelineName,
        [RETRAINING_ENV.table]: props.table.tableName,
        [RETRAINING_ENV.policy]: JSON.stringify(props.policy),
      },
    });
    this.handler.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.undelivered),
    });
    this.allow(props);
    undeliveredAlarm(
      this,
      this.undelivered,
      `Requests for runs of ${props.application} could not be taken. ${RUNBOOK}#triggers-undelivered`,
    );
  }

  private allow({ table, pipelineName }: StartFunctionProps): void {
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [TRIGGER_ITEMS.state, `${TRIGGER_ITEMS.keys}*`] },
        },
      }),
    );
    const stack = Stack.of(this);
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'codepipeline:StartPipelineExecution',
          'codepipeline:GetPipelineExecution',
          'codepipeline:ListPipelineExecutions',
        ],
        resources: [stack.formatArn({ service: 'codepipeline', resource: pipelineName })],
      }),
    );
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
        conditions: {
          StringEquals: { 'events:source': ASSAY_EVENTS.source, 'events:detail-type': ASSAY_EVENTS.decided },
        },
      }),
    );
  }
}
