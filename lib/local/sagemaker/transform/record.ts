import type { Core } from '../core';
import { inMilliseconds } from '../training/record';
import type { TransformJobInput } from './shape';

export interface TransformJobRecord {
  readonly input: TransformJobInput;
  readonly arn: string;
  readonly status: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  readonly created: number;
  readonly started?: number;
  readonly ended?: number;
  readonly failureReason?: string;
}

/** Saves a change of a job and tells the event bus. */
export function changeTransform(
  core: Core,
  name: string,
  changes: Partial<Omit<TransformJobRecord, 'input' | 'arn' | 'created'>>,
): void {
  const job = core.transformJobs.get(name);
  if (job === undefined) throw new Error(`transform job ${name} is not recorded`);
  const changed = core.transformJobs.put(name, { ...job, ...changes });
  core.context.events.publish({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Transform Job State Change',
    resources: [job.arn],
    detail: inMilliseconds(describeTransform(changed), ['CreationTime', 'TransformStartTime', 'TransformEndTime']),
  });
}

/** The job in the shape of DescribeTransformJob. */
export const describeTransform = (job: TransformJobRecord): Readonly<Record<string, unknown>> => ({
  ...job.input,
  TransformJobArn: job.arn,
  TransformJobStatus: job.status,
  CreationTime: job.created,
  ...(job.started !== undefined && { TransformStartTime: job.started }),
  ...(job.ended !== undefined && { TransformEndTime: job.ended }),
  ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
});
