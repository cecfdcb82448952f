import { Stack } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import { AssayFunction } from '../shared/assay-function';
import { allowRead } from '../shared/bucket-access';
import { EXECUTION_EVENT, NOTIFY_ENV, PIPELINE_EVENT, STAGE_EVENT } from './contract';

export interface NoticesProps {
  readonly application: string;
  readonly artifactBucket: IBucket;
  readonly pipelineName: string;
  readonly emails: readonly string[];
}

/** Tells people how runs end: one notice for each failed stage and one for each finished run, reason first. */
export class Notices extends Construct {
  readonly topic: Topic;
  readonly handler: AssayFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NoticesProps,
  ) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: `Assay ${props.application}`,
      enforceSSL: true,
      // Only roles of this account publish, so the AWS-managed key does.
      masterKey: Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns'),
    });
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
    this.handler = new AssayFunction(this, 'Notify', {
      entry: 'lambda/observability/notify.ts',
      description: 'Finds out why a stage failed, or what a run did, and publishes it',
      environment: {
        [NOTIFY_ENV.application]: props.application,
        [NOTIFY_ENV.artifactBucket]: props.artifactBucket.bucketName,
        [NOTIFY_ENV.pipelineName]: props.pipelineName,
        [NOTIFY_ENV.topicArn]: this.topic.topicArn,
      },
    });
    this.topic.grantPublish(this.handler);
    this.allowLookups(props);
    this.on('StageFailed', STAGE_EVENT, 'FAILED', props.pipelineName);
    this.on('RunSucceeded', PIPELINE_EVENT, 'SUCCEEDED', props.pipelineName);
  }

  private on(id: string, detailType: string, state: string, pipelineName: string): void {
    new Rule(this, id, {
      description: `${detailType}: ${state}`,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: [detailType],
        detail: { pipeline: [pipelineName], state: [state] },
      },
      targets: [new LambdaFunction(this.handler, { retryAttempts: 3 })],
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
    const handler = new AssayFunction(this, 'NotifyRollback', {
      entry: 'lambda/observability/rollback-notice.ts',
      description: 'Publishes who took production back, why, and how it went',
      environment: {
        [NOTIFY_ENV.application]: this.props.application,
        [NOTIFY_ENV.topicArn]: this.topic.topicArn,
      },
    });
    this.topic.grantPublish(handler);
    new Rule(this, 'RollbackEnded', {
      description: `${EXECUTION_EVENT} of the Rollback machine`,
      eventPattern: {
        source: ['aws.states'],
        detailType: [EXECUTION_EVENT],
        detail: {
          stateMachineArn: [machine.stateMachineArn],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(handler, { retryAttempts: 3 })],
    });
  }

  /** Where the reason of a failure can lie: the history of the pipeline and the documents of the run. */
  private allowLookups(props: NoticesProps): void {
    const pipeline = Stack.of(this).formatArn({ service: 'codepipeline', resource: props.pipelineName });
    this.allow(['codepipeline:ListActionExecutions'], [pipeline]);
    for (const key of [RUN_KEYS.release, RUN_KEYS.registration, RUN_KEYS.rollout, 'reports/*']) {
      allowRead(props.artifactBucket, this.handler, `runs/*/${key}`);
    }
  }

  private allow(actions: string[], resources: string[]): void {
    this.handler.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
