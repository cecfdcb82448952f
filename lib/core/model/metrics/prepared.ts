import { type LossSums, totalLoss } from '../../kernels/tally';
import type { Measured } from './definition';

/**
 * A metric with all work done that is the same for every weighting of the rows, so that a bootstrap does it once. Three
 * forms, because two of them have shortcuts that need not look at rows again.
 */
export type Prepared = Counted | Summed | Weighed;

/** A function of how much weight has each pair of label and predicted class. */
export interface Counted {
  readonly kind: 'counted';
  readonly classes: number;
  /** For each row: label · classes + predicted class. */
  cells(): Uint32Array;
  /** Rows by cell, where that is known already. */
  readonly counts?: Float64Array | undefined;
  /** @param matrix weights by cell, classes² long */
  of(matrix: Float64Array): Measured;
}

/** A smooth function of sums over rows. */
export interface Summed {
  readonly kind: 'summed';
  readonly n: number;
  /** One column for each sum after the first, which is the sum of the weights. */
  terms(): readonly Float64Array[];
  /** Of the only term, where its sums over the rows of each class are known already. */
  readonly known?: LossSums | undefined;
  /** @param sums Σw, Σw·terms[0], … */
  of(sums: readonly number[]): Measured;
  /** ∂of/∂sums. */
  gradient(sums: readonly number[]): readonly number[];
}

/** Anything else. */
export interface Weighed {
  readonly kind: 'weighed';
  /** @param weights one a row; absent: each row counts once */
  of(weights: Float64Array | undefined): Measured;
  /** ∂of/∂weight of each row, where `of` has a value. */
  influence(weights: Float64Array | undefined): Float64Array;
}

export function evaluate(prepared: Prepared, weights: Float64Array | undefined): Measured {
  switch (prepared.kind) {
    case 'counted':
      return prepared.of(countCells(prepared, weights));
    case 'summed':
      return prepared.of(sumTerms(prepared, weights));
    case 'weighed':
      return prepared.of(weights);
  }
}

/** Weight of each cell; rows count once where there are no weights. */
export function countCells(prepared: Counted, weights: Float64Array | undefined): Float64Array {
  const { classes, counts } = prepared;
  if (weights === undefined && counts !== undefined) return counts;
  const cells = prepared.cells();
  const matrix = new Float64Array(classes * classes);
  if (weights === undefined) {
    for (let row = 0; row < cells.length; row += 1) (matrix[cells[row] as number] as number) += 1;
  } else {
    for (let row = 0; row < cells.length; row += 1) {
      (matrix[cells[row] as number] as number) += weights[row] as number;
    }
  }
  return matrix;
}

export function sumTerms({ n, terms, known }: Summed, weights: Float64Array | undefined): readonly number[] {
  if (weights === undefined && known !== undefined) return [n, totalLoss(known)];
  const total = weights === undefined ? n : sum(weights);
  return [total, ...terms().map((term) => (weights === undefined ? sum(term) : weightedSum(term, weights)))];
}

/** Rows of a block are added up before blocks are, which keeps rounding of long columns near 1e-16·√blocks. */
const BLOCK = 1024;

export function sum(values: Float64Array): number {
  let total = 0;
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let block = 0;
    for (let row = start; row < end; row += 1) block += values[row] as number;
    total += block;
  }
  return total;
}

export function weightedSum(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let block = 0;
    for (let row = start; row < end; row += 1) block += (values[row] as number) * (weights[row] as number);
    total += block;
  }
  return total;
}
