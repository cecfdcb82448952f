import { Duration, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import { ASSAY_EVENTS } from '../retraining/contract';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { AssayFunction } from '../shared/assay-function';
import { allowRead } from '../shared/bucket-access';
import { Chat, type ChatChannels } from './chat';
import { ALARM_EVENT, EXECUTION_EVENT, NOTICE_PREFIX, NOTIFY_ENV, PIPELINE_EVENT, STAGE_EVENT } from './contract';

export interface NoticesProps {
  readonly application: string;
  readonly artifactBucket: IBucket;
  readonly pipelineName: string;
  /** Where told notices are written down. */
  readonly retrainingTable: RetrainingTableRef;
  readonly emails: readonly string[];
  /** @default - no chats */
  readonly chat?: ChatChannels | undefined;
}

/**
 * Tells people what happens to the application, each event once: runs that end, rollbacks, what the monitors find and
 * what becomes of requests for runs.
 */
export class Notices extends Construct {
  /** E-mail gets text, every other subscriber the notice as JSON (`schemas/notice.schema.json`). */
  readonly topic: Topic;
  private readonly handler: AssayFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NoticesProps,
  ) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: `Assay ${props.application}`,
      enforceSSL: true,
      // Only roles of this account publish, and notices hold no data: the AWS-managed key does, which needs no policy.
      masterKey: Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns'),
    });
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
    const channels = props.chat ?? {};
    const chat =
      channels.slack === undefined && channels.teams === undefined
        ? undefined
        : new Chat(this, 'Chat', { application: props.application, channels });
    this.handler = this.notify(chat);
    for (const topic of [this.topic, ...(chat === undefined ? [] : [chat.topic])]) topic.grantPublish(this.handler);
    this.allowClaims();
    this.allowLookups();
    this.watchPipeline();
    this.watchRetraining();
  }

  /** Others own the rest of the table. */
  private allowClaims(): void {
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.props.retrainingTable.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${NOTICE_PREFIX}*`] } },
      }),
    );
  }

  private notify(chat: Chat | undefined): AssayFunction {
    const { application, artifactBucket, retrainingTable } = this.props;
    return new AssayFunction(this, 'Notify', {
      entry: 'lambda/observability/notify.ts',
      description: 'Finds out why a stage failed, what a run did, what a monitor found, and tells it once',
      timeout: Duration.seconds(60),
      environment: {
        [NOTIFY_ENV.application]: application,
        [NOTIFY_ENV.artifactBucket]: artifactBucket.bucketName,
        [NOTIFY_ENV.topicArn]: this.topic.topicArn,
        [NOTIFY_ENV.table]: retrainingTable.tableName,
        ...(chat === undefined ? {} : { [NOTIFY_ENV.chatTopicArn]: chat.topic.topicArn }),
      },
    });
  }

  private on(id: string, description: string, eventPattern: EventPattern): void {
    new Rule(this, id, {
      description,
      eventPattern,
      targets: [new LambdaFunction(this.handler, { retryAttempts: 3 })],
    });
  }

  private watchPipeline(): void {
    const pipeline = [this.props.pipelineName];
    for (const [id, detailType, state] of [
      ['StageFailed', STAGE_EVENT, 'FAILED'],
      ['RunSucceeded', PIPELINE_EVENT, 'SUCCEEDED'],
    ] as const) {
      this.on(id, `${detailType}: ${state}`, {
        source: ['aws.codepipeline'],
        detailType: [detailType],
        detail: { pipeline, state: [state] },
      });
    }
  }

  /** Findings and decisions, of this application alone: all share the default bus. */
  private watchRetraining(): void {
    const { source, drift, degradation, decided } = ASSAY_EVENTS;
    this.on('Retraining', 'What monitors find, and what becomes of requests for runs', {
      source: [source],
      detailType: [drift, degradation, decided],
      detail: { application: [this.props.application] },
    });
  }

  /** Lets notices quote the failed tests and commands of a project's builds. */
  watchBuilds(project: IProject): void {
    const reports = Stack.of(this).formatArn({
      service: 'codebuild',
      resource: 'report-group',
      resourceName: `${project.projectName}-*`,
    });
    this.allow(['codebuild:BatchGetBuilds'], [project.projectArn]);
    this.allow(['codebuild:BatchGetReports', 'codebuild:DescribeTestCases'], [reports]);
  }

  /** Lets notices quote why an execution of the machine failed. */
  watchExecutions(machine: IStateMachine): void {
    machine.grantExecution(this.handler, 'states:DescribeExecution');
  }

  /** Tells how rollbacks end that people or rejections started: no run of the pipeline would. */
  watchRollbacks(machine: IStateMachine): void {
    this.on('RollbackEnded', `${EXECUTION_EVENT} of the Rollback machine`, {
      source: ['aws.states'],
      detailType: [EXECUTION_EVENT],
      detail: {
        stateMachineArn: [machine.stateMachineArn],
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
  }

  /**
   * Tells when one of these alarms is on. They cannot tell the topic themselves: its key takes roles of this account alone.
   * @param scope of the stack that has them
   */
  watchAlarms(scope: Construct, id: string, alarms: readonly IAlarm[]): void {
    new Rule(scope, id, {
      description: 'An alarm is on',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: [ALARM_EVENT],
        resources: alarms.map(({ alarmArn }) => alarmArn),
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [new LambdaFunction(this.handler, { retryAttempts: 3 })],
    });
  }

  /** Where the reason of a failure can lie: the history of the pipeline and the documents of the run. */
  private allowLookups(): void {
    const { artifactBucket, pipelineName } = this.props;
    const pipeline = Stack.of(this).formatArn({ service: 'codepipeline', resource: pipelineName });
    this.allow(['codepipeline:ListActionExecutions'], [pipeline]);
    for (const key of [RUN_KEYS.release, RUN_KEYS.registration, RUN_KEYS.rollout, 'reports/*']) {
      allowRead(artifactBucket, this.handler, `runs/*/${key}`);
    }
  }

  private allow(actions: string[], resources: string[]): void {
    this.handler.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
