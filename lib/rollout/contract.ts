import type { Target } from '../core/rollout/converge';
import type { VariantName } from '../core/rollout/endpoint';
import type { Judgement } from '../core/rollout/judge';
import type { DeployPlan, ModelSpec, Plan, UnrecordedPlan } from '../core/rollout/plan';
import type { Progress, RolloutStep } from '../core/rollout/progress';
import type { Verdict } from '../core/verdict';
import type { LeftMark, LockItem, RolloutMark } from './records';

/** The two production variants alternate: the new release takes the name that does not serve. */
export type { Progress, RolloutStep, VariantName };

export type EnvironmentName = 'staging' | 'production';

export const endpointName = (application: string, environment: EnvironmentName): string =>
  `${application}-${environment}`;

/** `rollout.json` in the run's folder: what the production rollout did. */
export interface RolloutDocument {
  readonly schema: 'assay.rollout/1';
  readonly endpointName: string;
  readonly outcome: 'promoted' | 'rolled-back' | 'unchanged';
  readonly reason: string;
  /** The variant that serves now. After a first release was taken back there is none, and this names the one that failed. */
  readonly live: VariantName;
  readonly previous?: VariantName;
  readonly modelPackageArn: string;
  /** Seconds from the verdict that asked for it until the serving variant was seen to have every request again. */
  readonly rollbackSeconds?: number;
  readonly steps: readonly RolloutStep[];
}

/** CloudWatch namespace and metric names of SageMaker endpoints that alarms and the judge read. */
export const ENDPOINT_METRICS = {
  namespace: 'AWS/SageMaker',
  invocations: 'Invocations',
  errors4xx: 'Invocation4XXErrors',
  errors5xx: 'Invocation5XXErrors',
  modelErrors: 'InvocationModelErrors',
  latency: 'ModelLatency',
} as const;

/** Environment variables of the handlers. */
export const ROLLOUT_ENV = {
  application: 'ASSAY_APPLICATION',
  environment: 'ASSAY_ENVIRONMENT',
  endpoint: 'ASSAY_ENDPOINT',
  artifactBucket: 'ASSAY_ARTIFACT_BUCKET',
  executionRoleArn: 'ASSAY_EXECUTION_ROLE_ARN',
  /** The application's table of locks and records. */
  table: 'ASSAY_ROLLOUT_TABLE',
  /** ARN of the machine that takes a release back. */
  rollbackMachine: 'ASSAY_ROLLBACK_MACHINE',
  /** s3:// URI above the captures of the endpoint; production alone. */
  captureUri: 'ASSAY_CAPTURE_URI',
  instanceType: 'ASSAY_INSTANCE_TYPE',
  instanceCount: 'ASSAY_INSTANCE_COUNT',
  /** JSON: alarm names by variant, `{"blue": […], "green": […]}`. */
  alarms: 'ASSAY_ALARMS',
} as const;

/** Alarm names that watch each variant. */
export type VariantAlarms = Readonly<Record<VariantName, readonly string[]>>;

/** Input of both state machines and of the plan function. Without an ARN the run's registration.json names the package. */
export interface PlanEvent {
  readonly runId: string;
  readonly modelPackageArn?: string;
  /** How far an earlier execution, of this run or of another one, had come without an end. @default - there was none */
  readonly mark?: LeftMark | null;
}

/** Asks for the lock of the endpoint; with `release`, gives it back. */
export interface LockEvent extends Pick<LockItem, 'holder' | 'runId' | 'action'> {
  readonly release?: boolean;
}

export interface LockResult {
  readonly taken: boolean;
  /** Who holds it, in one line. Empty when it was taken. */
  readonly reason: string;
  readonly mark?: LeftMark;
}

export interface SettleEvent {
  /** ARN of the execution that has the lock. */
  readonly holder: string;
  /** Releases beside the live one whose parts stay. @default - nothing is deleted */
  readonly retain?: number;
}

/** Asks what removes the variant that stands by after the promotion of this run. */
export interface RetireEvent {
  readonly runId: string;
}

export interface RetireResult {
  /** `retire` with a target; `skip` when a later rollout has seen to it; `wait` while the endpoint changes. */
  readonly kind: 'retire' | 'skip' | 'wait';
  readonly reason: string;
  readonly target?: Target;
}

export interface SettleResult {
  /** Names of configurations and models that are gone. */
  readonly deleted: readonly string[];
}

export interface PlanResult {
  readonly runId: string;
  readonly modelPackageArn: string;
  readonly plan: Plan;
}

/** Where a phase stands between two calls of the converge function; back to zero when the phase is done. */
export interface Convergence {
  readonly asks: number;
  readonly polls: number;
}

export interface ConvergeEvent {
  readonly target: Target;
  /** Created before the endpoint is asked to run it. */
  readonly model?: ModelSpec;
  readonly convergence: Convergence;
  readonly maxAsks: number;
  /** ARN of the execution that asks: without the lock nothing is changed. */
  readonly holder: string;
  /** Written down before anything is changed, for an execution that goes on after this one. @default - nothing */
  readonly mark?: RolloutMark;
  /** Traffic must go back even if the lock cannot be read. @default false */
  readonly urgent?: boolean;
}

export interface ConvergeResult extends Convergence {
  readonly done: boolean;
  readonly why: string;
  /** When the endpoint was looked at, ISO 8601. */
  readonly at: string;
}

export interface JudgeEvent {
  readonly runId: string;
  readonly plan: DeployPlan;
  readonly progress: Progress;
}

export interface JudgeResult {
  /** `promote`: this step is through, and `progress` stands at the next one, past the last at the end. */
  readonly decision: Judgement['decision'];
  readonly verdict: Verdict;
  readonly reason: string;
  readonly progress: Progress;
}

export interface ConcludeEvent {
  readonly runId: string;
  readonly modelPackageArn: string;
  readonly plan: Plan;
  readonly progress: Progress;
  readonly outcome: RolloutDocument['outcome'];
  readonly reason: string;
  /** ARN of the execution that has the lock. */
  readonly holder: string;
  /** When this end was reached, ISO 8601. */
  readonly at: string;
  /** Rollback only: when it was asked for and when it was verified, ISO 8601. */
  readonly verdictAt?: string;
  readonly verifiedAt?: string;
  /** Rollback only: why the failed variant could not be removed. Empty when it was. */
  readonly leftover?: string;
}

/** The release that serves is written down. */
export interface FoundEvent extends Pick<ConcludeEvent, 'holder' | 'at'> {
  readonly outcome: 'found';
  readonly plan: UnrecordedPlan;
}

export interface ConcludeResult {
  /** One line: the cause of the execution's failure, or what was promoted. */
  readonly reason: string;
}
