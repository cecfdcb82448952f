import { chiSquareUpperTail, createRandom, quantile } from '../statistics';
import { chiSquaredUpperQuantile } from '../statistics/drift-chi-squared';
import { divisionOf } from '../statistics/drift-division';
import { logGamma } from '../statistics/gamma';

/** What a statistic would be if both samples had one distribution. */
export interface NullDistribution {
  /** How it was found. */
  readonly method: 'asymptotic_chi_squared' | 'permutation' | 'exact' | 'kolmogorov';
  readonly mean?: number;
  /** Exceeded by 5 % and by 1 % of such samples. */
  readonly null95: number;
  readonly null99: number;
  /** Probability of a statistic at least as great as the one found. */
  readonly pValue: number;
  /** Simulated divisions of the pooled rows. */
  readonly replicates?: number;
}

/**
 * The limit scale·χ² of a statistic that is quadratic in the differences of the shares. PSI: scale 1/n + 1/m, k − 1 degrees
 * of freedom for k bins.
 *
 * Source: B. Yurdakul, "Statistical properties of population stability index", Western Michigan University (2018),
 * chapter 3; S. Kullback, "Information theory and statistics" (1959), chapter 6.
 */
export function scaledChiSquared(estimate: number, scale: number, degreesOfFreedom: number): NullDistribution {
  if (degreesOfFreedom === 0) return { method: 'asymptotic_chi_squared', mean: 0, null95: 0, null99: 0, pValue: 1 };
  return {
    method: 'asymptotic_chi_squared',
    mean: scale * degreesOfFreedom,
    null95: scale * chiSquaredUpperQuantile(0.05, degreesOfFreedom),
    null99: scale * chiSquaredUpperQuantile(0.01, degreesOfFreedom),
    pValue: chiSquareUpperTail(estimate / scale, degreesOfFreedom),
  };
}

/** As scaledChiSquared for the root of such a statistic. */
export function scaledChi(estimate: number, scale: number, degreesOfFreedom: number): NullDistribution {
  const squared = scaledChiSquared(estimate * estimate, scale, degreesOfFreedom);
  const mean = Math.sqrt(2 * scale) * Math.exp(logGamma((degreesOfFreedom + 1) / 2) - logGamma(degreesOfFreedom / 2));
  return {
    ...squared,
    mean: degreesOfFreedom === 0 ? 0 : mean,
    null95: Math.sqrt(squared.null95),
    null99: Math.sqrt(squared.null99),
  };
}

export interface PermutationOptions {
  /** Counts by bin or group. */
  readonly reference: Float64Array;
  readonly current: Float64Array;
  readonly replicates: number;
  readonly seed: number;
}

/**
 * The distribution of statistics over random divisions of the pooled rows into samples of the same sizes, given the bins.
 * The observed division counts as one of them: p = (1 + how many reach the estimate)/(1 + replicates).
 *
 * Source: P. Good, "Permutation, parametric and bootstrap tests of hypotheses", 3rd ed. (2005), chapter 3;
 * B. Phipson and G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), article 39.
 *
 * @param estimates what was found, by name of the statistic
 * @param measure takes the same statistics of a division, from the counts of the current sample and of the reference
 */
export function permutationNull<Name extends string>(
  { reference, current, replicates, seed }: PermutationOptions,
  estimates: Readonly<Record<Name, number>>,
  measure: (current: Float64Array, reference: Float64Array) => Readonly<Record<Name, number>>,
): Readonly<Record<Name, NullDistribution>> {
  const random = createRandom(seed);
  const pooled = reference.map((count, i) => count + (current[i] ?? 0));
  const divide = divisionOf(
    pooled,
    current.reduce((sum, count) => sum + count, 0),
  );
  const drawn = new Float64Array(pooled.length);
  const rest = new Float64Array(pooled.length);
  const names = Object.keys(estimates) as Name[];
  const values = names.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    divide(random, drawn);
    for (let i = 0; i < pooled.length; i += 1) rest[i] = (pooled[i] ?? 0) - (drawn[i] ?? 0);
    const measured = measure(drawn, rest);
    for (const [i, list] of values.entries()) list[replicate] = measured[names[i] as Name];
  }
  const nulls = names.map((name, i) => [name, describe(values[i] ?? new Float64Array(0), estimates[name])]);
  return Object.fromEntries(nulls) as Record<Name, NullDistribution>;
}

/** Equal up to rounding counts as reached: the same counts summed in another order are the same statistic. */
const SLACK = 1e-9;

function describe(values: Float64Array, estimate: number): NullDistribution {
  const bound = estimate - SLACK * Math.abs(estimate);
  let [reached, sum] = [0, 0];
  const sorted = values.sort();
  for (const value of sorted) {
    if (value >= bound) reached += 1;
    sum += value;
  }
  return {
    method: 'permutation',
    mean: sum / sorted.length,
    null95: quantile(sorted, 0.95),
    null99: quantile(sorted, 0.99),
    pValue: (1 + reached) / (1 + sorted.length),
    replicates: sorted.length,
  };
}
