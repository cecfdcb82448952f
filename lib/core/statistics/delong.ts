import type { Area, PairedAreas } from './areas';
import type { Interval } from './interval';
import { normalCdf, twoSidedQuantile } from './normal';
import { at, midRanks } from './ranks';

/** Scores of one model on the rows of each class. */
export interface ScoresByClass {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** The area under one ROC curve with its structural components, from which variances and covariances follow. */
export interface RocArea {
  readonly auc: number;
  /** For each positive: the share of negatives below it, ties half. Length m. */
  readonly positiveComponents: Float64Array;
  /** For each negative: the share of positives above it, ties half. Length n. */
  readonly negativeComponents: Float64Array;
}

/**
 * AUC = P(score of a positive > score of a negative) + ½ P(equal), and its structural components, in O(N log N):
 * V10ᵢ = (Rᵢ − rᵢ)/n and V01ⱼ = 1 − (Rⱼ − rⱼ)/m with mid-ranks R among all scores and r within the class.
 *
 * Sources: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988), pp. 837–845; X. Sun and W. Xu, "Fast
 * implementation of DeLong's algorithm", IEEE Signal Processing Letters 21 (2014), pp. 1389–1393.
 *
 * @throws RangeError if a class is empty
 */
export function rocArea({ positives, negatives }: ScoresByClass): RocArea {
  const [m, n] = [positives.length, negatives.length];
  if (m === 0 || n === 0) throw new RangeError(`an ROC curve needs both classes; got ${m} positives, ${n} negatives`);
  const all = new Float64Array(m + n);
  all.set(positives);
  all.set(negatives, m);
  const [overall, withinPositives, withinNegatives] = [midRanks(all), midRanks(positives), midRanks(negatives)];
  const positiveComponents = withinPositives.map((rank, i) => (at(overall, i) - rank) / n);
  const negativeComponents = withinNegatives.map((rank, j) => 1 - (at(overall, m + j) - rank) / m);
  return { auc: mean(positiveComponents), positiveComponents, negativeComponents };
}

/**
 * DeLong's covariance of two areas on the same rows: cov(V10ᵃ, V10ᵇ)/m + cov(V01ᵃ, V01ᵇ)/n, with sample covariances.
 * `aucCovariance(a, a)` is the variance. NaN if a class has fewer than two rows.
 */
export function aucCovariance(a: RocArea, b: RocArea): number {
  return (
    covariance(a.positiveComponents, b.positiveComponents) / a.positiveComponents.length +
    covariance(a.negativeComponents, b.negativeComponents) / a.negativeComponents.length
  );
}

export interface PairedAuc {
  /** AUC of the first minus AUC of the second. */
  readonly difference: number;
  /** `null` where no sampling error can be estimated. */
  readonly interval: Interval | null;
  /** Two-sided, of the hypothesis that the areas are equal. */
  readonly pValue: number | null;
}

/**
 * Compares two areas on the same rows: d ± z·se(d) with var(d) = var a + var b − 2 cov(a, b), and z = d/se(d) (DeLong 1988).
 * Two models that rank every row alike differ by 0 for certain: interval [0, 0], p = 1. No variance beside a difference
 * (one perfect, the other perfectly wrong) cannot be judged this way: `null`.
 */
export function compareAreas({ challenger, champion, covariance }: PairedAreas, confidence: number): PairedAuc {
  const variance = challenger.variance + champion.variance - 2 * covariance;
  return compared(challenger.auc - champion.auc, variance, confidence);
}

/** Compares areas on different rows, drawn independently: var(d) = var a + var b. */
export function compareIndependentAreas(a: Area, b: Area, confidence: number): PairedAuc {
  return compared(a.auc - b.auc, a.variance + b.variance, confidence);
}

/** `compareAreas` for components that are at hand. */
export function compareAuc(a: RocArea, b: RocArea, confidence: number): PairedAuc {
  const variance = aucCovariance(a, a) + aucCovariance(b, b) - 2 * aucCovariance(a, b);
  return compared(a.auc - b.auc, variance, confidence);
}

function compared(difference: number, variance: number, confidence: number): PairedAuc {
  // Rounding leaves a variance of nothing at about ±1e-18.
  const error = Math.sqrt(Math.max(0, variance));
  if (Number.isNaN(error)) return { difference, interval: null, pValue: null };
  if (error < 1e-9) {
    const same = Math.abs(difference) < 1e-9;
    return { difference, interval: same ? [difference, difference] : null, pValue: same ? 1 : null };
  }
  const reach = twoSidedQuantile(confidence) * error;
  return {
    difference,
    interval: [difference - reach, difference + reach],
    pValue: 2 * normalCdf(-Math.abs(difference) / error),
  };
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (at(a, i) - meanA) * (at(b, i) - meanB);
  return sum / (a.length - 1);
}
