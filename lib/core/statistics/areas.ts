import { areaCovariances } from '../kernels/covariance';
import { type FoundAreas, getOrMake, knownAreas, labelBytes, placementsFor, sizesOf } from '../kernels/memo';
import { type Classes, type ClassSizes, classSizes, type Placements, placementsOf } from '../kernels/placements';
import { rankOrder } from '../kernels/ranking';
import type { Group, Labels } from '../model/columns';

/** One model's area under the ROC curve with DeLong's variance. */
export interface Area {
  readonly auc: number;
  readonly positives: number;
  readonly negatives: number;
  /** NaN if a class has fewer than two rows. */
  readonly variance: number;
}

/** Two models' areas on the same rows. */
export interface PairedAreas {
  readonly challenger: Area;
  readonly champion: Area;
  /** DeLong's, of the two areas; NaN if a class has fewer than two rows. */
  readonly covariance: number;
}

/** Binary rows as columns; see ModelColumns. Labels 0 or 1, scores finite, and neither array is changed afterwards. */
export interface BinaryRows {
  readonly labels: Labels;
  readonly scores: Float64Array;
  /** Scores of the champion on the same rows. */
  readonly champion?: Float64Array | undefined;
}

/**
 * Area of one model (and of the champion with the covariance, where there is one) on all rows, in O(n log n), exact up to the
 * last division. What is sorted once is remembered as long as the arrays live.
 *
 * @returns `null` if a class is empty
 * @throws RangeError for a score that is no finite number
 */
export function areasOf(rows: BinaryRows): Areas | null {
  const labels = labelBytes(rows.labels);
  return areasBy(rows, { labels, count: 1 }, rows.labels)[0] ?? null;
}

/** Without a champion there is only a challenger. */
export type Areas = PairedAreas | { readonly challenger: Area; readonly champion?: undefined };

/** The same of each group, ranked among its own rows: entry k belongs to `group.names[k]`, `null` where a class is empty. */
export function areasByGroup(rows: BinaryRows, group: Group): readonly (Areas | null)[] {
  const labels = labelBytes(rows.labels);
  return areasBy(rows, { labels, codes: group.codes, count: group.names.length }, group.codes);
}

/** Area of some rows. Nothing is remembered. */
export function areasOfSome(rows: BinaryRows, chosen: Uint32Array): Areas | null {
  const take = (values: Float64Array): Float64Array => Float64Array.from(chosen, (row) => values[row] ?? Number.NaN);
  const classes: Classes = { labels: Uint8Array.from(chosen, (row) => rows.labels[row] ?? 0), count: 1 };
  const sizes = classSizes(classes);
  const place = (scores: Float64Array): Placements => placementsOf(rankOrder(take(scores)), classes, sizes);
  const challenger = place(rows.scores);
  const champion = rows.champion === undefined ? undefined : place(rows.champion);
  return summaries(compared(challenger, champion, classes, sizes), sizes)[0] ?? null;
}

function areasBy(rows: BinaryRows, classes: Classes, identity: object): readonly (Areas | null)[] {
  if (rows.scores.length !== rows.labels.length) {
    throw new RangeError(`${rows.labels.length} labels stand beside ${rows.scores.length} scores`);
  }
  const { scores, champion } = rows;
  const own = getOrMake(known, scores, () => new WeakMap());
  const beside = getOrMake(own, champion ?? NOBODY, () => new WeakMap());
  return getOrMake(beside, identity, () => {
    const found = knownAreas(scores, champion, identity);
    const sizes = sizesOf(identity, classes);
    if (found !== undefined) return summaries(found, sizes);
    const place = (of: Float64Array): Placements => placementsFor(of, identity, classes);
    return summaries(
      compared(place(scores), champion === undefined ? undefined : place(champion), classes, sizes),
      sizes,
    );
  });
}

/** Stands for the champion where there is none. */
const NOBODY = new Float64Array();

/** By challenger, champion and classes: several checks ask for the same areas. */
const known = new WeakMap<Float64Array, WeakMap<Float64Array, WeakMap<object, readonly (Areas | null)[]>>>();

function compared(a: Placements, b: Placements | undefined, classes: Classes, sizes: ClassSizes): FoundAreas {
  const covariances = areaCovariances(a, b ?? a, classes, sizes);
  return { wins: b === undefined ? [a.wins] : [a.wins, b.wins], covariances };
}

function summaries({ wins, covariances }: FoundAreas, sizes: ClassSizes): readonly (Areas | null)[] {
  const [ofFirst, ofSecond] = wins;
  return Array.from(sizes.positives, (positives, code) => {
    const negatives = sizes.negatives[code] ?? 0;
    if (positives === 0 || negatives === 0) return null;
    const [ofChallenger = Number.NaN, covariance = Number.NaN, ofChampion = Number.NaN] = covariances.subarray(
      3 * code,
    );
    const area = (won: Float64Array | undefined, variance: number): Area => {
      return { auc: (won?.[code] ?? Number.NaN) / (2 * positives * negatives), positives, negatives, variance };
    };
    const challenger = area(ofFirst, ofChallenger);
    return ofSecond === undefined ? { challenger } : { challenger, champion: area(ofSecond, ofChampion), covariance };
  });
}
