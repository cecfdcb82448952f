/**
 * P(K ≥ t) of Kolmogorov's limiting distribution: 2·Σ(−1)^(k−1)·exp(−2k²t²), and below t = 1 by its theta transform
 * 1 − √(2π)/t·Σ exp(−(2k−1)²π²/(8t²)), where the first converges slowly.
 *
 * Source: A. N. Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933), pp. 83–91; the transform in
 * W. Feller, Annals of Mathematical Statistics 19 (1948), pp. 177–189.
 */
export function kolmogorovSurvival(t: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (t <= 0.04) return 1;
  if (t < 1) {
    let sum = 0;
    for (let k = 1; k <= 8; k += 1) sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * t * t));
    return 1 - (Math.sqrt(2 * Math.PI) / t) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 8; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return sum;
}

/** t with P(K ≥ t) = `tail`. */
export function kolmogorovUpperQuantile(tail: number): number {
  let [low, high] = [0.04, 10];
  for (let step = 0; step < 100 && high - low > 1e-13; step += 1) {
    const middle = (low + high) / 2;
    if (kolmogorovSurvival(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Samples whose rows cost the exact distribution less than this many steps get it. */
export const EXACT_KS_STEPS = 12_000_000;

export const exactKsSteps = (n: number, m: number): number => (n + m) * Math.min(n, m);

/**
 * P(D ≥ d) of the two-sample Kolmogorov–Smirnov statistic over all ways to divide the pooled rows into samples of n and m,
 * ties included: the walk over the pooled order leaves when |i/n − j/m| ≥ d at the end of a group of equal values.
 *
 * Source: N. V. Smirnov's lattice paths as in J. L. Hodges, Arkiv för Matematik 3 (1958), pp. 469–486; ties as in
 * G. Schröer and D. Trenkler, Computational Statistics & Data Analysis 20 (1995), pp. 185–202.
 *
 * @param groups sizes of the groups of equal values in ascending order of the value; they add up to n + m
 * @returns exact up to rounding, small tails included: only positive terms are added
 */
export function exactKsSurvival(d: number, n: number, m: number, groups: ArrayLike<number>): number {
  const [short, long] = n <= m ? [n, m] : [m, n];
  // In whole numbers: rounding must not decide whether a path touches the bound.
  const bound = Math.round(d * short * long);
  if (bound <= 0) return 1;
  const walk: Walk = { short, long, alive: new Float64Array(short + 1), low: 0, high: 0, left: 0 };
  walk.alive[0] = 1;
  let step = 0;
  for (let group = 0; group < groups.length && walk.low <= walk.high; group += 1) {
    for (let row = 0; row < (groups[group] ?? 0); row += 1) {
      step += 1;
      advance(walk, step);
    }
    leave(walk, step, bound);
  }
  return Math.min(1, walk.left);
}

/** Where the walk may be after some pooled rows: how many of them are of the shorter sample. */
interface Walk {
  readonly short: number;
  readonly long: number;
  /** Probability by number of rows of the shorter sample, from `low` to `high`. */
  readonly alive: Float64Array;
  low: number;
  high: number;
  /** Probability of having touched the bound. */
  left: number;
}

function advance(walk: Walk, step: number): void {
  const { short, long, alive, low } = walk;
  const remaining = short + long - step + 1;
  walk.high = Math.min(walk.high + 1, short);
  for (let i = walk.high; i >= low; i -= 1) {
    const stay = (alive[i] ?? 0) * Math.max(0, (long - (step - 1 - i)) / remaining);
    const move = i === 0 ? 0 : (alive[i - 1] ?? 0) * ((short - (i - 1)) / remaining);
    alive[i] = stay + move;
  }
}

function leave(walk: Walk, step: number, bound: number): void {
  const { short, long, alive } = walk;
  const outside = (i: number) => Math.abs(i * long - (step - i) * short) >= bound;
  for (; walk.low <= walk.high && outside(walk.low); walk.low += 1) {
    walk.left += alive[walk.low] ?? 0;
    alive[walk.low] = 0;
  }
  for (; walk.high >= walk.low && outside(walk.high); walk.high -= 1) {
    walk.left += alive[walk.high] ?? 0;
    alive[walk.high] = 0;
  }
}
