import type { Group } from '../model/columns';
import { labelBytes, rememberJob, sizesOf } from './memo';
import { type PlacementJob, placementJob, resultOf } from './placement-job';

/** Rows of one binary model about to be ranked, overall and within groups. */
export interface ModelToRank {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly groups: readonly Group[];
  /** Score at or above which a row counts as predicted positive. */
  readonly threshold: number;
}

/** @returns `undefined` where only the kernels in TypeScript can do it */
export function jobOf({ labels, scores, groups, threshold }: ModelToRank): PlacementJob | undefined {
  const bytes = labelBytes(labels);
  const placed = groups.map((group) => {
    const classes = { labels: bytes, codes: group.codes, count: group.names.length };
    return { group, sizes: sizesOf(group.codes, classes) };
  });
  return placementJob(scores, bytes, sizesOf(labels, { labels: bytes, count: 1 }), placed, threshold);
}

/** Whoever asks for these areas from now on finds them. */
export function finishJob({ labels, scores, groups }: ModelToRank, job: PlacementJob): void {
  rememberJob(scores, labels, groups, resultOf(job));
}
