import * as z from 'zod';
import type { Core } from '../core';
import { invalid, resourceInUse } from '../errors';
import { listingShape, page } from '../listing';
import { ENGINE_STOPPED, Running } from '../running';
import { joinS3 } from '../runtime/object-store';
import { nameShape, type Operations, operation, parse } from '../shape';
import { describeTraining, moveTo, type TrainingJobRecord } from './record';
import { fail, runTraining } from './run';
import { refuseUnsupportedTraining, trainingShape } from './shape';

const byName = z.object({ TrainingJobName: nameShape });

/** Training jobs: each runs on its own and is waited for on close. */
export class TrainingJobs {
  private readonly running = new Running();

  constructor(private readonly core: Core) {}

  readonly operations: Operations = {
    CreateTrainingJob: async (input) => ({ TrainingJobArn: this.create(input).arn }),
    DescribeTrainingJob: operation(byName, (input) => describeTraining(this.require(input.TrainingJobName))),
    StopTrainingJob: operation(byName, (input) => this.stop(input.TrainingJobName)),
    ListTrainingJobs: operation(listingShape, (query) => {
      const { items, next } = page(this.core.trainingJobs.values(), query, listed, 'Descending');
      return { TrainingJobSummaries: items.map(summary), ...next };
    }),
  };

  /** A job that an earlier engine left unfinished can never end by itself. */
  restore(): void {
    for (const { input, status } of this.core.trainingJobs.values()) {
      if (status === 'InProgress' || status === 'Stopping') {
        fail(this.core, input.TrainingJobName, ENGINE_STOPPED);
      }
    }
  }

  /** Stops what still runs and waits until it is recorded. */
  close(): Promise<void> {
    return this.running.close();
  }

  private create(request: unknown): TrainingJobRecord {
    const { core } = this;
    const { Tags, ...input } = parse(trainingShape, request);
    refuseUnsupportedTraining(input);
    const name = input.TrainingJobName;
    const arn = core.arn('training-job', name);
    if (core.trainingJobs.get(name) !== undefined) {
      throw resourceInUse(
        `Training job names must be unique within an AWS account and Region, and "${arn}" already exists.`,
      );
    }
    const now = core.now();
    const job = core.trainingJobs.put(name, {
      input,
      arn,
      status: 'InProgress',
      transitions: [{ Status: 'Starting', StartTime: now, StatusMessage: 'Preparing the job' }],
      created: now,
      modified: now,
      modelArtifact: joinS3(input.OutputDataConfig.S3OutputPath, `${name}/output/model.tar.gz`),
    });
    if (Tags !== undefined) core.tags.put(arn, Tags);
    this.running.start(name, (stop) => runTraining(core, job, stop));
    return job;
  }

  private stop(name: string): object {
    const { status } = this.require(name);
    if (status !== 'InProgress') {
      throw invalid(`The request was rejected because the training job is in status ${status}.`);
    }
    moveTo(this.core, name, 'Stopping', 'Stopping the training job', { status: 'Stopping' });
    this.running.stop(name);
    return {};
  }

  private require(name: string): TrainingJobRecord {
    const job = this.core.trainingJobs.get(name);
    if (job === undefined) throw invalid(`Requested resource not found. There is no training job "${name}".`);
    return job;
  }
}

const listed = (job: TrainingJobRecord) => ({
  name: job.input.TrainingJobName,
  status: job.status,
  created: job.created,
  modified: job.modified,
});

const summary = (job: TrainingJobRecord) => ({
  TrainingJobName: job.input.TrainingJobName,
  TrainingJobArn: job.arn,
  CreationTime: job.created,
  LastModifiedTime: job.modified,
  ...(job.ended !== undefined && { TrainingEndTime: job.ended }),
  TrainingJobStatus: job.status,
});
