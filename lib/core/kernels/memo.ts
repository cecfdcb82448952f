import type { Group } from '../model/columns';
import type { JobResult } from './placement-job';
import { type Classes, type ClassSizes, classSizes, type Placements, placementsOf } from './placements';
import { type RankOrder, rankOrder } from './ranking';
import type { ScoreTally } from './tally';

/**
 * What is computed once for columns that many checks look at. Columns are never changed after they were read, so an array
 * stands for its content. Engines may fill it from threads before the judge asks (`remember…`).
 */
const orders = new WeakMap<Float64Array, RankOrder>();
const classesOf = new WeakMap<Float64Array, Uint8Array>();
const sizes = new WeakMap<object, ClassSizes>();
const placements = new WeakMap<Float64Array, WeakMap<object, Placements>>();

const tallies = new WeakMap<Float64Array, { readonly labels: Float64Array; readonly tally: ScoreTally }>();

export function orderOf(scores: Float64Array): RankOrder {
  return getOrMake(orders, scores, () => rankOrder(scores));
}

/** One byte a row: walks in order of score jump about, and bytes stay in the cache. */
export function labelBytes(labels: Float64Array): Uint8Array {
  return getOrMake(classesOf, labels, () => Uint8Array.from(labels));
}

/** @param identity the array that stands for these classes: `labels`, or the group's codes for one set of labels */
export function sizesOf(identity: object, classes: Classes): ClassSizes {
  return getOrMake(sizes, identity, () => classSizes(classes));
}

export function placementsFor(scores: Float64Array, identity: object, classes: Classes): Placements {
  const known = getOrMake(placements, scores, () => new WeakMap());
  return getOrMake(known, identity, () => placementsOf(orderOf(scores), classes, sizesOf(identity, classes)));
}

/** What a pass over these scores left, if there was one: metrics and pictures otherwise look at the rows themselves. */
export function knownTally(scores: Float64Array | undefined, labels: Float64Array): ScoreTally | undefined {
  const known = scores === undefined ? undefined : tallies.get(scores);
  return known?.labels === labels ? known.tally : undefined;
}

/** Smallest and largest score, if a pass over them left it. */
export function knownRange(scores: Float64Array): Pick<ScoreTally, 'min' | 'max'> | undefined {
  return tallies.get(scores)?.tally;
}

/** @param groups those of the job, in its order */
export function rememberJob(
  scores: Float64Array,
  labels: Float64Array,
  groups: readonly Group[],
  job: JobResult,
): void {
  orders.set(scores, job.order);
  tallies.set(scores, { labels, tally: job.tally });
  const known = getOrMake(placements, scores, () => new WeakMap());
  known.set(labels, job.overall);
  for (const [index, { codes }] of groups.entries()) {
    const found = job.groups[index];
    if (found !== undefined) known.set(codes, found);
  }
}

/** What is remembered for a key, made at first. */
export function getOrMake<Key extends object, Value>(known: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
