import type { CodeBuild } from '../codebuild/service';
import type { LambdaInvoker } from '../engine/ports';
import type { GitSources } from './sources';

/** Runs state machines. */
export interface StateMachines {
  /** @param input parsed JSON. @returns the execution's ARN. */
  start(stateMachineArn: string, input: unknown, name: string): Promise<string>;
  /** Resolves when the execution ended, however; rejects with the signal's reason, leaving it running. */
  wait(executionArn: string, signal?: AbortSignal): Promise<StateMachineResult>;
  stop(executionArn: string, error?: string, cause?: string): Promise<void>;
}

export interface StateMachineResult {
  readonly status: string;
  /** JSON text. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What somebody is asked to approve. */
export interface ApprovalRequest {
  readonly pipeline: string;
  readonly executionId: string;
  readonly stage: string;
  readonly action: string;
  readonly token: string;
  readonly externalEntityLink?: string;
  readonly customData?: string;
}

export interface ApprovalDecision {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
}

/** Asks a person, or decides by an option. PutApprovalResult may be quicker: then the signal aborts. */
export interface Approvals {
  decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision>;
}

/** The parts that actions are carried out by. */
export interface PipelineServices {
  readonly lambda: LambdaInvoker;
  readonly codebuild: Pick<CodeBuild, 'run'>;
  readonly stepfunctions: StateMachines;
  readonly sources: GitSources;
  readonly approvals: Approvals;
  /** Awaited after each stage, before the next begins; a rejection fails the run. @default nothing is done */
  readonly stageEnded?: () => Promise<void>;
}
