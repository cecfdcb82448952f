/** Lanczos coefficients for g = 7, n = 9, as computed by P. Godfrey (2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/**
 * ln Γ(x) for x > 0, to about 1e-14 relative.
 *
 * Source: C. Lanczos, SIAM Journal on Numerical Analysis B 1 (1964), pp. 86–96.
 */
export function logGamma(x: number): number {
  const z = x - 1;
  const base = z + 7.5;
  const series = LANCZOS.reduce((sum, coefficient, k) => (k === 0 ? coefficient : sum + coefficient / (z + k)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * P(χ² ≥ x) for `dof` degrees of freedom: the regularised upper incomplete gamma function Q(dof/2, x/2), to about 1e-12
 * relative. By its series below a + 1 and by its continued fraction (modified Lentz) above.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.11.4 and 8.9.2; W. J. Lentz, Applied Optics 15 (1976), p. 668.
 *
 * @param dof greater than 0
 * @returns 1 for x ≤ 0, NaN for NaN
 */
export function chiSquaredSurvival(x: number, dof: number): number {
  if (Number.isNaN(x) || !(dof > 0)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const [a, half] = [dof / 2, x / 2];
  const scale = Math.exp(a * Math.log(half) - half - logGamma(a));
  return half < a + 1 ? 1 - scale * lowerSeries(a, half) : scale * upperFraction(a, half);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < 10_000 && term > sum * 1e-17; k += 1) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / Number.MIN_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k += 1) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return fraction;
}

/** x with P(χ² ≥ x) = `tail`, by bisection to the last digits. */
export function chiSquaredUpperQuantile(tail: number, dof: number): number {
  let [low, high] = [0, Math.max(10, dof)];
  while (chiSquaredSurvival(high, dof) > tail) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (chiSquaredSurvival(middle, dof) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
