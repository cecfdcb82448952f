import { formatNumber } from '../report/format';
import { detectableDifference, type Interval, rowsNeeded, standardErrorOf } from '../statistics';

export interface PowerNote {
  /** Smallest true difference that these rows would show with a probability of 80 %. */
  readonly detectable: number;
  /** Rows of this kind that would show `difference`. */
  readonly rowsNeeded: number;
  /** What the rule asks to tell apart. */
  readonly difference: number;
  /** True if the rows at hand suffice. */
  readonly enough: boolean;
}

/**
 * Whether this holdout could show what the rule asks for. A superior model has to be told from one that is better by the
 * margin only, and a non-inferior one from one that is worse by it, so the margin (or, at superiority by any amount, the
 * asked minimum) is the difference to be seen.
 *
 * @param error standard error of the improvement; otherwise taken from the interval
 * @returns undefined if nothing is asked to be told apart, or the rows show no chance at all
 */
export function powerOf(
  {
    n,
    interval,
    error,
  }: { readonly n: number; readonly interval: Interval | null; readonly error?: number | undefined },
  difference: number,
  confidence: number,
): PowerNote | undefined {
  if (!(difference > 0) || (interval === null && error === undefined)) return undefined;
  const standardError = error ?? (interval === null ? Number.NaN : standardErrorOf(interval, confidence));
  const needed = rowsNeeded(n, standardError, difference, { confidence });
  if (needed === null) return undefined;
  const detectable = detectableDifference(standardError, { confidence });
  return { detectable, rowsNeeded: needed, difference, enough: needed <= n };
}

/** `; this holdout of 800 rows cannot detect 0.005: 31,000 would`, or nothing where it can. */
export function powerSentence(n: number, note: PowerNote | undefined): string {
  if (note === undefined || note.enough) return '';
  return `; this holdout of ${formatNumber(n)} rows cannot detect ${formatNumber(note.difference)}: ${formatNumber(rounded(note.rowsNeeded))} would`;
}

/** Two significant digits, upwards: more would claim what an estimated error cannot give. */
function rounded(rows: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return Math.ceil(rows / unit) * unit;
}
