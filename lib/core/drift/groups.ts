import { countBins, quantileEdges } from './edges';
import { cumulate, isValue, type Ladder } from './ladder';

/** Neighbouring values of both samples, gathered; the null distributions of ordered statistics are simulated on them. */
export interface ValueGroups {
  /** Where the rows of a group stand: the value itself, or the pooled mean of the group. Ascending. */
  readonly at: Float64Array;
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** True when each group is one value. */
  readonly exact: boolean;
}

/** Gathers steps into groups of about equal pooled mass; heavy values keep a group of their own. */
export function gather(ladder: Ladder, most: number): ValueGroups {
  const length = ladder.low.length;
  let exact = length <= most;
  for (let step = 0; step < length && exact; step += 1) exact = isValue(ladder, step);
  if (exact) return { at: ladder.low, reference: ladder.reference, current: ladder.current, exact };
  const below = cumulate(ladder);
  const total = (below.reference[length] ?? 0) + (below.current[length] ?? 0);
  const at: number[] = [];
  const reference: number[] = [];
  const current: number[] = [];
  let [start, mass, moment] = [0, 0, 0];
  for (let step = 0; step < length; step += 1) {
    const rows = (ladder.reference[step] ?? 0) + (ladder.current[step] ?? 0);
    mass += rows;
    moment += (rows / total) * (((ladder.low[step] ?? 0) + (ladder.high[step] ?? 0)) / 2);
    if (mass < total / most && step + 1 < length) continue;
    if (mass > 0) {
      at.push(moment / (mass / total));
      reference.push((below.reference[step + 1] ?? 0) - (below.reference[start] ?? 0));
      current.push((below.current[step + 1] ?? 0) - (below.current[start] ?? 0));
    }
    [start, mass, moment] = [step + 1, 0, 0];
  }
  return {
    at: Float64Array.from(at),
    reference: Float64Array.from(reference),
    current: Float64Array.from(current),
    exact: false,
  };
}

/** How far apart two samples are over groups. */
export interface Apart {
  /** sup|F − G|. */
  readonly gap: number;
  /** ∫|F − G|dx. */
  readonly area: number;
}

/**
 * How far apart the samples are after their rows were divided otherwise: a function of the current sample's counts alone,
 * for F − G = P/n − C·(1/n + 1/m) with pooled and current rows P and C up to a group.
 */
export function apartness({ at, reference, current }: Omit<ValueGroups, 'exact'>): (current: Float64Array) => Apart {
  const [n, m] = [totalOf(reference), totalOf(current)];
  const pooled = new Float64Array(at.length);
  const width = new Float64Array(at.length);
  let sum = 0;
  for (let group = 0; group < at.length; group += 1) {
    sum += (reference[group] ?? 0) + (current[group] ?? 0);
    pooled[group] = sum / n;
    width[group] = group + 1 < at.length ? (at[group + 1] ?? 0) - (at[group] ?? 0) : 0;
  }
  const scale = 1 / n + 1 / m;
  return (counts) => walk(pooled, width, scale, counts);
}

/** Not a closure: all columns share what the compiler learns of it. */
function walk(pooled: Float64Array, width: Float64Array, scale: number, counts: Float64Array): Apart {
  let [below, gap, area] = [0, 0, 0];
  for (let group = 0; group < pooled.length; group += 1) {
    below += counts[group] ?? 0;
    const difference = Math.abs((pooled[group] ?? 0) - below * scale);
    if (difference > gap) gap = difference;
    area += difference * (width[group] ?? 0);
  }
  return { gap, area };
}

function totalOf(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i += 1) sum += counts[i] ?? 0;
  return sum;
}

/**
 * The bins that would have been pinned had the groups been divided otherwise: edges are the quantiles of that reference.
 * Rows without a value follow the groups and become the last bin.
 *
 * @param bins asked for
 */
export function pinAgain(
  { at }: Pick<ValueGroups, 'at'>,
  bins: number,
): (reference: Float64Array, current: Float64Array) => { reference: Float64Array; current: Float64Array } {
  const cell = new Int32Array(at.length).fill(-1);
  return (reference, current) => {
    const ladder: Ladder = {
      low: at,
      high: at,
      reference: reference.subarray(0, at.length),
      current: current.subarray(0, at.length),
      cell,
    };
    const counts = countBins(ladder, quantileEdges(ladder, bins));
    return {
      reference: Float64Array.of(...counts.reference, reference[at.length] ?? 0),
      current: Float64Array.of(...counts.current, current[at.length] ?? 0),
    };
  };
}
