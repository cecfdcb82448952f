import type { EngineContext } from '../engine/ports';
import type { EndpointConfigRecord } from './endpoints/configs';
import type { EndpointRecord } from './endpoints/record';
import type { ModelRecord } from './models';
import type { GroupRecord } from './registry/groups';
import type { PackageRecord } from './registry/packages';
import type { ToolContext } from './runtime/command';
import type { Launch } from './runtime/launch';
import { ObjectStore } from './runtime/object-store';
import { Table } from './store';
import type { TrainingJobRecord } from './training/record';
import type { TransformJobRecord } from './transform/record';

export type ResourceKind =
  | 'training-job'
  | 'transform-job'
  | 'model'
  | 'endpoint-config'
  | 'endpoint'
  | 'model-package-group'
  | 'model-package';

export type Tag = { readonly Key: string; readonly Value: string };

/** What every part of the SageMaker service works on. */
export interface Core {
  readonly context: EngineContext;
  readonly objects: ObjectStore;
  /** What Python tools need; they end when the service closes. */
  readonly tools: ToolContext;
  readonly launch: Launch;
  readonly groups: Table<GroupRecord>;
  readonly packages: Table<PackageRecord>;
  readonly models: Table<ModelRecord>;
  readonly configs: Table<EndpointConfigRecord>;
  readonly endpoints: Table<EndpointRecord>;
  readonly trainingJobs: Table<TrainingJobRecord>;
  readonly transformJobs: Table<TransformJobRecord>;
  /** Tags by ARN. */
  readonly tags: Table<readonly Tag[]>;
  /** Seconds since the epoch, with milliseconds: the time stamp format of the JSON protocol. */
  now(): number;
  arn(kind: ResourceKind, name: string): string;
}

/** `closing` is aborted when the service closes: whatever still starts or installs ends then. */
export function createCore(context: EngineContext, closing: AbortSignal, launch: Launch): Core {
  const table = <T>(name: string): Table<T> => new Table<T>(context.state, `sagemaker-${name}`);
  return {
    context,
    objects: new ObjectStore(context),
    tools: { ...pick(context), closing },
    launch,
    groups: table('model-package-groups'),
    packages: table('model-packages'),
    models: table('models'),
    configs: table('endpoint-configs'),
    endpoints: table('endpoints'),
    trainingJobs: table('training-jobs'),
    transformJobs: table('transform-jobs'),
    tags: table('tags'),
    now: () => context.clock.now().getTime() / 1000,
    arn: (kind, name) => `arn:${context.partition}:sagemaker:${context.region}:${context.account}:${kind}/${name}`,
  };
}

const pick = (context: EngineContext): Omit<ToolContext, 'closing'> => ({
  venv: context.venv,
  stateDir: context.stateDir,
  processes: context.processes,
  log: (line) => context.log(line),
});
