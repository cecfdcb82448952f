import type { Labels, ModelColumns } from '../model/columns';
import { compiledOrder } from './compiled-order';
import { covariancesOf, type GroupMoments } from './moments';
import { type Classes, type ClassSizes, classSizes, type Placements, placementsOf } from './placements';
import type { RankedModels } from './rank-models';
import { type RankOrder, rankOrder } from './ranking';
import type { ScoreTally } from './tally';

/**
 * What is computed once for columns that many checks look at. Columns are never changed after they were read, so an array
 * stands for its content. Engines may fill it from threads before the judge asks (`remember…`).
 */
const orders = new WeakMap<Float64Array, RankOrder>();
const classesOf = new WeakMap<object, Uint8Array>();
const sizes = new WeakMap<object, ClassSizes>();
const placements = new WeakMap<Float64Array, WeakMap<object, Placements>>();

const tallies = new WeakMap<Float64Array, { readonly labels: object; readonly tally: ScoreTally }>();
const areas = new WeakMap<Float64Array, WeakMap<Float64Array, WeakMap<object, FoundAreas>>>();

export function orderOf(scores: Float64Array): RankOrder {
  return getOrMake(orders, scores, () => compiledOrder(scores) ?? rankOrder(scores));
}

/** One byte a row: walks in order of score jump about, and bytes stay in the cache. */
export function labelBytes(labels: Labels): Uint8Array {
  return labels instanceof Uint8Array ? labels : getOrMake(classesOf, labels, () => Uint8Array.from(labels));
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
export function knownTally(scores: Float64Array | undefined, labels: Labels): ScoreTally | undefined {
  const known = scores === undefined ? undefined : tallies.get(scores);
  return known?.labels === labels ? known.tally : undefined;
}

/** Smallest and largest score, if a pass over them left it. */
export function knownRange(scores: Float64Array): Pick<ScoreTally, 'min' | 'max'> | undefined {
  return tallies.get(scores)?.tally;
}

/** Areas and DeLong's covariances by group; see `areaCovariances`. */
export interface FoundAreas {
  /** 2·m·n·AUC by group, of the challenger and of the champion, if there is one. */
  readonly wins: readonly Float64Array[];
  readonly covariances: Float64Array;
}

/** Class sizes of each group, if they were counted. @param identity as in `sizesOf` */
export const knownSizes = (identity: object): ClassSizes | undefined => sizes.get(identity);

/** @param identity as in `sizesOf` */
export function knownAreas(scores: Float64Array, champion: Float64Array | undefined, identity: object) {
  return areas
    .get(scores)
    ?.get(champion ?? scores)
    ?.get(identity);
}

function rememberAreas(
  scores: Float64Array,
  champion: Float64Array | undefined,
  identity: object,
  found: FoundAreas,
): void {
  const own = getOrMake(areas, scores, () => new WeakMap());
  getOrMake(own, champion ?? scores, () => new WeakMap()).set(identity, found);
}

const winsOf = (moments: readonly GroupMoments[]): Float64Array => Float64Array.from(moments, ([, { sum }]) => sum);

/** @param columns of a binary task; `ranked` has their groups in the same order */
export function rememberRanked({ labels, groups, challenger, champion }: ModelColumns, ranked: RankedModels): void {
  const [first, second] = [challenger, champion].map((model) => model?.columns[0]);
  const identities: readonly object[] = [labels, ...groups.map(({ codes }) => codes)];
  for (const [model, scores] of [first, second].entries()) {
    const found = ranked.models[model];
    if (scores === undefined || found === undefined) continue;
    tallies.set(scores, { labels, tally: found.tally });
    for (const [index, { moments, doubled }] of found.columns.entries()) {
      const identity = identities[index] ?? labels;
      const rows = ([0, 1] as const).map((label) => Float64Array.from(moments, (group) => group[label].rows));
      sizes.set(identity, { negatives: rows[0] ?? new Float64Array(), positives: rows[1] ?? new Float64Array() });
      rememberAreas(scores, undefined, identity, {
        wins: [winsOf(moments)],
        covariances: covariancesOf(moments, moments, []),
      });
      if (doubled === undefined) continue;
      const known = getOrMake(placements, scores, () => new WeakMap());
      known.set(identity, { doubled, wins: winsOf(moments) });
    }
  }
  for (const [index, covariances] of ranked.covariances.entries()) {
    const [a, b] = ranked.models.map(({ columns }) => columns[index]?.moments ?? []);
    if (first === undefined || second === undefined || a === undefined || b === undefined) continue;
    rememberAreas(first, second, identities[index] ?? labels, { wins: [winsOf(a), winsOf(b)], covariances });
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
