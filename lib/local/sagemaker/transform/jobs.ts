import * as z from 'zod';
import type { Core } from '../core';
import { invalid, resourceInUse } from '../errors';
import { listingShape, page } from '../listing';
import { requireModel } from '../models';
import { ENGINE_STOPPED, Running } from '../running';
import { nameShape, type Operations, operation, parse } from '../shape';
import { changeTransform, describeTransform, type TransformJobRecord } from './record';
import { runTransform } from './run';
import { refuseUnsupportedTransform, transformShape } from './shape';

const byName = z.object({ TransformJobName: nameShape });

/** Batch transform jobs: each runs on its own and is waited for on close. */
export class TransformJobs {
  private readonly running = new Running();

  constructor(private readonly core: Core) {}

  readonly operations: Operations = {
    CreateTransformJob: async (input) => ({ TransformJobArn: this.create(input) }),
    DescribeTransformJob: operation(byName, (input) => describeTransform(this.require(input.TransformJobName))),
    StopTransformJob: operation(byName, (input) => this.stop(input.TransformJobName)),
    ListTransformJobs: operation(listingShape, (query) => {
      const { items, next } = page(this.core.transformJobs.values(), query, listed, 'Descending');
      return { TransformJobSummaries: items.map(summary), ...next };
    }),
  };

  /** A job that an earlier engine left unfinished can never end by itself. */
  restore(): void {
    for (const { input, status } of this.core.transformJobs.values()) {
      if (status !== 'InProgress' && status !== 'Stopping') continue;
      changeTransform(this.core, input.TransformJobName, {
        status: 'Failed',
        ended: this.core.now(),
        failureReason: ENGINE_STOPPED,
      });
    }
  }

  close(): Promise<void> {
    return this.running.close();
  }

  private create(request: unknown): string {
    const { core } = this;
    const { Tags, ...input } = parse(transformShape, request);
    refuseUnsupportedTransform(input);
    const name = input.TransformJobName;
    const arn = core.arn('transform-job', name);
    if (core.transformJobs.get(name) !== undefined) {
      throw resourceInUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      );
    }
    const model = requireModel(core, input.ModelName);
    core.transformJobs.put(name, { input, arn, status: 'InProgress', created: core.now() });
    if (Tags !== undefined) core.tags.put(arn, Tags);
    this.running.start(name, (stop) => runTransform(core, input, model.container, stop));
    return arn;
  }

  private stop(name: string): object {
    const { status } = this.require(name);
    if (status !== 'InProgress') {
      throw invalid(`The request was rejected because the transform job is in status ${status}.`);
    }
    changeTransform(this.core, name, { status: 'Stopping' });
    this.running.stop(name);
    return {};
  }

  private require(name: string): TransformJobRecord {
    const job = this.core.transformJobs.get(name);
    if (job === undefined) throw invalid(`Could not find requested job with name: ${name}`);
    return job;
  }
}

const listed = (job: TransformJobRecord) => ({
  name: job.input.TransformJobName,
  status: job.status,
  created: job.created,
  modified: job.ended ?? job.created,
});

const summary = (job: TransformJobRecord) => ({
  TransformJobName: job.input.TransformJobName,
  TransformJobArn: job.arn,
  CreationTime: job.created,
  ...(job.ended !== undefined && { TransformEndTime: job.ended }),
  TransformJobStatus: job.status,
  ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
});
