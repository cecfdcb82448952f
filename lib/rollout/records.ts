import type { ScalingTarget } from '../core/rollout/scaling';

export type {
  LeftMark,
  ReleaseHistory,
  ReleaseRecord,
  RollbackRecord,
  RolloutMark,
} from '../core/rollout/releases';
/**
 * What the table of an application holds: items by `endpoint` (partition key) and `item` (sort key).
 *
 * | `item` | Holds |
 * | --- | --- |
 * | `lock` | `LockItem`, and `mark`, a `RolloutMark` as JSON text, which outlives the holder until its rollout has an end |
 * | `release#<promotedAt>` | `ReleaseRecord` |
 * | `rollback#<at>` | `RollbackRecord` |
 * | `scaling` | `ScalingItem` |
 */

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
}

/** Autoscaling of an endpoint that was taken off, to be put on again. */
export interface ScalingItem {
  /** ISO 8601. */
  readonly savedAt: string;
  readonly targets: readonly ScalingTarget[];
}
