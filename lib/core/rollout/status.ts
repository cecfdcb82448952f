import { servingVariant } from './endpoint';
import { expectedSeconds } from './expected';
import type { ReleaseHistory, RollbackRecord } from './releases';
import { releaseIdOf } from './releases';
import { distinct, planRollback, type RollbackFacts } from './rollback';

/** Where a rollout or a rollback stands, in words for people and machines. */
const PHASES = [
  'waiting',
  'planning',
  'adding',
  'checking',
  'shifting',
  'baking',
  'judging',
  'rolling-back',
  'recording',
  'cleaning-up',
] as const;
export type Phase = (typeof PHASES)[number];

/** An execution that holds the endpoint's lock. */
export interface RunningExecution {
  readonly action: string;
  readonly runId: string;
  /** ARN of the execution. */
  readonly holder: string;
  readonly since: string;
  /** Name of the state that it is in; undefined where its history could not be read. */
  readonly state?: string;
}

export interface StatusFacts {
  readonly rollback: RollbackFacts;
  readonly history: ReleaseHistory;
  /** Drills of the staging endpoint: what they measured holds for production until that has its own. */
  readonly drills: readonly RollbackRecord[];
  readonly running?: RunningExecution;
}

export type ReleaseState = 'live' | 'warm' | 'canary' | 'retained' | 'rejected' | 'retired';

/** What `assay status --json` prints. */
export interface RolloutStatus {
  readonly schema: 'assay.status/1';
  readonly endpoint: { readonly name: string; readonly status: string; readonly failureReason?: string };
  readonly variants: readonly {
    readonly name: string;
    /** undefined: its model was not made from a package. */
    readonly release?: string;
    /** Share of the traffic, in percent. */
    readonly share: number;
    readonly instances: number;
  }[];
  readonly releases: readonly {
    readonly releaseId: string;
    readonly commit: string;
    readonly dataset: string;
    readonly promotedAt: string;
    readonly state: ReleaseState;
  }[];
  readonly running?: RunningExecution & { readonly phase: Phase | 'unknown' };
  /** How going back would go right now. */
  readonly rollback:
    | {
        readonly possible: true;
        readonly temperature: 'warm' | 'cold';
        readonly to: string;
        readonly seconds: number;
        readonly basis: string;
        /** What it would have to wait for first. */
        readonly after?: string;
      }
    | { readonly possible: false; readonly reason: string };
  readonly rollbacks: readonly RollbackRecord[];
}

const SHOWN_ROLLBACKS = 5;

export function rolloutStatus({ rollback: facts, history, drills, running }: StatusFacts): RolloutStatus {
  const { endpoint, endpointName } = facts;
  const total = endpoint?.variants.reduce((sum, { weight }) => sum + weight, 0) ?? 0;
  return {
    schema: 'assay.status/1',
    endpoint: {
      name: endpointName,
      status: endpoint?.status ?? 'none',
      ...(endpoint?.failureReason === undefined ? {} : { failureReason: endpoint.failureReason }),
    },
    variants: (endpoint?.variants ?? []).map(({ name, weight, instanceCount }) => {
      const release = releaseOf(name, facts);
      const share = total === 0 ? 0 : (100 * weight) / total;
      return { name, ...(release === undefined ? {} : { release }), share, instances: instanceCount };
    }),
    releases: distinct(history.releases).map(({ releaseId, commit, dataset, promotedAt }) => ({
      releaseId,
      commit,
      dataset: `${dataset.name} ${dataset.version}`,
      promotedAt,
      state: stateOf(releaseId, facts),
    })),
    ...(running === undefined ? {} : { running: { ...running, phase: phaseOf(running.state) } }),
    rollback: outlook(facts, [...history.rollbacks, ...drills]),
    rollbacks: history.rollbacks.slice(0, SHOWN_ROLLBACKS),
  };
}

function outlook(facts: RollbackFacts, records: readonly RollbackRecord[]): RolloutStatus['rollback'] {
  const plan = planRollback(facts);
  if (plan.kind === 'refused') return { possible: false, reason: plan.reason };
  const { temperature, to } = plan.kind === 'wait' ? plan.move : plan;
  const { seconds, basis } = expectedSeconds(temperature, records);
  const after = plan.kind === 'wait' ? { after: plan.reason } : {};
  return { possible: true, temperature, to: to.releaseId, seconds, basis, ...after };
}

function stateOf(releaseId: string, facts: RollbackFacts): ReleaseState {
  const { endpoint, live, releases } = facts;
  const release = releases.find((known) => known.releaseId === releaseId);
  const on = endpoint?.variants.find(({ name }) => releaseOf(name, facts) === releaseId);
  const serving = endpoint === undefined ? undefined : servingVariant(endpoint);
  if (on !== undefined && (releaseId === live || on.name === serving?.name)) return 'live';
  if (on !== undefined && on.weight > 0) return 'canary';
  if (release?.approval === 'Rejected') return 'rejected';
  if (on !== undefined) return 'warm';
  return release?.config === undefined ? 'retired' : 'retained';
}

function releaseOf(variantName: string, { variants }: RollbackFacts): string | undefined {
  const arn = variants.find(({ variant }) => variant.name === variantName)?.modelPackageArn;
  return arn === undefined ? undefined : releaseIdOf(arn);
}

/** Phases by the beginning of the names that the state machines give their states; the first that fits. */
const PHASES_BY_STATE: readonly (readonly [RegExp, Phase])[] = [
  [/^(RollBack|Rollback|TakeBack|Traffic)/, 'rolling-back'],
  [/^(Begin|Plan|Look)/, 'planning'],
  [/^(Wait|Lock|TakeLock|Preempt|StandBy)/, 'waiting'],
  [/^(AddVariant|AddTwin|Deploy)/, 'adding'],
  [/^Check/, 'checking'],
  [/^(Shift|HoldTraffic)/, 'shifting'],
  [/^(StartBake|Bake)/, 'baking'],
  [/^(Judge|Decide)/, 'judging'],
  [/^(Record|Verified)/, 'recording'],
  [/^(Remove|Retire|Release|Restore|Settle|StartRetirement)/, 'cleaning-up'],
];

export const phaseOf = (state: string | undefined): Phase | 'unknown' =>
  PHASES_BY_STATE.find(([pattern]) => state !== undefined && pattern.test(state))?.[1] ?? 'unknown';
