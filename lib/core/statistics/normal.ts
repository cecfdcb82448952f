import { incompleteGamma } from './gamma';

/** Coefficients are given from the highest power down. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

// biome-ignore-start lint/correctness/noPrecisionLoss: coefficients stand as published
const HART_NUMERATOR = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const HART_DENOMINATOR = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];
const CENTRE = [
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
    687.1870074920579083, 42.313330701600911252, 1,
  ],
] as const;
const SHOULDER = [
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
] as const;
const TAIL = [
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
  ],
] as const;
// biome-ignore-end lint/correctness/noPrecisionLoss: coefficients stand as published

/** Hart's function keeps its digits up to here. */
const HART_TO = 3;

/**
 * Φ(z), the standard normal distribution function; each tail to about 1e-14 of itself.
 *
 * Sources: G. West, "Better approximations to cumulative normal functions", Wilmott 2005, pp. 70–76 (Hart's algorithm 5666: a
 * rational function times exp(−z²/2)); in the tails Q(½, z²/2)/2 (M. Abramowitz and I. A. Stegun 1964, 26.2.17 and 6.5.17).
 */
export function normalCdf(z: number): number {
  const upper = upperTail(Math.abs(z));
  return z > 0 ? 1 - upper : upper;
}

function upperTail(z: number): number {
  if (!(z < HART_TO)) return incompleteGamma(0.5, (z * z) / 2).upper / 2;
  return (Math.exp((-z * z) / 2) * polynomial(z, HART_NUMERATOR)) / polynomial(z, HART_DENOMINATOR);
}

/**
 * Φ⁻¹(p), the standard normal quantile, to about 1e-15 relative. `p` = 0 and 1 give −∞ and ∞; outside [0, 1] NaN.
 *
 * Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
 * (1988), pp. 477–484, routine PPND16.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  const fromCentre = p - 0.5;
  if (Math.abs(fromCentre) <= 0.425) return fromCentre * ratio(0.180625 - fromCentre * fromCentre, CENTRE);
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return fromCentre < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? ratio(r - 1.6, SHOULDER) : ratio(r - 5, TAIL);
  return fromCentre < 0 ? -size : size;
}

function ratio(x: number, [numerator, denominator]: readonly [readonly number[], readonly number[]]): number {
  return polynomial(x, numerator) / polynomial(x, denominator);
}

/** z such that a standard normal lies within ±z with the given probability: 0.95 → 1.96. */
export function twoSidedQuantile(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence lies between 0 and 1, both excluded; got ${confidence}`);
  }
  return normalQuantile((1 + confidence) / 2);
}
