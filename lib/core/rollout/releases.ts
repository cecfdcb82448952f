import type { Progress } from './progress';

/** A release that was promoted. Times are ISO 8601, UTC. */
export interface ReleaseRecord {
  /** Version of the model package, e.g. `7`. */
  readonly releaseId: string;
  readonly modelPackageArn: string;
  readonly runId: string;
  readonly commit: string;
  readonly dataset: { readonly name: string; readonly version: string; readonly digest: string };
  /** Endpoint configuration that serves this release alone, for a cold rollback. */
  readonly configName: string;
  readonly modelName: string;
  /** The name under which it was promoted; a cold rollback may bring it back under the other one. */
  readonly variant: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly promotedAt: string;
  /** Traffic steps that it took. Absent for a first release. */
  readonly steps?: readonly { readonly weight: number; readonly startedAt: string; readonly endedAt: string }[];
  /** When its configuration and model were deleted: no rollback leads here any more. */
  readonly retiredAt?: string;
}

/** One way back. */
export interface RollbackRecord {
  readonly at: string;
  /** A person's or a machine's name. */
  readonly by: string;
  readonly reason: string;
  /** Release that was taken back. */
  readonly from: string;
  /** Release that serves since. Absent when a first release was taken back: nothing serves. */
  readonly to?: string;
  /** Seconds from the verdict or the order until the traffic was seen to be back. */
  readonly seconds?: number;
  /** `automatic`: a failed rollout; `drill`: on staging, and put back afterwards. */
  readonly kind: 'automatic' | 'manual' | 'rejection' | 'drill';
  /** Warm: a change of weights; cold: instances had to start. Absent for automatic ones, which are warm. */
  readonly temperature?: 'warm' | 'cold';
  /** Drill only: seconds until the second variant was in service, which is what a cold rollback waits for. */
  readonly instancesSeconds?: number;
  readonly runId?: string;
}

/** Everything that was promoted and taken back on one endpoint, newest first. */
export interface ReleaseHistory {
  readonly releases: readonly ReleaseRecord[];
  readonly rollbacks: readonly RollbackRecord[];
}

/**
 * The release that ought to serve, by the records: what was promoted or gone back to last. The endpoint's weights do
 * not tell: in the last step of a canary the candidate has all traffic, and is no release yet.
 */
export const liveRelease = (history: ReleaseHistory): ReleaseRecord | undefined => liveSince(history)?.release;

/** The same with when it went live, or was last gone back to. */
export function liveSince({
  releases,
  rollbacks,
}: ReleaseHistory): { readonly release: ReleaseRecord; readonly since: string } | undefined {
  const events = [
    ...releases.map(({ promotedAt: at, releaseId: id }) => ({ at, id })),
    ...rollbacks.filter(({ kind }) => kind !== 'drill').map(({ at, to: id }) => ({ at, id })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const [last] = events;
  const release = releases.find(({ releaseId }) => releaseId === last?.id);
  return last === undefined || release === undefined ? undefined : { release, since: last.at };
}

/** `arn:…:model-package/churn/7` → `7`. */
export const releaseIdOf = (modelPackageArn: string): string => modelPackageArn.split('/').at(-1) ?? modelPackageArn;

/** What the endpoint alone does not tell about a rollout that was cut short. Times are ISO 8601. */
export type RolloutPhase =
  /** The endpoint is being made for a release that nobody has used yet. */
  | { readonly phase: 'first' }
  /** The new release is on the endpoint, beside the one that serves. */
  | { readonly phase: 'canary' }
  /** The verdict has been given: whatever the weights are, the way is back. */
  | { readonly phase: 'rollback'; readonly reason: string; readonly verdictAt: string; readonly first: boolean };

/** How far a rollout has come, and whose it is: written before each change, and gone when its end is on record. */
export type RolloutMark = RolloutPhase & {
  readonly runId: string;
  readonly modelPackageArn: string;
  /** ARN of the execution. */
  readonly execution: string;
  /** The steps behind it, and what the judge carries on. */
  readonly progress: Progress;
};

/** The mark of an execution that is no more. */
export type LeftMark = RolloutMark & {
  /** Step Functions' word: FAILED, ABORTED, TIMED_OUT; or `forgotten`. */
  readonly endedAs: string;
};
