/**
 * Holm's step-down correction: p-values that can be held against α one by one while the probability of any false rejection
 * among all m stays at or below α, however the tests depend on each other. The k-th smallest (from 0) becomes
 * max over j ≤ k of min(1, (m − j)·p₍j₎).
 *
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979),
 * pp. 65–70.
 *
 * @returns adjusted p-values in the order given
 * @throws RangeError for a p-value outside [0, 1]
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value lies from 0 to 1; got ${p}`);
  const order = [...pValues.keys()].sort((i, j) => (pValues[i] ?? 0) - (pValues[j] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let highest = 0;
  for (const [step, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - step) * (pValues[index] ?? 1)));
    adjusted[index] = highest;
  }
  return adjusted;
}
