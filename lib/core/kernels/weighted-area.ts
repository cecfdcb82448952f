import { type RankOrder, ROW_MASK, TIE_START } from './ranking';

const POSITIVE = 0x4000_0000;
const ROW = 0x3fff_ffff;

/** Rows in ascending order of score with their class in bit 30, so that a walk looks up weights alone. At most 2³⁰ rows. */
export type PackedOrder = Uint32Array;

/** @throws RangeError for more rows than the bits can number */
export function packOrder(order: RankOrder, labels: Uint8Array): PackedOrder {
  if (order.length > ROW) throw new RangeError(`${order.length} rows cannot be resampled; ${ROW} can`);
  const packed = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index += 1) {
    const entry = order[index] as number;
    packed[index] = (labels[entry & ROW_MASK] as number) === 1 ? entry | POSITIVE : entry;
  }
  return packed;
}

/** Sums of whole weights: exact up to 2²⁶ of each class. */
export interface WeightedWins {
  /** 2·(weight of positives)·(weight of negatives)·AUC. */
  readonly wins: number;
  readonly positives: number;
  readonly negatives: number;
}

/** AUC of rows that count as often as `weights` says: Σ₊ w·(2·weight of negatives below + weight of those tied). */
export function weightedWins(order: PackedOrder, weights: Uint8Array): WeightedWins {
  let [wins, positives, below, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
  for (let index = 0; index < order.length; index += 1) {
    const entry = order[index] as number;
    if (entry >= TIE_START) {
      wins += tiedPositives * (2 * below + tiedNegatives);
      positives += tiedPositives;
      below += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    const weight = weights[entry & ROW] as number;
    if ((entry & POSITIVE) === 0) tiedNegatives += weight;
    else tiedPositives += weight;
  }
  wins += tiedPositives * (2 * below + tiedNegatives);
  return { wins, positives: positives + tiedPositives, negatives: below + tiedNegatives };
}
