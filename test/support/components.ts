import {
  type Area,
  type AucInterval,
  areaInterval,
  at,
  compareAreas,
  midRanks,
  type PairedAuc,
} from '../../lib/core/statistics';

/** Areas by their definition in mid-ranks, in few lines and without speed: what the kernels are tested against. */

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

const areaOf = (area: RocArea): Area => ({
  auc: area.auc,
  positives: area.positiveComponents.length,
  negatives: area.negativeComponents.length,
  variance: aucCovariance(area, area),
});

export function compareAuc(a: RocArea, b: RocArea, confidence: number): PairedAuc {
  return compareAreas({ challenger: areaOf(a), champion: areaOf(b), covariance: aucCovariance(a, b) }, confidence);
}

export function aucInterval(area: RocArea, confidence: number): AucInterval | null {
  return areaInterval(areaOf(area), confidence);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (at(a, i) - meanA) * (at(b, i) - meanB);
  return sum / (a.length - 1);
}
