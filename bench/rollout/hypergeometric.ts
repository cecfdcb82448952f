import { logGamma } from '../../lib/core/statistics/gamma';

/**
 * P(X ≥ k) of `marked` among `all`, `drawn` at random without replacement: Fisher's exact test of two proportions, one-sided.
 *
 * Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935), pp. 39–82.
 */
export function hypergeometricUpperTail(
  k: number,
  { drawn, marked, all }: { readonly drawn: number; readonly marked: number; readonly all: number },
): number {
  const last = Math.min(drawn, marked);
  if (k <= Math.max(0, drawn + marked - all)) return 1;
  if (k > last) return 0;
  const total = logChoose(all, drawn);
  let term = Math.exp(logChoose(marked, k) + logChoose(all - marked, drawn - k) - total);
  let sum = term;
  for (let i = k; i < last; i += 1) {
    term *= ((marked - i) * (drawn - i)) / ((i + 1) * (all - marked - drawn + i + 1));
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
