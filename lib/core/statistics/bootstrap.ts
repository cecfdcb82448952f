import type { Interval } from './interval';
import { createRandom, type Random } from './random';
import { at } from './ranks';

export interface BootstrapOptions {
  /** Rows that are resampled together: the row numbers of each stratum. One stratum is the plain bootstrap. */
  readonly strata: readonly Uint32Array[];
  /** The statistic of the rows whose numbers are given, with repetitions; for a paired comparison, of both models on them. */
  readonly statistic: (rows: Uint32Array) => number;
  readonly confidence: number;
  /** @default 2000 */
  readonly resamples?: number;
  /** @default a fixed one: the same evidence gives the same interval */
  readonly seed?: number;
}

/**
 * Percentile bootstrap interval: the (1−c)/2 and (1+c)/2 quantiles of the statistic over resamples of the rows, drawn with
 * replacement within each stratum (so class sizes stay as they are). Rows carry both models' scores, which pairs them.
 *
 * Source: B. Efron and R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapters 8 and 13; quantiles are
 * interpolated (type 7 of R. J. Hyndman and Y. Fan, The American Statistician 50 (1996), pp. 361–365).
 *
 * @returns `null` if the statistic is undefined in a resample: its distribution is then unknown
 */
export function bootstrapInterval(options: BootstrapOptions): Interval | null {
  const { strata, statistic, confidence, resamples = 2000, seed = 20_061_103 } = options;
  const size = strata.reduce((sum, rows) => sum + rows.length, 0);
  if (size < 2) return null;
  const random = createRandom(seed);
  const drawn = new Uint32Array(size);
  const values = new Float64Array(resamples);
  for (let index = 0; index < resamples; index += 1) {
    resample(strata, random, drawn);
    values[index] = statistic(drawn);
  }
  if (values.some((value) => !Number.isFinite(value))) return null;
  values.sort();
  return [quantile(values, (1 - confidence) / 2), quantile(values, (1 + confidence) / 2)];
}

function resample(strata: readonly Uint32Array[], random: Random, into: Uint32Array): void {
  let next = 0;
  for (const rows of strata) {
    const { length } = rows;
    for (let k = 0; k < length; k += 1) {
      into[next] = rows[(random() * length) >>> 0] ?? Number.NaN;
      next += 1;
    }
  }
}

/** Interpolated quantile of ascending values (type 7, the default of NumPy and R). */
export function quantile(sorted: Float64Array, p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = at(sorted, below);
  const high = at(sorted, Math.min(below + 1, sorted.length - 1));
  return low + (position - below) * (high - low);
}
