import type { Area } from './areas';
import type { Interval } from './interval';
import { twoSidedQuantile } from './normal';

export interface AucInterval {
  readonly interval: Interval;
  readonly method: 'delong_logit' | 'newcombe_score';
}

/**
 * Confidence interval of an area under the ROC curve.
 *
 * `delong_logit`: logit(AUC) ± z·se/(AUC(1 − AUC)) transformed back, with DeLong's se. Stays inside (0, 1) and covers better
 * near 1 than AUC ± z·se (M. S. Pepe, "The statistical evaluation of medical tests", 2003, section 5.2; G. Qin and
 * L. Hotilovac, Statistical Methods in Medical Research 17 (2008), pp. 207–221).
 *
 * `newcombe_score`: at an AUC of exactly 0 or 1 DeLong's variance is 0 and says nothing, so the score interval is taken.
 *
 * @returns `null` if a class has fewer than two rows
 */
export function areaInterval({ auc, positives, negatives, variance }: Area, confidence: number): AucInterval | null {
  if (Number.isNaN(variance)) return null;
  // Rounding leaves a variance of nothing at about ±1e-18.
  if (variance < 1e-18 || auc <= 0 || auc >= 1) {
    return { interval: newcombeInterval(auc, positives, negatives, confidence), method: 'newcombe_score' };
  }
  const logit = Math.log(auc / (1 - auc));
  const reach = (twoSidedQuantile(confidence) * Math.sqrt(variance)) / (auc * (1 - auc));
  return { interval: [logistic(logit - reach), logistic(logit + reach)], method: 'delong_logit' };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Newcombe's score-like interval: every θ with |θ̂ − θ| ≤ z·√V(θ),
 * V(θ) = θ(1−θ)·[1 + N*·((1−θ)/(2−θ) + θ/(1+θ))]/(mn), N* = (m+n)/2 − 1.
 *
 * Source: R. G. Newcombe, "Confidence intervals for an effect size measure based on the Mann–Whitney statistic. Part 2",
 * Statistics in Medicine 25 (2006), pp. 559–573, method 5.
 */
export function newcombeInterval(auc: number, m: number, n: number, confidence: number): Interval {
  const z = twoSidedQuantile(confidence);
  const half = (m + n) / 2 - 1;
  const reach = (t: number): number =>
    z * Math.sqrt((t * (1 - t) * (1 + half * ((1 - t) / (2 - t) + t / (1 + t)))) / (m * n));
  // Seen from the end of the scale, a candidate is too far from the estimate until the bound is reached.
  const low = auc <= 0 ? 0 : bisect(0, auc, (t) => auc - t > reach(t));
  const high = auc >= 1 ? 1 : bisect(1, auc, (t) => t - auc > reach(t));
  return [low, high];
}

/** The point between `outside` and `inside` where `isOutside` changes, to 2⁻⁶⁰ of their distance. */
function bisect(outside: number, inside: number, isOutside: (t: number) => boolean): number {
  let [far, near] = [outside, inside];
  for (let step = 0; step < 60; step += 1) {
    const middle = (far + near) / 2;
    if (isOutside(middle)) far = middle;
    else near = middle;
  }
  return (far + near) / 2;
}
