import { cumulate, isValue, type Ladder } from './ladder';

export interface KsBounds {
  /** The greatest difference at the borders of steps: D is at least this. */
  readonly lower: number;
  /** D is at most this; equal to `lower` when no open cell can hold more. */
  readonly upper: number;
  /** Where `lower` was found: differences are taken at values less than or equal to this. */
  readonly at: number;
  /** Open cells that may hold a greater difference than `lower`, the most promising first. */
  readonly candidates: readonly number[];
}

/**
 * Two-sample Kolmogorov–Smirnov D = sup|F(x) − G(x)| of the empirical distribution functions, as bounds while cells are
 * open: within a cell, F and G lie between their values at its borders, so that the difference is at most the greater of
 * F(end) − G(start) and G(end) − F(start).
 *
 * Source: N. V. Smirnov, Bulletin de l'Université de Moscou 2 (1939), pp. 3–14.
 *
 * @param solved greatest differences inside cells that were looked into without being replaced, by `cell`
 * @returns NaN when a sample has no rows
 */
export function ksBounds(ladder: Ladder, solved: ReadonlyMap<number, KsPoint> = new Map()): KsBounds {
  const below = cumulate(ladder);
  const length = ladder.low.length;
  const n = below.reference[length] ?? 0;
  const m = below.current[length] ?? 0;
  if (n === 0 || m === 0) return { lower: Number.NaN, upper: Number.NaN, at: Number.NaN, candidates: [] };
  // Shares of both samples up to the end of each step; a ladder of cells is walked several times in a scan.
  const f = sharesOf(below.reference, n);
  const g = sharesOf(below.current, m);
  let [lower, at] = [0, ladder.high[0] ?? Number.NaN];
  for (let step = 0; step < length; step += 1) {
    const border = Math.abs((f[step + 1] ?? 0) - (g[step + 1] ?? 0));
    if (border > lower) [lower, at] = [border, ladder.high[step] ?? Number.NaN];
    const inside = solved.size === 0 ? undefined : solved.get(ladder.cell[step] ?? -1);
    if (inside !== undefined && inside.difference > lower) [lower, at] = [inside.difference, inside.at];
  }
  const candidates = openSteps(ladder, { f, g }, lower, solved);
  return {
    lower,
    upper: Math.max(lower, candidates[0]?.bound ?? 0),
    at,
    candidates: candidates.map(({ step }) => step),
  };
}

/** Not `map`, which calls a function for each of a hundred thousand steps. */
function sharesOf(below: Float64Array, rows: number): Float64Array {
  const shares = new Float64Array(below.length);
  for (let step = 0; step < below.length; step += 1) shares[step] = (below[step] ?? 0) / rows;
  return shares;
}

/** Open cells that may hold a greater difference than `lower`, the most promising first. */
function openSteps(
  ladder: Ladder,
  { f, g }: { readonly f: Float64Array; readonly g: Float64Array },
  lower: number,
  solved: ReadonlyMap<number, KsPoint>,
): readonly { readonly step: number; readonly bound: number }[] {
  const found: { readonly step: number; readonly bound: number }[] = [];
  for (let step = 0; step < ladder.low.length; step += 1) {
    const bound = Math.max((f[step + 1] ?? 0) - (g[step] ?? 0), (g[step + 1] ?? 0) - (f[step] ?? 0));
    if (bound > lower && isOpen(ladder, step, solved)) found.push({ step, bound });
  }
  return found.sort((a, b) => b.bound - a.bound);
}

/** Whether a cell may hold a greater difference than its borders; with rows of one sample alone it does not. */
function isOpen(ladder: Ladder, step: number, solved: ReadonlyMap<number, KsPoint>): boolean {
  if (isValue(ladder, step) || ladder.reference[step] === 0 || ladder.current[step] === 0) return false;
  return !solved.has(ladder.cell[step] ?? -1);
}

export interface KsPoint {
  readonly difference: number;
  readonly at: number;
}

/**
 * The greatest difference inside one cell whose values are now known.
 *
 * @param start rows of each sample below the cell, and in all
 */
export function ksWithin(
  values: Ladder,
  start: { readonly reference: number; readonly current: number; readonly n: number; readonly m: number },
): KsPoint {
  let [r, c] = [start.reference, start.current];
  let [difference, at] = [0, Number.NaN];
  for (let step = 0; step < values.low.length; step += 1) {
    r += values.reference[step] ?? 0;
    c += values.current[step] ?? 0;
    const here = Math.abs(r / start.n - c / start.m);
    if (here > difference) [difference, at] = [here, values.low[step] ?? Number.NaN];
  }
  return { difference, at };
}
