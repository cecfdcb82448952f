import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { isMissing } from '../../../lambda/rollout/endpoint';
import type { JobSettings } from '../../core/lineage/inputs';
import { type PipelineLocation, pipelineParameter } from '../../pipeline/contract';
import { UsageError } from '../../release/environment';
import { follow } from '../rollout/follow';

/** @throws UsageError where the deployed application is from before releases could be reproduced */
export async function trainMachine(ssm: SSMClient, application: string): Promise<string> {
  const Name = pipelineParameter(application);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return (JSON.parse(Parameter?.Value ?? '') as PipelineLocation).trainMachineArn;
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    throw new UsageError(`there is no parameter ${Name}: deploy the application again, "npx cdk deploy --all"`, {
      cause: error,
    });
  }
}

export interface TrainingRequest {
  readonly machine: string;
  /** Also the execution's name, on which the names of jobs and model depend. */
  readonly runId: string;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Trains and follows it to its end.
 *
 * @returns why it failed; undefined when it succeeded
 * @throws the signal's reason after the execution was stopped
 */
export async function trainAgain(sfn: SFNClient, request: TrainingRequest): Promise<string | undefined> {
  const { machine: stateMachineArn, runId, tell, signal } = request;
  signal.throwIfAborted();
  const input = JSON.stringify({ runId });
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: runId, input }));
  const stop = () => {
    sfn
      .send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: String(signal.reason) }))
      .catch((error) => {
        tell(`${executionArn} could not be stopped: ${error instanceof Error ? error.message : error}`);
      });
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    const ended = await follow(sfn, executionArn, (state) => tell(`  ${state}`));
    signal.throwIfAborted();
    return ended.status === 'SUCCEEDED' ? undefined : (ended.cause ?? `${executionArn} ended as ${ended.status}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a job was told; or why that is not known. */
export async function jobSettings(
  sagemaker: SageMakerClient,
  TrainingJobName: string,
): Promise<JobSettings | { readonly problem: string }> {
  const found = await trainingJob(sagemaker, TrainingJobName);
  if (found === undefined) return { problem: `there is no training job ${TrainingJobName}` };
  const { sagemaker_submit_directory: _address, ...hyperparameters } = found.HyperParameters ?? {};
  return {
    image: found.AlgorithmSpecification?.TrainingImage ?? '',
    instanceType: found.ResourceConfig?.InstanceType ?? '',
    hyperparameters,
  };
}

const trainingJob = (sagemaker: SageMakerClient, TrainingJobName: string) =>
  unlessGone(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName })));

/** A job that does not exist is told by a modelled exception, or by a validation error in one of two wordings. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const gone =
      error instanceof Error &&
      (error.name === 'ResourceNotFound' || /^Requested resource not found/.test(error.message));
    if (gone || isMissing(error)) return undefined;
    throw error;
  }
}

/** A stopped job has two minutes to save what it has. */
const LONGEST_STOP_MS = 180_000;
const ENDED = new Set(['Completed', 'Failed', 'Stopped', undefined]);

/** Waits until jobs of a stopped execution write nothing any more. */
export async function jobsEnded(sagemaker: SageMakerClient, job: string, everyMs = 1000): Promise<void> {
  const deadline = Date.now() + LONGEST_STOP_MS;
  while (Date.now() < deadline) {
    const [training, transform] = await Promise.all([
      trainingJob(sagemaker, job),
      unlessGone(sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: `${job}-challenger` }))),
    ]);
    if (ENDED.has(training?.TrainingJobStatus) && ENDED.has(transform?.TransformJobStatus)) return;
    await pause(everyMs);
  }
}
