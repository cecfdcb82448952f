import type { EngineContext, ResourceProvider } from '../engine/ports';
import { jsonService } from '../gateway/json-service';
import type { ServiceHandler } from '../gateway/service';
import { createCore } from './core';
import { ecrOperations } from './ecr';
import { Captures } from './endpoints/captures';
import { configOperations } from './endpoints/configs';
import { Endpoints } from './endpoints/endpoints';
import { Fleets } from './endpoints/fleets';
import { InvocationMetrics } from './endpoints/metrics';
import { runtimeHandler } from './endpoints/runtime';
import { modelOperations } from './models';
import { sageMakerProviders } from './providers';
import { groupOperations } from './registry/groups';
import { packageOperations } from './registry/operations';
import { ENGINE_STOPPED, EngineStopped } from './running';
import { pruneModelFolders } from './runtime/folders';
import { type Launch, launch } from './runtime/launch';
import { tagOperations } from './tags';
import { TrainingJobs } from './training/jobs';
import { TransformJobs } from './transform/jobs';

export interface SageMakerService {
  readonly handlers: readonly ServiceHandler[];
  readonly providers: readonly ResourceProvider[];
  /** Starts the servers of recorded endpoints again and ends jobs that the last engine left unfinished. */
  restore(): Promise<void>;
  /** Stores the requests that were captured so far; they are stored every few seconds anyway. */
  drain(): Promise<void>;
  /** Stops jobs and servers; recorded endpoints come back with `restore`. */
  close(): Promise<void>;
}

export interface SageMakerOptions {
  /** Uniform in [0, 1): draws the variant of a request. @default Math.random */
  readonly random?: () => number;
  /** Brings containers up. @default - a process for each, with the model's code */
  readonly launch?: Launch;
}

/** SageMaker, and the slice of ECR that it needs, on one machine. */
export function createSageMaker(context: EngineContext, options: SageMakerOptions = {}): SageMakerService {
  const closing = new AbortController();
  const core = createCore(context, closing.signal, options.launch ?? launch);
  const training = new TrainingJobs(core);
  const transform = new TransformJobs(core);
  const fleets = new Fleets(core);
  const endpoints = new Endpoints(core, fleets);
  const metrics = new InvocationMetrics(context);
  const random = options.random ?? Math.random;
  const captures = new Captures(core, Math.random);
  const control = jsonService({
    services: ['sagemaker'],
    targetPrefix: 'SageMaker',
    operations: {
      ...training.operations,
      ...transform.operations,
      ...modelOperations(core),
      ...groupOperations(core),
      ...packageOperations(core),
      ...configOperations(core),
      ...endpoints.operations,
      ...tagOperations(core),
    },
    next: runtimeHandler({ core, fleets, metrics, captures, random }),
  });
  const ecr = jsonService({
    services: ['ecr', 'api.ecr'],
    targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
    operations: ecrOperations(core),
  });
  return {
    handlers: [control, ecr],
    providers: sageMakerProviders(core),
    restore: async () => {
      await pruneModelFolders(core);
      training.restore();
      transform.restore();
      await endpoints.restore();
    },
    drain: () => captures.flush(),
    close: async () => {
      closing.abort(new EngineStopped(ENGINE_STOPPED));
      await Promise.all([training.close(), transform.close(), endpoints.close()]);
      await fleets.close();
      await Promise.all([metrics.close(), captures.close()]);
      core.objects.close();
    },
  };
}
