import { deviance, stirlingError } from './gamma';

/**
 * Binomial probability C(n, x)·p^x·q^(n−x), n and x real, to full precision however large n is (saddle point).
 *
 * Source: C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
 *
 * @param q 1 − p, given apart so that neither loses digits
 */
export function binomialDensity(x: number, n: number, p: number, q: number): number {
  if (x < 0 || x > n) return 0;
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(n * logOneLess(p, q));
  if (x === n) return Math.exp(n * logOneLess(q, p));
  const exponent =
    stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
}

/** ln(1 − p), whichever of p and 1 − p holds more digits. */
const logOneLess = (p: number, q: number): number => (p < 0.5 ? Math.log1p(-p) : Math.log(q));

/**
 * The regularised incomplete beta function I_x(a, b) and its complement, each to its own precision: Lentz's evaluation of
 * a continued fraction, from the side where it converges.
 *
 * Sources: A. R. DiDonato and A. H. Morris, "Algorithm 708: significant digit computation of the incomplete beta function
 * ratios", ACM TOMS 18 (1992), pp. 360–373, equation 9; W. H. Press et al., "Numerical recipes", 3rd edition 2007, 5.2 and 6.4.
 *
 * @param a above 0
 * @param b above 0
 * @param x from 0 to 1
 * @param y 1 − x, where the caller knows it better than subtraction does
 */
export function incompleteBeta(
  x: number,
  a: number,
  b: number,
  y: number = 1 - x,
): { readonly lower: number; readonly upper: number } {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  // x^a·y^b/B(a, b)
  const front = (binomialDensity(a, a + b, x, y) * a * b) / (a + b);
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = Math.min(1, front * fraction(x, y, a, b));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, front * fraction(y, x, b, a));
  return { lower: 1 - upper, upper };
}

const TINY = 1e-300;
const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** 1/(β₀ + α₁/(β₁ + α₂/(β₂ + …))): the even part of the usual fraction, written so that x near 1 loses no digits. */
function fraction(x: number, y: number, a: number, b: number): number {
  const beta = (m: number): number =>
    m +
    (m === 0 ? 0 : (m * (b - m) * x) / (a + 2 * m - 1)) +
    ((a + m) * (a * y - b * x + 1 + m * (1 + y))) / (a + 2 * m + 1);
  let value = nonZero(beta(0));
  let [c, d] = [value, 0];
  for (let m = 1; m < 100_000; m += 1) {
    const whole = a + 2 * m - 1;
    const alpha = ((m * (a + m - 1)) / whole) * ((a + b + m - 1) / whole) * (b - m) * x * x;
    const next = beta(m);
    d = 1 / nonZero(next + alpha * d);
    c = nonZero(next + alpha / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return 1 / value;
}

/** The x with I_x(a, b) = p, to about 1e-15 relative, by bisection and then Newton's steps kept inside the bracket. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  let [low, high, x] = [0, 1, a / (a + b)];
  for (let step = 0; step < 200; step += 1) {
    const { lower, upper } = incompleteBeta(x, a, b);
    // The smaller tail tells the distance better.
    const miss = p <= 0.5 ? lower - p : 1 - p - upper;
    if (miss > 0) high = x;
    else low = x;
    const density = (binomialDensity(a, a + b, x, 1 - x) * a * b) / (a + b) / (x * (1 - x));
    const newton = x - miss / density;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-16 * x || high - low <= 1e-16 * x) return next;
    x = next;
  }
  return x;
}
