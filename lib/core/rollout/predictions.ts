import { populationStabilityIndex } from '../drift/measures';
import { quantile } from '../statistics';
import { addLogs } from './sequential';

/** How answers are put into bins: a number between cuts, or the most probable class. */
export type AnswerBins =
  | { readonly kind: 'score'; readonly cuts: readonly number[] }
  | { readonly kind: 'class'; readonly classes: number };

/** Answers of both variants to the same golden rows, as JSON. */
export interface ShiftTally {
  /** Answers by bin. */
  readonly green: readonly number[];
  readonly blue: readonly number[];
  /** Logarithms of capital by bet: for every set of answers and direction, one for each of STAKES. */
  readonly capital: readonly number[];
}

/** Shares of the largest possible bet. */
const STAKES: readonly number[] = [0.15, 0.4, 0.75, 0.95];

/** @param scores what the tested release answered in batch: a score, or a probability for each class */
export function answerBins(scores: Iterable<readonly number[]>, multiclass: boolean): AnswerBins {
  const all = [...scores];
  if (multiclass) return { kind: 'class', classes: Math.max(0, ...all.map((row) => row.length)) };
  const sorted = Float64Array.from(all.map(([score = Number.NaN]) => score)).sort();
  const deciles = Array.from({ length: 9 }, (_, i) => quantile(sorted, (i + 1) / 10));
  return { kind: 'score', cuts: [...new Set(deciles)].filter((cut) => Number.isFinite(cut)) };
}

/** Bin of an answer: how many cuts lie below it, or its class. */
function binOf(bins: AnswerBins, scores: readonly number[]): number {
  if (bins.kind === 'class') return scores.indexOf(Math.max(...scores));
  const [score = Number.NaN] = scores;
  return bins.cuts.filter((cut) => cut < score).length;
}

const binCount = (bins: AnswerBins): number => (bins.kind === 'class' ? bins.classes : bins.cuts.length + 1);

/** Sets of answers whose shares are compared: those up to each cut, or of each class. */
const setCount = (bins: AnswerBins): number => (bins.kind === 'class' ? bins.classes : bins.cuts.length);

const inSet = (bins: AnswerBins, bin: number, set: number): number =>
  (bins.kind === 'class' ? bin === set : bin <= set) ? 1 : 0;

export function emptyShift(bins: AnswerBins): ShiftTally {
  const size = 2 * setCount(bins) * STAKES.length;
  const none = Array.from({ length: binCount(bins) }, () => 0);
  return { green: none, blue: none, capital: Array.from({ length: size }, () => -Math.log(size)) };
}

/**
 * One golden row, answered by both. With D = 1[green's answer in A] − 1[blue's in A] for each set A and both signs, every
 * bet multiplies its capital by 1 + λ(D − m), 0 ≤ λ < 1/(1 + m). Over rows drawn alike its expectation is at most 1 when
 * A's shares differ by at most m, so the mean of all is an e-process for "no share differs by more than m": the
 * distance of Kolmogorov and Smirnov on the deciles, or the largest difference of a class. Each row may be bet on once.
 *
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal
 * Statistical Society B 86 (2024), pp. 1–27, section 4.
 */
export function withRow(
  tally: ShiftTally,
  bins: AnswerBins,
  answers: { readonly green: readonly number[]; readonly blue: readonly number[] },
  maxShift: number,
): ShiftTally {
  const [green, blue] = [binOf(bins, answers.green), binOf(bins, answers.blue)];
  // What each stake gains by a difference of −1, 0 and 1.
  const gains = STAKES.map((stake) => [-1, 0, 1].map((d) => Math.log1p((stake / (1 + maxShift)) * (d - maxShift))));
  const capital = tally.capital.map((log, i) => {
    const set = Math.floor(i / STAKES.length / 2);
    const sign = Math.floor(i / STAKES.length) % 2 === 0 ? 1 : -1;
    const difference = sign * (inSet(bins, green, set) - inSet(bins, blue, set));
    return log + (gains[i % STAKES.length]?.[difference + 1] ?? 0);
  });
  return { green: raise(tally.green, green), blue: raise(tally.blue, blue), capital };
}

const raise = (counts: readonly number[], at: number): readonly number[] =>
  counts.map((count, i) => (i === at ? count + 1 : count));

/** Logarithm of the capital against "no share differs by more than is allowed"; 0 before the first row. */
export const shiftCapital = (tally: ShiftTally): number => tally.capital.reduce(addLogs, Number.NEGATIVE_INFINITY);

export interface Shift {
  /** Greatest difference of a share, in [0, 1]. */
  readonly distance: number;
  /** Population stability index of the same bins, for the reader. */
  readonly psi: number;
  readonly rows: number;
}

/** The shift as it stands; NaN without rows. */
export function shiftOf({ green, blue }: ShiftTally, kind: AnswerBins['kind']): Shift {
  const rows = green.reduce((sum, count) => sum + count, 0);
  let [distance, below] = [0, 0];
  for (const [i, count] of green.entries()) {
    const difference = count - (blue[i] ?? 0);
    below = kind === 'class' ? difference : below + difference;
    distance = Math.max(distance, Math.abs(below));
  }
  const psi = populationStabilityIndex(Float64Array.from(green), Float64Array.from(blue));
  return { distance: rows === 0 ? Number.NaN : distance / rows, psi, rows };
}
