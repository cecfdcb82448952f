import { cumulate, type Ladder } from './ladder';

export interface Wasserstein {
  /** In the unit of the column. */
  readonly distance: number;
  /** The distance is known to ± this: half a cell's width, weighted by its rows. 0 when all values are known. */
  readonly resolution: number;
  /** Standard deviation of the reference (n − 1), in the unit of the column. */
  readonly deviation: number;
}

/**
 * Wasserstein-1 (earth mover's) distance ∫|F(x) − G(x)|dx of two samples. Rows of an open cell stand at its middle.
 *
 * Source: L. N. Vaserstein, Problemy Peredachi Informatsii 5 (1969), pp. 64–72; as an area between distribution
 * functions: S. S. Vallender, Theory of Probability and its Applications 18 (1974), pp. 784–786.
 *
 * @returns `null` when a sample has no rows or infinite values
 */
export function wasserstein(ladder: Ladder): Wasserstein | null {
  const below = cumulate(ladder);
  const length = ladder.low.length;
  const n = below.reference[length] ?? 0;
  const m = below.current[length] ?? 0;
  if (n === 0 || m === 0 || !Number.isFinite(ladder.low[0]) || !Number.isFinite(ladder.high[length - 1])) return null;
  const middle = (step: number) => ((ladder.low[step] ?? 0) + (ladder.high[step] ?? 0)) / 2;
  let [distance, resolution, mean] = [0, 0, 0];
  for (let step = 0; step < length; step += 1) {
    const width = (ladder.high[step] ?? 0) - (ladder.low[step] ?? 0);
    const share = (ladder.reference[step] ?? 0) / n;
    resolution += (width / 2) * (share + (ladder.current[step] ?? 0) / m);
    mean += share * middle(step);
    if (step + 1 === length) break;
    const difference = (below.reference[step + 1] ?? 0) / n - (below.current[step + 1] ?? 0) / m;
    distance += Math.abs(difference) * (middle(step + 1) - middle(step));
  }
  let squares = 0;
  for (let step = 0; step < length; step += 1) squares += (ladder.reference[step] ?? 0) * (middle(step) - mean) ** 2;
  return { distance, resolution, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}
