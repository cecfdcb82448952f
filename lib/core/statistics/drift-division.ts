import { type Alias, aliasOfBinomial, drawAlias } from './drift-alias';
import { drawInTurn, NORMAL_FROM } from './drift-permutation';
import type { Random } from './random';

/**
 * Draws the counts of one of two samples after the pooled rows were divided at random into samples of the same sizes:
 * what they would be if both had one distribution (multivariate hypergeometric).
 *
 * @param into receives a count for each bin
 */
export type Division = (random: Random, into: Float64Array) => void;

/** Rows that may be tried, at most, to bring a sample to its size, and rows that are numbered for it. */
const MOST_TRIES = 1000;
const MOST_ROWS = 500_000;

/**
 * @param pooled counts of both samples together, by bin
 * @param size rows of the sample whose counts are drawn
 */
export function divisionOf(pooled: Float64Array, size: number): Division {
  let [total, least] = [0, Number.POSITIVE_INFINITY];
  for (const count of pooled) {
    total += count;
    if (count > 0) least = Math.min(least, count);
  }
  const share = size / total;
  const variance = share * (1 - share);
  // As many rows as the standard deviation of the size, each found once in 1/share tries.
  const tries = Math.sqrt(total * variance) / Math.min(share, 1 - share);
  if (total <= MOST_ROWS && tries <= MOST_TRIES) return byMarking(pooled, size, total);
  if (least * variance > NORMAL_FROM * NORMAL_FROM) return asNormals(pooled, size, total);
  return (random, into) => drawInTurn(random, pooled, size, into);
}

/**
 * Marks each row with probability size/total, which is a binomial count for each bin, and then takes marks from random
 * rows, or gives them, until the sample has its size: given how many are marked, every set of marked rows is as probable
 * as any other, before and after. Exact.
 */
function byMarking(pooled: Float64Array, size: number, total: number): Division {
  const tables = aliasesOf(pooled, size / total);
  const binOf = new Int32Array(total);
  const first = new Float64Array(pooled.length);
  let row = 0;
  for (let bin = 0; bin < pooled.length; bin += 1) {
    first[bin] = row;
    binOf.fill(bin, row, row + (pooled[bin] ?? 0));
    row += pooled[bin] ?? 0;
  }
  return (random, into) => mark({ tables, binOf, first, size }, random, into);
}

interface Marking {
  readonly tables: readonly Alias[];
  /** Of each row. */
  readonly binOf: Int32Array;
  /** Its first row, of each bin. */
  readonly first: Float64Array;
  readonly size: number;
}

/** Not a closure: all columns share what the compiler learns of it. */
function mark({ tables, binOf, first, size }: Marking, random: Random, into: Float64Array): void {
  let left = size;
  for (let bin = 0; bin < tables.length; bin += 1) {
    const marked = drawAlias(random, tables[bin]);
    into[bin] = marked;
    left -= marked;
  }
  while (left !== 0) {
    const tried = Math.floor(random() * binOf.length);
    const bin = binOf[tried] ?? 0;
    const marked = into[bin] ?? 0;
    // Rows of a bin are alike: those that are marked are its first.
    const isMarked = tried - (first[bin] ?? 0) < marked;
    if (isMarked === left > 0) continue;
    into[bin] = isMarked ? marked - 1 : marked + 1;
    left += isMarked ? 1 : -1;
  }
}

/** One table for each count that occurs. */
function aliasesOf(pooled: Float64Array, share: number): readonly Alias[] {
  const tables = new Map<number, Alias>();
  return Array.from(pooled, (count) => {
    const known = tables.get(count) ?? aliasOfBinomial(count, share);
    tables.set(count, known);
    return known;
  });
}

/**
 * Independent normals, brought to the size in proportion to the bins: their means and covariances are those of the
 * counts, c·n/N and n·m·c·(δ − c'/N)/(N·(N − 1)).
 *
 * Source: N. L. Johnson, S. Kotz and N. Balakrishnan, "Discrete multivariate distributions" (1997), chapter 39.
 */
function asNormals(pooled: Float64Array, size: number, total: number): Division {
  const share = size / total;
  const deviation = pooled.map((count) => Math.sqrt((count * share * (1 - share) * total) / (total - 1)));
  return (random, into) => {
    let excess = 0;
    for (let bin = 0; bin < pooled.length; bin += 2) {
      // Both normals of G. E. P. Box and M. E. Muller (1958).
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const angle = 2 * Math.PI * random();
      const [one, other] = [(deviation[bin] ?? 0) * Math.cos(angle), (deviation[bin + 1] ?? 0) * Math.sin(angle)];
      into[bin] = radius * one;
      if (bin + 1 < pooled.length) into[bin + 1] = radius * other;
      excess += radius * (one + other);
    }
    for (let bin = 0; bin < pooled.length; bin += 1) {
      into[bin] = (into[bin] ?? 0) + (pooled[bin] ?? 0) * (share - excess / total);
    }
  };
}
