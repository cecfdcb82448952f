/**
 * Exact upper tail of the binomial distribution, P(X ≥ k) for X ~ Bin(n, p): the p-value of "the true rate is at most
 * p" after k failures of n. Summed from k upwards with each term from the one before it; the first in logarithms, so
 * that large n does not underflow.
 *
 * Source: Clopper & Pearson (1934), Biometrika 26, 404–413.
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  let term = Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
  let total = term;
  for (let i = k; i < n; i += 1) {
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
    total += term;
    // Terms fall for good once past the mode; below this they no longer change the sum.
    if (i > n * p && term < total * 1e-16) break;
  }
  return Math.min(1, total);
}

/**
 * One-sided Clopper–Pearson lower bound of a rate: the p at which P(X ≥ k) = 1 − confidence. 0 when k is 0.
 */
export function binomialLowerBound(k: number, n: number, confidence: number): number {
  if (k <= 0) return 0;
  let [low, high] = [0, k / n];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (binomialUpperTail(k, n, middle) < 1 - confidence) low = middle;
    else high = middle;
  }
  return low;
}

/** ln C(n, k), summed over the smaller of k and n − k. */
function logChoose(n: number, k: number): number {
  let total = 0;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) total += Math.log((n - Math.min(k, n - k) + i) / i);
  return total;
}
