import type { PairedBootstrap } from '../../statistics';
import { drawBinomial } from '../../statistics/binomial-draw';
import { bootstrapOf } from '../../statistics/bootstrap';
import { createRandom, type Random } from '../../statistics/random';
import { replicateSeed } from '../../statistics/resampling';
import type { Measured } from './definition';
import { type Counted, countCells } from './prepared';
import type { ReplicateOptions } from './replicates';

/** Rows that every metric in question sees alike. */
interface Kind {
  readonly count: number;
  /** Cell of the confusion matrix, for each metric. */
  readonly cells: readonly number[];
}

/**
 * Bootstrap of metrics of confusion matrices. Rows of the same label and predictions are exchangeable, so a resample of the
 * rows is a multinomial draw of how many of each kind there are: exactly the same distribution, at a cost that does not grow
 * with the rows. Multinomials are drawn as conditional binomials (L. Devroye, "Non-uniform random variate generation", 1986,
 * section XI.1.4). Drawn within each label; rows must be equally weighted and independent.
 */
export function countReplicates(
  prepared: readonly Counted[],
  statistics: (values: readonly number[]) => readonly number[],
  { replicates, seed }: ReplicateOptions,
): PairedBootstrap {
  const strata = kindsByLabel(prepared);
  const matrices = prepared.map(({ classes }) => new Float64Array(classes * classes));
  const evaluated = (): readonly number[] =>
    statistics(prepared.map((each, index) => numberOf(each.of(matrices[index] ?? new Float64Array()))));
  const add = ({ cells }: Kind, count: number): void => {
    for (const [index, cell] of cells.entries()) {
      const matrix = matrices[index];
      if (matrix !== undefined) matrix[cell] = (matrix[cell] ?? Number.NaN) + count;
    }
  };
  const all = strata.flat();
  for (const kind of all) add(kind, kind.count);
  const estimates = [...evaluated()];
  const values = estimates.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    for (const matrix of matrices) matrix.fill(0);
    const random = createRandom(replicateSeed(seed, replicate));
    for (const kinds of strata) drawKinds(kinds, random, add);
    for (const [index, value] of evaluated().entries()) {
      const column = values[index];
      if (column !== undefined) column[replicate] = value;
    }
  }
  return bootstrapOf(estimates, values, (index) => {
    for (const matrix of matrices) matrix.fill(0);
    for (const kind of all) add(kind, kind.count);
    return accelerationOf(strata, (kind) => {
      add(kind, -1);
      const without = evaluated()[index] ?? Number.NaN;
      add(kind, 1);
      return (estimates[index] ?? Number.NaN) - without;
    });
  });
}

const numberOf = (measured: Measured): number => ('value' in measured ? measured.value : Number.NaN);

function kindsByLabel(prepared: readonly Counted[]): readonly (readonly Kind[])[] {
  const [first, second] = prepared;
  if (first === undefined) return [];
  const size = second === undefined ? 1 : second.classes ** 2;
  const counts = second === undefined ? countCells(first, undefined) : countPairs(first, second);
  const strata = new Map<number, Kind[]>();
  for (const [key, count] of [...counts.entries()].sort(([a], [b]) => a - b)) {
    if (count === 0) continue;
    const cell = Math.floor(key / size);
    const label = Math.floor(cell / first.classes);
    const kinds = strata.get(label) ?? [];
    kinds.push({ count, cells: second === undefined ? [cell] : [cell, key % size] });
    strata.set(label, kinds);
  }
  return [...strata.values()];
}

/** Rows by cell of the first · cells of the second + cell of the second, those that occur. */
function countPairs(first: Counted, second: Counted): ReadonlyMap<number, number> {
  const [own, other] = [first.cells(), second.cells()];
  const size = second.classes ** 2;
  const counts = new Map<number, number>();
  for (let row = 0; row < own.length; row += 1) {
    const key = (own[row] as number) * size + (other[row] as number);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function drawKinds(kinds: readonly Kind[], random: Random, add: (kind: Kind, count: number) => void): void {
  let left = kinds.reduce((sum, { count }) => sum + count, 0);
  let draws = left;
  for (const kind of kinds) {
    const drawn = kind.count === left ? draws : drawBinomial(random, draws, kind.count / left);
    add(kind, drawn);
    left -= kind.count;
    draws -= drawn;
  }
}

/** As `acceleration` of the statistics folder, of kinds that stand for `count` rows each. */
function accelerationOf(strata: readonly (readonly Kind[])[], influence: (kind: Kind) => number): number {
  let [cubes, squares] = [0, 0];
  for (const kinds of strata) {
    const n = kinds.reduce((sum, { count }) => sum + count, 0);
    const influences = kinds.map((kind) => ({ count: kind.count, value: (n - 1) * influence(kind) }));
    const centre = influences.reduce((sum, { count, value }) => sum + count * value, 0) / n;
    for (const { count, value } of influences) {
      squares += (count * (value - centre) ** 2) / n ** 2;
      cubes += (count * (value - centre) ** 3) / n ** 3;
    }
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}
