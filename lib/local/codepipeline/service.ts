import { randomUUID } from 'node:crypto';
import { Objects } from '../codebuild/objects';
import type { EngineContext, ProvisionedResource, ResolvedResource, ResourceProvider } from '../engine/ports';
import { AwsError, type ServiceHandler } from '../gateway/service';
import type { PushedBranch } from './action';
import { ApprovalDesk } from './approval-desk';
import type { PipelineDefinition } from './definition';
import { Execution, type Failure } from './execution';
import { JobDesk } from './jobs';
import { codePipelineHandler } from './operations';
import { parsePipeline } from './parse';
import type { PipelineServices } from './ports';
import type { PipelineProgress, ProgressListener } from './progress';
import { runVariables } from './run-variables';
import { StageGate } from './stage-gate';
import { type ExecutionRecord, ExecutionStore } from './store';
import { checkPush } from './triggers';

export type { ApprovalDecision, ApprovalRequest, Approvals, PipelineServices } from './ports';
export type { PipelineProgress, ProgressListener } from './progress';
export { createGitSources, type GitSources } from './sources';
export { PushIgnored } from './triggers';

/** What starts a run. */
export type PipelineTrigger =
  | ({ readonly type: 'push' } & PushedBranch)
  | { readonly type: 'event'; readonly rule: string }
  | {
      readonly type: 'manual';
      readonly variables?: Readonly<Record<string, string>>;
      /** The same token is the same run. */
      readonly clientRequestToken?: string;
    };

/** How a run ended. */
export interface PipelineResult {
  readonly executionId: string;
  readonly status: ExecutionRecord['status'];
  /** Why it did not succeed. */
  readonly failure?: Failure;
  readonly execution: ExecutionRecord;
}

/** CodePipeline on one machine. */
export interface CodePipeline {
  readonly handlers: readonly ServiceHandler[];
  readonly providers: readonly ResourceProvider[];
  /** Starts a run. @throws PushIgnored if the push does not start this pipeline, AwsError if there is no such pipeline. */
  start(pipelineName: string, trigger: PipelineTrigger): string;
  /** Resolves when the run ended, however it ended. */
  wait(executionId: string): Promise<PipelineResult>;
  /** Tells the listener about every run from now on; answers a function that ends this. */
  onProgress(listener: ProgressListener): () => void;
  /** Definition of a provisioned pipeline, e.g. for its source repository and branch. */
  pipeline(name: string): PipelineDefinition;
  readonly pipelineNames: readonly string[];
  /** Ends a run at once, with the actions in progress; `wait` tells when it has ended. */
  abandon(executionId: string, reason: string): void;
  /** Runs that have not ended. */
  underway(): readonly Promise<unknown>[];
  /** Abandons runs in progress and waits for them. */
  close(): Promise<void>;
}

interface Registered {
  readonly definition: PipelineDefinition;
  readonly gates: ReadonlyMap<string, StageGate>;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function createCodePipeline(context: EngineContext, services: PipelineServices): CodePipeline {
  const service = new PipelineService(context, services);
  return {
    handlers: [codePipelineHandler(service)],
    providers: [
      { types: ['AWS::CodePipeline::Pipeline'], create: (resource) => service.provision(resource) },
      {
        types: ['AWS::CodeStarConnections::Connection', 'AWS::CodeConnections::Connection'],
        create: (resource) => connection(context, resource),
      },
    ],
    start: (name, trigger) => service.start(name, trigger),
    wait: (executionId) => service.wait(executionId),
    onProgress: (listener) => service.listen(listener),
    pipeline: (name) => service.registered(name).definition,
    get pipelineNames() {
      return [...service.pipelines.keys()];
    },
    abandon: (executionId, reason) => service.abandon(executionId, reason),
    underway: () => service.underway(),
    close: () => service.close(),
  };
}

export class PipelineService {
  readonly pipelines = new Map<string, Registered>();
  readonly running = new Map<string, { readonly execution: Execution; readonly ended: Promise<void> }>();
  readonly store: ExecutionStore;
  readonly jobs = new JobDesk();
  readonly desk = new ApprovalDesk();
  readonly #listeners = new Set<ProgressListener>();
  readonly #objects: Objects;

  constructor(
    readonly context: EngineContext,
    private readonly services: PipelineServices,
  ) {
    this.store = new ExecutionStore(context.state);
    this.#objects = new Objects(context);
  }

  async provision(resource: ResolvedResource): Promise<ProvisionedResource> {
    const { partition, region, account } = this.context;
    const definition = parsePipeline(resource.properties, {
      name: `${resource.stack}-${resource.logicalId}`,
      region,
      arn: (name) => `arn:${partition}:codepipeline:${region}:${account}:${name}`,
    });
    const gates = new Map(definition.stages.map(({ name }) => [name, new StageGate(definition.executionMode)]));
    this.pipelines.set(definition.name, { definition, gates, properties: resource.properties });
    this.store.stopUnfinished(definition.name, this.context.clock.now().getTime() / 1000);
    return { ref: definition.name, attributes: { Version: String(definition.version) } };
  }

  registered(name: string): Registered {
    const found = this.pipelines.get(name);
    if (found !== undefined) return found;
    const known = [...this.pipelines.keys()].join(', ') || 'none';
    throw new AwsError('PipelineNotFoundException', `There is no pipeline ${name}; known are: ${known}.`);
  }

  start(name: string, trigger: PipelineTrigger): string {
    const { definition, gates } = this.registered(name);
    if (trigger.type === 'push') checkPush(definition, trigger);
    const token = trigger.type === 'manual' ? trigger.clientRequestToken : undefined;
    const started = this.store.list(name).find((run) => token !== undefined && run.clientRequestToken === token);
    if (started !== undefined) return started.id;
    const record = this.#newRecord(definition, trigger);
    const { context, services, jobs, desk, store } = this;
    const execution = new Execution({
      context,
      store,
      pipeline: definition,
      record,
      tools: { context, services, objects: this.#objects, jobs, desk },
      gates,
      pushed: trigger.type === 'push' ? trigger : undefined,
      emit: (event) => this.#emit(event),
    });
    store.save(record);
    const ended = execution.run();
    this.running.set(record.id, { execution, ended });
    return record.id;
  }

  async wait(executionId: string): Promise<PipelineResult> {
    const running = this.running.get(executionId);
    if (running === undefined) throw new Error(`No execution ${executionId} was started by this engine.`);
    await running.ended;
    const { record, failure } = running.execution;
    return { executionId, status: record.status, execution: record, ...(failure === undefined ? {} : { failure }) };
  }

  listen(listener: ProgressListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  abandon(executionId: string, reason: string): void {
    this.running.get(executionId)?.execution.stop(reason, true);
  }

  underway(): readonly Promise<unknown>[] {
    return this.#active().map(({ ended }) => ended);
  }

  async close(): Promise<void> {
    for (const { execution } of this.#active()) execution.stop('the engine was stopped', true);
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
    this.#objects.close();
  }

  #active() {
    return [...this.running.values()].filter(
      ({ execution }) => execution.record.status === 'InProgress' || execution.record.status === 'Stopping',
    );
  }

  /** A listener that throws must not fail the run it only watches. */
  #emit(event: PipelineProgress): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.context.log(`A progress listener failed on ${event.type}: ${String(error)}`);
      }
    }
  }

  #startedBy(trigger: PipelineTrigger): ExecutionRecord['trigger'] {
    switch (trigger.type) {
      case 'push':
        return { triggerType: 'WebhookV2', triggerDetail: `${trigger.repository}@${trigger.branch}` };
      case 'event':
        return { triggerType: 'CloudWatchEvent', triggerDetail: trigger.rule };
      case 'manual':
        return {
          triggerType: 'StartPipelineExecution',
          triggerDetail: `arn:aws:iam::${this.context.account}:user/assay`,
        };
    }
  }

  #newRecord(definition: PipelineDefinition, trigger: PipelineTrigger): ExecutionRecord {
    const now = this.context.clock.now().getTime() / 1000;
    return {
      id: randomUUID(),
      pipeline: definition.name,
      pipelineVersion: definition.version,
      status: 'InProgress',
      startTime: now,
      lastUpdateTime: now,
      trigger: this.#startedBy(trigger),
      variables: runVariables(definition, trigger.type === 'manual' ? (trigger.variables ?? {}) : {}),
      ...(trigger.type === 'manual' &&
        trigger.clientRequestToken !== undefined && { clientRequestToken: trigger.clientRequestToken }),
      sourceRevisions: [],
      stages: [],
      actions: [],
    };
  }
}

/** A connection is only a name here: repositories of the same full name are local. */
async function connection(context: EngineContext, resource: ResolvedResource): Promise<ProvisionedResource> {
  const service = resource.type.startsWith('AWS::CodeStar') ? 'codestar-connections' : 'codeconnections';
  const name = String(resource.properties.ConnectionName ?? resource.logicalId);
  const arn = `arn:${context.partition}:${service}:${context.region}:${context.account}:connection/${name}`;
  return {
    ref: arn,
    attributes: { ConnectionArn: arn, ConnectionStatus: 'AVAILABLE', OwnerAccountId: context.account },
  };
}
