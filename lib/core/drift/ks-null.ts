import {
  exactKsSteps,
  exactKsSurvival,
  kolmogorovSurvival,
  kolmogorovUpperQuantile,
} from '../statistics/drift-kolmogorov';
import type { NullDistribution } from './null-distribution';
import type { OrderedEvidence } from './ordered';

/** Steps of the exact distribution for which its quantiles are looked up too, at about thirty times the work. */
const EXACT_QUANTILE_STEPS = 5_000;

/**
 * The null distribution of D: exact (ties included) for small samples; over simulated divisions where the values are few,
 * because Kolmogorov's limit is conservative with ties; else that limit, at √(nm/(n + m))·D.
 *
 * @param simulated over the evidence's groups, where each is one value
 */
export function ksNull(evidence: OrderedEvidence, simulated?: NullDistribution): NullDistribution {
  const { n, m, ks, ties } = evidence;
  const root = Math.sqrt((n * m) / (n + m));
  const limit: NullDistribution = {
    method: 'kolmogorov',
    null95: kolmogorovUpperQuantile(0.05) / root,
    null99: kolmogorovUpperQuantile(0.01) / root,
    pValue: kolmogorovSurvival(root * ks.estimate),
  };
  if (ties !== undefined) {
    const quantiles = simulated ?? limit;
    const [null95, null99] =
      exactKsSteps(n, m) <= EXACT_QUANTILE_STEPS
        ? [exactQuantile(0.05, n, m, ties), exactQuantile(0.01, n, m, ties)]
        : [quantiles.null95, quantiles.null99];
    return { method: 'exact', null95, null99, pValue: exactKsSurvival(ks.estimate, n, m, ties) };
  }
  // Both bound the true p from above: the simulated one by its replicates, the limit by the ties.
  if (simulated !== undefined) return { ...simulated, pValue: Math.min(simulated.pValue, limit.pValue) };
  return limit;
}

/** The least multiple of 1/(nm) that at most `tail` of the divisions exceed. */
function exactQuantile(tail: number, n: number, m: number, ties: Float64Array): number {
  let [low, high] = [0, n * m];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (exactKsSurvival((middle + 1) / (n * m), n, m, ties) > tail) low = middle + 1;
    else high = middle;
  }
  return low / (n * m);
}
