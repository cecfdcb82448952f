import type { Core } from '../core';
import type { TrainingInput } from './shape';

export type TrainingStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
export type SecondaryStatus =
  | 'Starting'
  | 'Downloading'
  | 'Training'
  | 'Uploading'
  | 'Stopping'
  | 'Completed'
  | 'Failed'
  | 'Stopped'
  | 'MaxRuntimeExceeded';

export interface Transition {
  readonly Status: SecondaryStatus;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage: string;
}

export interface FinalMetric {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: number;
}

export interface TrainingJobRecord {
  readonly input: TrainingInput;
  readonly arn: string;
  readonly status: TrainingStatus;
  readonly transitions: readonly Transition[];
  readonly created: number;
  readonly modified: number;
  readonly started?: number;
  readonly ended?: number;
  readonly failureReason?: string;
  readonly modelArtifact: string;
  readonly metrics?: readonly FinalMetric[];
}

/** The job's log and state names: SageMaker limits failure reasons to 1024 characters. */
export const FAILURE_LENGTH = 1024;

/** Moves a job on: closes the current secondary status, opens the next, saves, and tells the event bus. */
export function moveTo(
  core: Core,
  name: string,
  secondary: SecondaryStatus,
  message: string,
  changes: Partial<Pick<TrainingJobRecord, 'status' | 'started' | 'ended' | 'failureReason' | 'metrics'>> = {},
): TrainingJobRecord {
  const job = core.trainingJobs.get(name);
  if (job === undefined) throw new Error(`training job ${name} is not recorded`);
  const now = core.now();
  const closed = job.transitions.map((each) => (each.EndTime === undefined ? { ...each, EndTime: now } : each));
  const last = changes.ended !== undefined ? { EndTime: now } : {};
  const opened = { Status: secondary, StartTime: now, StatusMessage: message, ...last };
  const moved = core.trainingJobs.put(name, { ...job, ...changes, modified: now, transitions: [...closed, opened] });
  emitTraining(core, moved);
  return moved;
}

/** The job in the shape of DescribeTrainingJob. */
export function describeTraining(job: TrainingJobRecord): Readonly<Record<string, unknown>> {
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ...job.input,
    TrainingJobArn: job.arn,
    TrainingJobStatus: job.status,
    SecondaryStatus: job.transitions.at(-1)?.Status,
    SecondaryStatusTransitions: job.transitions,
    StoppingCondition: { MaxRuntimeInSeconds: maxRuntime(job) },
    ModelArtifacts: { S3ModelArtifacts: job.modelArtifact },
    CreationTime: job.created,
    LastModifiedTime: job.modified,
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
    ...(job.started !== undefined && { TrainingStartTime: job.started }),
    ...(job.ended !== undefined && { TrainingEndTime: job.ended, ...duration(job) }),
    ...(job.metrics !== undefined && { FinalMetricDataList: job.metrics }),
  };
}

/** Seconds; a day unless the request says otherwise. */
export const maxRuntime = (job: TrainingJobRecord): number =>
  job.input.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400;

function duration(job: TrainingJobRecord): Readonly<Record<string, number>> {
  const seconds = Math.max(1, Math.round((job.ended ?? 0) - (job.started ?? job.ended ?? 0)));
  return { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds };
}

const TIMES = ['CreationTime', 'LastModifiedTime', 'TrainingStartTime', 'TrainingEndTime'];

function emitTraining(core: Core, job: TrainingJobRecord): void {
  const { FinalMetricDataList: _, ...detail } = describeTraining(job);
  core.context.events.publish({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Training Job State Change',
    resources: [job.arn],
    detail: inMilliseconds(detail, TIMES),
  });
}

/** Events carry times in milliseconds since the epoch, descriptions in seconds. */
export function inMilliseconds(
  detail: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const convert = ([name, value]: [string, unknown]): [string, unknown] =>
    names.includes(name) && typeof value === 'number' ? [name, Math.round(value * 1000)] : [name, value];
  return Object.fromEntries(Object.entries(detail).map(convert));
}
