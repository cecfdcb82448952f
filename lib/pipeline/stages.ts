import { type Duration, Stack } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { type Artifact, GlobalVariables, type IAction, type StageOptions } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeBuildAction,
  LambdaInvokeAction,
  ManualApprovalAction,
  StateMachineInput,
  StepFunctionInvokeAction,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { REGISTER_OUTPUTS } from '../model-registry/contract';
import { BUILD_ENV, reportKey, runPrefix, type StageInput } from './contract';

const REGISTER_NAMESPACE = 'Register';

const run: StageInput = { runId: GlobalVariables.executionId };
const release: StageInput = { ...run, modelPackageArn: `#{${REGISTER_NAMESPACE}.${REGISTER_OUTPUTS.modelPackageArn}}` };

/** What a stage after Register works with; stages before it know the run alone. */
export const STAGE_INPUTS = { run, release } as const;

export const stage = (stageName: string, ...actions: IAction[]): StageOptions => ({ stageName, actions });

export interface BuildStep {
  readonly actionName: string;
  readonly project: IProject;
  readonly source: Artifact;
  /** Reference to the commit id. */
  readonly commit: string;
  /** Further variables whose values differ from run to run. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A build knows its run and commit from the action; the rest is set on the project. */
export function build({ actionName, project, source, commit, variables = {} }: BuildStep): IAction {
  return new CodeBuildAction({
    actionName,
    project,
    input: source,
    runOrder: 1,
    environmentVariables: {
      [BUILD_ENV.runId]: { value: GlobalVariables.executionId },
      [BUILD_ENV.commit]: { value: commit },
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }])),
    },
  });
}

export function invoke(actionName: string, lambda: IFunction, input: StageInput, runOrder: number): IAction {
  return new LambdaInvokeAction({ actionName, lambda, userParameters: { ...input }, runOrder });
}

/** As `invoke`, with output variables that later actions read. */
export function register(actionName: string, lambda: IFunction): IAction {
  return new LambdaInvokeAction({
    actionName,
    lambda,
    userParameters: { ...run },
    runOrder: 1,
    variablesNamespace: REGISTER_NAMESPACE,
  });
}

export function execute(actionName: string, stateMachine: IStateMachine, input: StageInput): IAction {
  return new StepFunctionInvokeAction({
    actionName,
    stateMachine,
    stateMachineInput: StateMachineInput.literal({ ...input }),
    runOrder: 1,
  });
}

export interface ApprovalStep {
  readonly actionName: string;
  readonly artifactBucket: IBucket;
  readonly topic: ITopic;
  readonly timeout: Duration;
}

/** A person decides with the model report in view. */
export function approve(scope: Construct, { actionName, artifactBucket, topic, timeout }: ApprovalStep): IAction {
  const { region } = Stack.of(scope);
  const report = `${runPrefix(GlobalVariables.executionId)}${reportKey('model', 'html')}`;
  return new ManualApprovalAction({
    actionName,
    runOrder: 1,
    timeout,
    notificationTopic: topic,
    externalEntityLink: `https://${region}.console.aws.amazon.com/s3/object/${artifactBucket.bucketName}?region=${region}&prefix=${report}`,
    additionalInformation: `Model package ${release.modelPackageArn} serves staging and passed its checks. Approve to roll it out to production.`,
  });
}
