/** Counts of rows by bin. Both samples have the same bins in the same order. */
export type Counts = Float64Array;

const sumOf = (counts: Counts): number => {
  let sum = 0;
  for (let i = 0; i < counts.length; i += 1) sum += counts[i] ?? 0;
  return sum;
};

/** What a bin counts that is empty in one sample alone: half a row. */
const EMPTY = 0.5;

/**
 * Population stability index Σ(q − p)·ln(q/p), in nats, over bins with shares p (reference) and q (current): the symmetric
 * Kullback–Leibler divergence. A bin that is empty in one sample counts as half a row there and the shares are taken
 * anew; a bin that is empty in both counts for nothing.
 *
 * Source: H. Jeffreys, Proc. R. Soc. A 186 (1946), pp. 453–461; N. Siddiqi, "Credit risk scorecards" (2006), chapter 10;
 * half a row: J. B. S. Haldane, Annals of Human Genetics 20 (1956), pp. 309–311.
 *
 * @returns NaN when a sample has no rows
 */
export function populationStabilityIndex(reference: Counts, current: Counts): number {
  let [n, m] = [sumOf(reference), sumOf(current)];
  if (n === 0 || m === 0) return Number.NaN;
  n += EMPTY * emptyBeside(reference, current);
  m += EMPTY * emptyBeside(current, reference);
  let sum = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const [r, c] = [reference[i] ?? 0, current[i] ?? 0];
    if (r + c === 0) continue;
    const [p, q] = [(r === 0 ? EMPTY : r) / n, (c === 0 ? EMPTY : c) / m];
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
}

/** Bins that are empty in one sample and not in the other. */
function emptyBeside(one: Counts, other: Counts): number {
  let empty = 0;
  for (let i = 0; i < one.length; i += 1) if (one[i] === 0 && (other[i] ?? 0) > 0) empty += 1;
  return empty;
}

/**
 * Jensen–Shannon distance √(½·KL(p‖h) + ½·KL(q‖h)), h = (p + q)/2, with logarithms of base 2: 0 for equal shares, 1 for
 * samples without a common bin. Empty bins need no smoothing.
 *
 * Source: J. Lin, IEEE Transactions on Information Theory 37 (1991), pp. 145–151; its root is a metric:
 * D. M. Endres and J. E. Schindelin, IEEE Transactions on Information Theory 49 (2003), pp. 1858–1860.
 */
export function jensenShannonDistance(reference: Counts, current: Counts): number {
  const [n, m] = [sumOf(reference), sumOf(current)];
  if (n === 0 || m === 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const [p, q] = [(reference[i] ?? 0) / n, (current[i] ?? 0) / m];
    const half = (p + q) / 2;
    if (p > 0) sum += p * Math.log2(p / half);
    if (q > 0) sum += q * Math.log2(q / half);
  }
  return Math.sqrt(Math.min(1, Math.max(0, sum / 2)));
}

/**
 * Greatest difference of a bin's share, max|q − p|: Chebyshev's distance, between 0 and 1.
 *
 * Source: E. Breck et al., "Data validation for machine learning", MLSys 2019, section 4.
 */
export function largestDifference(reference: Counts, current: Counts): number {
  const [n, m] = [sumOf(reference), sumOf(current)];
  if (n === 0 || m === 0) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < reference.length; i += 1) {
    largest = Math.max(largest, Math.abs((current[i] ?? 0) / m - (reference[i] ?? 0) / n));
  }
  return largest;
}

export interface Homogeneity {
  /** Pearson's χ². */
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  /** √(χ²/N), between 0 and 1: what a threshold is compared with, for χ² itself grows with the rows. */
  readonly cramersV: number;
}

/**
 * Pearson's χ² of homogeneity of two samples over the bins that are not empty in both, without continuity correction, and
 * Cramér's V.
 *
 * Source: K. Pearson, Biometrika 8 (1911), pp. 250–254; H. Cramér, "Mathematical methods of statistics" (1946), § 21.9.
 */
export function homogeneity(reference: Counts, current: Counts): Homogeneity {
  const [n, m] = [sumOf(reference), sumOf(current)];
  let [chiSquared, bins] = [0, 0];
  for (let i = 0; i < reference.length; i += 1) {
    const [r, c] = [reference[i] ?? 0, current[i] ?? 0];
    const pooled = r + c;
    if (pooled === 0) continue;
    bins += 1;
    // Both cells of the bin together: (r − e)²/e + (c − f)²/f with e + f = r + c.
    chiSquared += (r * m - c * n) ** 2 / (n * m * pooled);
  }
  const degreesOfFreedom = Math.max(0, bins - 1);
  const cramersV = n + m === 0 ? Number.NaN : Math.sqrt(chiSquared / (n + m));
  return { chiSquared: n === 0 || m === 0 ? Number.NaN : chiSquared, degreesOfFreedom, cramersV };
}

/** Least expected count over both samples and the bins that are not empty in both. */
export function leastExpected(reference: Counts, current: Counts): number {
  const [n, m] = [sumOf(reference), sumOf(current)];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < reference.length; i += 1) {
    const pooled = (reference[i] ?? 0) + (current[i] ?? 0);
    if (pooled > 0) least = Math.min(least, (pooled * Math.min(n, m)) / (n + m));
  }
  return least;
}

export { sumOf as rowsOf };
