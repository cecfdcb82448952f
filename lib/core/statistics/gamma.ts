const HALF_LN_2PI = 0.9189385332046727;

/** Coefficients B₂ₖ/(2k(2k − 1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400] as const;

/** From here eight terms of the series are exact to rounding. */
const SERIES_FROM = 16;

function series(x: number): number {
  const inverse = 1 / x;
  return STIRLING.reduceRight((sum, coefficient) => sum * inverse * inverse + coefficient, 0) * inverse;
}

/**
 * ln Γ(x) for x > 0: Stirling's series, small x lifted by Γ(x + 1) = x·Γ(x). Absolute error about 1e-15 near 1 and 2, relative
 * 1e-15 elsewhere.
 *
 * Source: M. Abramowitz and I. A. Stegun, "Handbook of mathematical functions", 1964, 6.1.15 and 6.1.41.
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let [lifted, factor] = [x, 1];
  for (; lifted < SERIES_FROM; lifted += 1) factor *= lifted;
  return (lifted - 0.5) * Math.log(lifted) - lifted + HALF_LN_2PI + series(lifted) - Math.log(factor);
}

/** ln n! − (n ln n − n + ½ ln 2πn), for n > 0: what Stirling's formula leaves. */
export function stirlingError(n: number): number {
  if (n >= SERIES_FROM) return series(n);
  return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LN_2PI;
}

/**
 * Deviance x·ln(x/m) + m − x of a count from its mean, without cancellation where they are near.
 *
 * Source: C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
 */
export function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = difference / (x + m);
  let [sum, term] = [difference * v, 2 * x * v];
  for (let odd = 3; odd < 1000; odd += 2) {
    term *= v * v;
    const next = sum + term / odd;
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}

/** x^a·e^−x/Γ(a + 1), to full precision however large a is. */
function poissonDensity(a: number, x: number): number {
  if (a === 0) return Math.exp(-x);
  if (x === 0) return 0;
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/**
 * The regularised incomplete gamma functions P(a, x) and Q = 1 − P, each to its own precision: the series below x = a + 1,
 * the continued fraction above.
 *
 * Source: W. H. Press et al., "Numerical recipes", 3rd edition 2007, section 6.2 (Lentz's evaluation of the fraction).
 *
 * @param a above 0
 * @param x at least 0
 */
export function incompleteGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (!(a > 0 && x >= 0)) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  if (x < a + 1) {
    let [sum, term] = [1, 1];
    for (let n = a + 1; term > sum * 1e-17; n += 1) {
      term *= x / n;
      sum += term;
    }
    const lower = Math.min(1, poissonDensity(a, x) * sum);
    return { lower, upper: 1 - lower };
  }
  const upper = poissonDensity(a, x) * a * upperFraction(a, x);
  return { lower: 1 - upper, upper };
}

const TINY = 1e-300;

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 100_000; i += 1) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return h;
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
