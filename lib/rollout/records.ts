/**
 * What the table of an application holds: items by `endpoint` (partition key) and `item` (sort key).
 *
 * | `item` | Holds |
 * | --- | --- |
 * | `lock` | `LockItem` |
 * | `release#<promotedAt>` | `ReleaseRecord` |
 * | `rollback#<at>` | `RollbackRecord` |
 * | `scaling` | `ScalingItem` |
 */
export type { ReleaseHistory, ReleaseRecord, RollbackRecord } from '../core/rollout/releases';

export const TABLE_KEYS = { partition: 'endpoint', sort: 'item' } as const;

export const ITEMS = {
  lock: 'lock',
  scaling: 'scaling',
  releases: 'release#',
  rollbacks: 'rollback#',
} as const;

export type LockAction = 'deployment' | 'rollout' | 'rollback' | 'retirement';

/** Who may change an endpoint. One holder at a time; a holder whose execution has ended may be replaced. */
export interface LockItem {
  /** ARN of the execution. */
  readonly holder: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly since: string;
  readonly action: LockAction;
  /** How far the holder had come: a later execution of the same run goes on from there. */
  readonly mark?: RolloutMark;
}

/** What the endpoint alone does not tell about a rollout that was cut short. */
export type RolloutMark =
  /** The endpoint is being made for a release that nobody has used yet. */
  | { readonly phase: 'first' }
  /** The verdict has been given: whatever the weights are, the way is back. */
  | { readonly phase: 'rollback'; readonly reason: string; readonly verdictAt: string; readonly first: boolean };

/** Autoscaling of an endpoint that was taken off, to be put on again. */
export interface ScalingItem {
  /** ISO 8601. */
  readonly savedAt: string;
  readonly targets: readonly ScalingTarget[];
}

export interface ScalingTarget {
  readonly variant: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Role, suspension, policies and schedules in the words of Application Auto Scaling. */
  readonly roleArn?: string;
  readonly suspended?: Readonly<Record<string, boolean>>;
  readonly policies: readonly Readonly<Record<string, unknown>>[];
  readonly schedules: readonly Readonly<Record<string, unknown>>[];
}
