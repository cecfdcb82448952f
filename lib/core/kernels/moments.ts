import { STATE_BYTES } from './room';
import type { KernelMemory } from './wasm';

/** Sums over the rows of a class in a group: whole numbers, exact. */
export interface ClassMoments {
  readonly rows: number;
  /** Of doubled placements. */
  readonly sum: number;
  readonly squares: bigint;
}

/** Negatives, positives. */
export type GroupMoments = readonly [negatives: ClassMoments, positives: ClassMoments];

const halves = (low: bigint | undefined, high: bigint | undefined): bigint => (low ?? 0n) + ((high ?? 0n) << 32n);

/** Adds up what the walks of all parts left in their states. @param rows of each cell */
export function momentsOf({ buffer }: KernelMemory, states: readonly number[], rows: Float64Array): GroupMoments[] {
  const words = states.map((at) => new BigUint64Array(buffer, at, (rows.length * STATE_BYTES) / 8));
  const cell = (index: number): ClassMoments => {
    let [sum, squares] = [0n, 0n];
    for (const part of words) {
      sum += part[4 * index + 1] ?? 0n;
      squares += halves(part[4 * index + 2], part[4 * index + 3]);
    }
    return { rows: rows[index] ?? 0, sum: Number(sum), squares };
  };
  return Array.from({ length: rows.length / 2 }, (_, group) => [cell(2 * group), cell(2 * group + 1)] as const);
}

/** Adds up products that `cross` summed, by cell. */
export function productsOf({ buffer }: KernelMemory, parts: readonly number[], groups: number): readonly bigint[] {
  const words = parts.map((at) => new BigUint64Array(buffer, at, 4 * groups));
  return Array.from({ length: 2 * groups }, (_, cell) =>
    words.reduce((sum, part) => sum + halves(part[2 * cell], part[2 * cell + 1]), 0n),
  );
}

/**
 * DeLong's [var a, cov(a, b), var b] of each group, as `areaCovariances` has them, from whole numbers: Σ(x − x̄)(y − ȳ) is
 * (rows·Σxy − Σx·Σy) / rows without rounding before the division.
 *
 * @param products of both models' placements, by cell
 */
export function covariancesOf(
  a: readonly GroupMoments[],
  b: readonly GroupMoments[],
  products: readonly bigint[],
): Float64Array {
  const covariances = new Float64Array(3 * a.length);
  for (const [group, first] of a.entries()) {
    const second = b[group] ?? first;
    const [n, m] = [first[0].rows, first[1].rows];
    const pairs = [
      [first, first, [first[0].squares, first[1].squares]],
      [first, second, [products[2 * group] ?? 0n, products[2 * group + 1] ?? 0n]],
      [second, second, [second[0].squares, second[1].squares]],
    ] as const;
    for (const [pair, [x, y, sums]] of pairs.entries()) {
      const ofNegatives = centred(n, x[0].sum, y[0].sum, sums[0]) / (4 * m * m * n * (n - 1));
      const ofPositives = centred(m, x[1].sum, y[1].sum, sums[1]) / (4 * n * n * m * (m - 1));
      covariances[3 * group + pair] = m < 2 || n < 2 ? Number.NaN : ofPositives + ofNegatives;
    }
  }
  return covariances;
}

const centred = (rows: number, x: number, y: number, products: bigint): number =>
  Number(BigInt(rows) * products - BigInt(x) * BigInt(y)) / rows;
