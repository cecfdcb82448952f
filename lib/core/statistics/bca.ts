import type { Interval } from './interval';
import { normalCdf, normalQuantile } from './normal';

/**
 * Bias-corrected and accelerated bootstrap interval: the quantiles of the replicates at
 * Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))) for z = Φ⁻¹((1 ± c)/2), where z₀ = Φ⁻¹(share of replicates below the estimate, those
 * equal to it half).
 *
 * Source: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987), pp. 171–185; ties half as in SciPy.
 *
 * @param sorted replicates of the statistic, ascending, all finite
 * @param acceleration see `acceleration`
 * @returns `null` if every replicate lies on one side of the estimate: no correction can be told then
 */
export function bcaInterval(
  sorted: Float64Array,
  estimate: number,
  acceleration: number,
  confidence: number,
): Interval | null {
  let [below, equal] = [0, 0];
  for (const value of sorted) {
    if (value < estimate) below += 1;
    else if (value === estimate) equal += 1;
  }
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  if (!Number.isFinite(bias)) return null;
  const [first = 0] = sorted;
  if (first === sorted[sorted.length - 1]) return [first, first];
  const share = (p: number): number => {
    const shifted = bias + normalQuantile(p);
    const room = 1 - acceleration * shifted;
    return room <= 0 ? Number.NaN : normalCdf(bias + shifted / room);
  };
  const [low, high] = [share((1 - confidence) / 2), share((1 + confidence) / 2)];
  if (Number.isNaN(low) || Number.isNaN(high)) return null;
  return [quantile(sorted, low), quantile(sorted, high)];
}

/**
 * Acceleration from the influence of each unit, one list a stratum:
 * a = ⅙ Σₛ nₛ⁻³ Σⱼ l³ₛⱼ / (Σₛ nₛ⁻² Σⱼ l²ₛⱼ)^{3/2}, influences centred within their stratum. For one stratum this is Efron's
 * ⅙ Σ l³/(Σ l²)^{3/2}.
 *
 * Source: A. C. Davison and D. V. Hinkley, "Bootstrap methods and their application", 1997, section 5.3.
 *
 * @returns 0 where no unit has influence
 */
export function acceleration(influences: readonly Float64Array[]): number {
  let [cubes, squares] = [0, 0];
  for (const stratum of influences) {
    const n = stratum.length;
    const centre = stratum.reduce((sum, value) => sum + value, 0) / n;
    let [cube, square] = [0, 0];
    for (const value of stratum) {
      const l = value - centre;
      square += l * l;
      cube += l * l * l;
    }
    cubes += cube / n ** 3;
    squares += square / n ** 2;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

/** Interpolated quantile of ascending values (type 7, the default of NumPy and R). */
export function quantile(sorted: Float64Array, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (position - below) * (high - low);
}
