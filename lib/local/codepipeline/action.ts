import type { ObjectLocation } from '../codebuild/artifacts';
import type { Objects } from '../codebuild/objects';
import type { EngineContext } from '../engine/ports';
import type { ApprovalDesk } from './approval-desk';
import type { ActionDefinition, PipelineDefinition } from './definition';
import type { JobDesk } from './jobs';
import type { PipelineServices } from './ports';

/** An artefact of a run: where its zip lies, and the source revision it comes from. */
export interface Artifact extends ObjectLocation {
  readonly name: string;
  readonly revision?: string;
}

/** One action as its provider sees it; variables of the configuration are resolved. */
export interface ActionRun {
  readonly context: EngineContext;
  readonly services: PipelineServices;
  readonly objects: Objects;
  readonly jobs: JobDesk;
  readonly desk: ApprovalDesk;
  readonly pipeline: PipelineDefinition;
  readonly executionId: string;
  readonly actionExecutionId: string;
  readonly stage: string;
  readonly action: ActionDefinition;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly Artifact[];
  readonly outputs: readonly Artifact[];
  /** The branch whose push started the run, for the source action of that repository. */
  readonly pushed: PushedBranch | undefined;
  readonly signal: AbortSignal;
  /** A line of output for whoever watches. */
  line(text: string): void;
  /** Records facts about the external execution while the action runs. */
  note(facts: ExternalExecution): void;
}

export interface PushedBranch {
  readonly repository: string;
  readonly branch: string;
}

export interface ExternalExecution {
  readonly externalExecutionId?: string;
  readonly externalExecutionUrl?: string;
  /** At most 2,048 characters. */
  readonly externalExecutionSummary?: string;
  /** Of an approval that waits. */
  readonly token?: string;
  /** ARN of who changed the action, for approvals. */
  readonly updatedBy?: string;
}

export interface ActionOutcome {
  readonly variables?: Readonly<Record<string, string>>;
  /** Of a source action. */
  readonly revision?: { readonly id: string; readonly summary: string };
}

/** Carries out one kind of action. Rejects with ActionFailed, or the signal's reason when aborted. */
export type ActionRunner = (run: ActionRun) => Promise<ActionOutcome>;

/** An action failed: `code` and message appear in errorDetails, in the event and in the terminal. */
export class ActionFailed extends Error {
  constructor(
    readonly code:
      | 'JobFailed'
      | 'ConfigurationError'
      | 'PermissionError'
      | 'RevisionUnavailable'
      | 'TimeoutError'
      | (string & {}),
    message: string,
  ) {
    super(message);
    this.name = 'ActionFailed';
  }
}

/** A required member of the action's configuration. */
export function required(run: Pick<ActionRun, 'configuration' | 'action'>, key: string): string {
  const value = run.configuration[key];
  if (value !== undefined && value !== '') return value;
  throw new ActionFailed('ConfigurationError', `Action ${run.action.name}: configuration ${key} is missing.`);
}

/** Refuses configuration keys this engine does not carry out, so that none is ignored in silence. */
export function onlyKeys(run: Pick<ActionRun, 'configuration' | 'action'>, known: readonly string[]): void {
  const unknown = Object.keys(run.configuration).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  throw new ActionFailed(
    'ConfigurationError',
    `Action ${run.action.name}: configuration ${unknown.join(', ')} is not supported by the one-machine engine; known are ${known.join(', ')}.`,
  );
}
