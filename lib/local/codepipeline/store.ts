import type { StateStore } from '../engine/ports';
import type { ExternalExecution } from './action';
import type { ActionType } from './definition';

export type ExecutionStatus =
  | 'Cancelled'
  | 'InProgress'
  | 'Stopped'
  | 'Stopping'
  | 'Succeeded'
  | 'Superseded'
  | 'Failed';
export type ActionStatus = 'InProgress' | 'Abandoned' | 'Succeeded' | 'Failed';
export type StageStatus = 'InProgress' | 'Failed' | 'Stopped' | 'Succeeded' | 'Skipped' | 'Cancelled';

/** One run of a pipeline. Times in epoch seconds. */
export interface ExecutionRecord {
  readonly id: string;
  readonly pipeline: string;
  readonly pipelineVersion: number;
  status: ExecutionStatus;
  statusSummary?: string;
  readonly startTime: number;
  lastUpdateTime: number;
  readonly trigger: { readonly triggerType: string; readonly triggerDetail: string };
  readonly variables: Readonly<Record<string, string>>;
  /** What made its start unique: a second request with it is the same run. */
  readonly clientRequestToken?: string;
  readonly sourceRevisions: SourceRevision[];
  readonly stages: StageRecord[];
  readonly actions: ActionRecord[];
}

export interface SourceRevision {
  readonly actionName: string;
  readonly revisionId: string;
  readonly revisionSummary: string;
}

export interface StageRecord {
  readonly name: string;
  status: StageStatus;
}

/** One run of one action. */
export interface ActionRecord {
  readonly actionExecutionId: string;
  readonly stageName: string;
  readonly actionName: string;
  readonly startTime: number;
  lastUpdateTime: number;
  status: ActionStatus;
  readonly type: ActionType;
  readonly region: string;
  readonly namespace?: string;
  readonly configuration: Readonly<Record<string, string>>;
  resolvedConfiguration: Readonly<Record<string, string>>;
  readonly inputArtifacts: readonly ArtifactRecord[];
  readonly outputArtifacts: readonly ArtifactRecord[];
  external: ExternalExecution;
  error?: { readonly code: string; readonly message: string };
  outputVariables: Readonly<Record<string, string>>;
}

export interface ArtifactRecord {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

const KEPT_EXECUTIONS = 50;

/** Runs of each pipeline in the engine's state, oldest first. */
export class ExecutionStore {
  constructor(private readonly state: StateStore) {}

  list(pipeline: string): readonly ExecutionRecord[] {
    return this.state.read<readonly ExecutionRecord[]>(document(pipeline)) ?? [];
  }

  find(pipeline: string, id: string): ExecutionRecord | undefined {
    return this.list(pipeline).find((execution) => execution.id === id);
  }

  /** Adds the run, or replaces it. */
  save(execution: ExecutionRecord): void {
    const all = this.list(execution.pipeline);
    const index = all.findIndex(({ id }) => id === execution.id);
    const next = index === -1 ? [...all, execution] : all.with(index, execution);
    this.state.write(document(execution.pipeline), next.slice(-KEPT_EXECUTIONS));
  }

  /** Runs that were in progress when an engine died did not go on. */
  stopUnfinished(pipeline: string, now: number): void {
    for (const execution of this.list(pipeline)) {
      if (execution.status !== 'InProgress' && execution.status !== 'Stopping') continue;
      for (const action of execution.actions) {
        if (action.status !== 'InProgress') continue;
        action.status = 'Abandoned';
        action.lastUpdateTime = now;
      }
      for (const stage of execution.stages) if (stage.status === 'InProgress') stage.status = 'Stopped';
      this.save({ ...execution, status: 'Stopped', statusSummary: 'the engine ended', lastUpdateTime: now });
    }
  }
}

const document = (pipeline: string): string => `codepipeline-${pipeline}`;
