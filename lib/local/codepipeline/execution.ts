import type { EngineContext } from '../engine/ports';
import type { ActionRun, Artifact, PushedBranch } from './action';
import { brokenRule } from './conditions';
import type { PipelineDefinition, StageDefinition } from './definition';
import { PipelineEvents } from './events';
import type { PipelineProgress, ProgressListener } from './progress';
import { runStage } from './run-stage';
import { type StageGate, Superseded } from './stage-gate';
import type { ActionRecord, ExecutionRecord, ExecutionStore, StageRecord } from './store';

/** A stage that did not end well, and the action at fault where there is one. */
export interface Failure {
  readonly stage: string;
  readonly action?: string;
  readonly code: string;
  readonly message: string;
}

export interface ExecutionOptions {
  readonly context: EngineContext;
  readonly store: ExecutionStore;
  readonly pipeline: PipelineDefinition;
  readonly record: ExecutionRecord;
  readonly tools: Pick<ActionRun, 'context' | 'services' | 'objects' | 'jobs' | 'desk'>;
  readonly gates: ReadonlyMap<string, StageGate>;
  readonly pushed: PushedBranch | undefined;
  readonly emit: ProgressListener;
}

/** One run of a pipeline from the first stage to the last. */
export class Execution {
  readonly namespaces: Map<string, Readonly<Record<string, string>>>;
  readonly artifacts = new Map<string, Artifact>();
  readonly events: PipelineEvents;
  failure: Failure | undefined;
  readonly #abandon = new AbortController();
  #stopReason: string | undefined;

  constructor(private readonly options: ExecutionOptions) {
    const { context, pipeline, record } = options;
    this.events = new PipelineEvents(context, pipeline, record);
    this.namespaces = new Map([
      ['codepipeline', { PipelineExecutionId: record.id }],
      ['variables', record.variables],
    ]);
  }

  get record(): ExecutionRecord {
    return this.options.record;
  }
  get pipeline(): PipelineDefinition {
    return this.options.pipeline;
  }
  get tools(): ExecutionOptions['tools'] {
    return this.options.tools;
  }
  get pushed(): PushedBranch | undefined {
    return this.options.pushed;
  }
  /** Aborts when the run is abandoned. */
  get signal(): AbortSignal {
    return this.#abandon.signal;
  }
  /** Whether the run is to end after the actions in progress. */
  get stopping(): boolean {
    return this.#stopReason !== undefined;
  }

  now(): number {
    return this.options.context.clock.now().getTime() / 1000;
  }

  about() {
    return { time: new Date(), pipeline: this.pipeline.name, executionId: this.record.id };
  }

  emit(event: PipelineProgress): void {
    this.options.emit(event);
  }

  save(): void {
    this.record.lastUpdateTime = this.now();
    this.options.store.save(this.record);
  }

  touch(action: ActionRecord): void {
    action.lastUpdateTime = this.now();
    this.save();
  }

  /** Ends the run: after the actions in progress, or at once when abandoned. */
  stop(reason: string, abandon: boolean): void {
    if (this.#stopReason === undefined) {
      this.record.status = 'Stopping';
      this.save();
      this.events.pipelineState('STOPPING');
    }
    this.#stopReason ??= reason;
    if (abandon) this.#abandon.abort(new Error(reason));
  }

  /** Never rejects: how the run ended is its record's status, and `failure` says why. */
  async run(): Promise<void> {
    const started = Date.now();
    const stages = this.pipeline.stages.map(({ name, actions }) => ({
      name,
      actions: actions.map((action) => action.name),
    }));
    this.emit({ ...this.about(), type: 'pipelineStarted', stages });
    this.events.pipelineState('STARTED');
    this.record.status = await this.#stages();
    if (this.#stopReason !== undefined) this.record.statusSummary = this.#stopReason;
    this.save();
    const seconds = (Date.now() - started) / 1000;
    const { status } = this.record;
    if (status === 'Succeeded') {
      this.events.pipelineState('SUCCEEDED');
      this.emit({ ...this.about(), type: 'pipelineSucceeded', seconds });
      return;
    }
    const ended = status === 'Superseded' || status === 'Stopped' ? status : 'Failed';
    this.events.pipelineState(ended === 'Failed' ? 'FAILED' : ended === 'Stopped' ? 'STOPPED' : 'SUPERSEDED');
    const message = this.#stopReason ?? 'the run ended without a result';
    this.emit({ ...this.about(), type: 'pipelineFailed', seconds, status: ended, message, ...this.failure });
  }

  async #stages(): Promise<ExecutionRecord['status']> {
    for (const stage of this.pipeline.stages) {
      try {
        if (!(await this.#pass(stage))) return this.stopping ? 'Stopped' : 'Failed';
      } catch (error) {
        if (this.signal.aborted) return 'Stopped';
        const message = error instanceof Error ? error.message : String(error);
        const superseded = error instanceof Superseded;
        this.failure = { stage: stage.name, code: superseded ? 'Superseded' : 'InternalError', message };
        return superseded ? 'Superseded' : 'Failed';
      }
    }
    return 'Succeeded';
  }

  /** Goes through one stage, when it is free. @returns whether the run goes on. */
  async #pass(stage: StageDefinition): Promise<boolean> {
    if (this.stopping) return false;
    const leave = await this.options.gates.get(stage.name)?.enter(this.record.id, this.signal);
    try {
      if (this.stopping) return false;
      const passed = await this.#stage(stage);
      await this.tools.services.stageEnded?.();
      return passed;
    } finally {
      leave?.();
    }
  }

  /** Entry condition, actions, exit condition. */
  async #stage(stage: StageDefinition): Promise<boolean> {
    const started = Date.now();
    const record: StageRecord = { name: stage.name, status: 'InProgress' };
    const about = { ...this.about(), stage: stage.name };
    this.record.stages.push(record);
    const broken = stage.beforeEntry && brokenRule(stage.beforeEntry, this.namespaces);
    if (broken !== undefined && stage.beforeEntry?.result === 'SKIP') {
      record.status = 'Skipped';
      this.save();
      this.emit({ ...about, type: 'stageSkipped', reason: broken });
      return true;
    }
    this.save();
    this.emit({ ...about, type: 'stageStarted' });
    this.events.stageState(stage.name, 'STARTED');
    if (broken === undefined) this.failure = await runStage(this, stage);
    else this.failure = { stage: stage.name, code: 'ConditionFailed', message: `entry condition: ${broken}` };
    if (this.failure === undefined && stage.onSuccess !== undefined) {
      const unmet = brokenRule(stage.onSuccess, this.namespaces);
      if (unmet !== undefined)
        this.failure = { stage: stage.name, code: 'ConditionFailed', message: `success condition: ${unmet}` };
    }
    const seconds = (Date.now() - started) / 1000;
    const stopped = this.stopping && this.failure !== undefined;
    record.status = this.failure === undefined ? 'Succeeded' : stopped ? 'Stopped' : 'Failed';
    this.save();
    this.events.stageState(stage.name, this.failure === undefined ? 'SUCCEEDED' : stopped ? 'STOPPED' : 'FAILED');
    const end = { ...about, time: new Date(), seconds };
    if (this.failure === undefined) this.emit({ ...end, type: 'stageSucceeded' });
    else this.emit({ ...end, type: 'stageFailed', message: this.failure.message });
    return this.failure === undefined;
  }
}
