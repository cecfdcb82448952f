import type { FleetFacts } from './capture';
import type { Target } from './converge';
import type { EndpointState, FleetSpec, VariantName } from './endpoint';
import type { AlarmReading, BakeRules } from './judge';
import type { Progress } from './progress';
import type { LeftMark, ReleaseRecord } from './releases';
import type { VariantRelease } from './rollback';

/** The model object to create: from the approved package itself, or from its parts where it is not approved yet. */
export interface ModelSpec {
  readonly name: string;
  readonly packageArn?: string;
  readonly container?: {
    readonly image: string;
    readonly modelDataUrl: string;
    readonly environment: Readonly<Record<string, string>>;
  };
}

export interface CanaryRules extends BakeRules {
  readonly steps: readonly number[];
  readonly judgeEverySeconds: number;
}

/** What was read before anything is changed. */
export interface PlanFacts extends FleetFacts {
  readonly endpointName: string;
  readonly endpoint?: EndpointState;
  /** What stands behind each variant of the endpoint. */
  readonly variants: readonly VariantRelease[];
  /** The release that ought to serve by the records. @default - none was ever promoted, or nobody wrote it down */
  readonly live?: ReleaseRecord;
  readonly runId: string;
  /** How far an earlier execution with this very release had come. @default - there was none, or it changed nothing */
  readonly mark?: LeftMark;
  /** The same of another release, whose rollout nobody goes on with. @default - there is none */
  readonly abandoned?: LeftMark;
  readonly packageArn: string;
  readonly approval: { readonly status: string; readonly description?: string };
  readonly model: ModelSpec;
  readonly instances: { readonly type: string; readonly count: number };
  readonly alarms: readonly (AlarmReading & { readonly variant: string })[];
  readonly rules: CanaryRules;
}

export interface DeployPlan {
  readonly kind: 'deploy';
  readonly first: boolean;
  readonly candidate: VariantName;
  readonly serving?: VariantName;
  /** Version of the release that serves. */
  readonly servingRelease?: string;
  readonly model: ModelSpec;
  readonly deploy: Target;
  /** Serves the new release alone: what a cold rollback to it needs, and all that stays once the old one is retired. */
  readonly alone: FleetSpec;
  readonly steps: readonly { readonly weight: number; readonly target: Target }[];
  /** Gives the serving variant every request again. */
  readonly rollback: Target;
  /** Leaves no failed variant behind. */
  readonly restore: Target;
  /** Where an earlier execution had come: on with this step, or back. @default - from the beginning */
  readonly resume?: (
    | { readonly at: 'step'; readonly step: number }
    | { readonly at: 'rollback'; readonly reason: string; readonly verdictAt: string }
  ) & {
    /** The steps behind it. @default - nobody knows them */
    readonly progress?: Progress;
  };
  /** What a person should know about the endpoint, in one line. @default - nothing */
  readonly note?: string;
  readonly rules: CanaryRules;
}

export interface UnchangedPlan {
  readonly kind: 'unchanged';
  readonly reason: string;
  readonly serving: VariantName;
  /** Every request to the serving variant: an earlier rollout may have ended with the traffic shared. */
  readonly hold: Target;
  readonly rules: CanaryRules;
}

/** A rollout of another release was cut short, and is taken to its end before anything else is decided. */
export interface AbandonedPlan
  extends Pick<DeployPlan, 'first' | 'candidate' | 'serving' | 'servingRelease' | 'rollback'> {
  readonly kind: 'abandoned';
  readonly reason: string;
  readonly runId: string;
  readonly modelPackageArn: string;
  readonly progress: Progress;
  /** When it was decided, ISO 8601; empty when it is now. */
  readonly verdictAt: string;
}

/** The release that serves is not on record: it went live before there were records, or writing failed. */
export interface UnrecordedPlan {
  readonly kind: 'unrecorded';
  readonly modelPackageArn: string;
  /** Serves the release alone. */
  readonly alone: FleetSpec;
}

export type Plan =
  | DeployPlan
  | UnchangedPlan
  /** These two come first; then the plan is made anew. */
  | AbandonedPlan
  | UnrecordedPlan
  /** Not now, but soon: read again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };
