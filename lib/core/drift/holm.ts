/**
 * Holm's adjusted p-values: step by step p₍ᵢ₎·(k − i), never falling, at most 1. Rejecting those up to α keeps the
 * probability of any false rejection at α, whatever the dependence.
 *
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979), pp. 65–70.
 */
export function holmAdjust(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.min(1, Math.max(least, (pValues[index] ?? 1) * (pValues.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
