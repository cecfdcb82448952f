import type { Counts } from './measures';
import type { OrderedEvidence } from './ordered';

/** Something of both samples. */
export interface Pair<T> {
  readonly reference: T;
  readonly current: T;
}

interface CommonColumn {
  readonly name: string;
  /** Rows of each sample, missing ones included. */
  readonly rows: Pair<number>;
  /** Rows without a value: NULL, and NaN in a column of numbers. They are a bin of their own. */
  readonly missing: Pair<number>;
}

export interface NumericColumn extends CommonColumn {
  readonly kind: 'numeric';
  /** What a number means where the column has dates, e.g. `days since 1970-01-01`. */
  readonly unit?: string;
  /** Bins asked for; there are fewer where quantiles are equal. */
  readonly quantiles: number;
  /** Ascending; bins are `(edge, next edge]`, the outer ones open. */
  readonly edges: readonly number[];
  /** Rows with a value, by bin; one more than there are edges. */
  readonly bins: Pair<Counts>;
  /** Absent where the reference is a baseline: its rows are not there to be ordered. */
  readonly ordered?: OrderedEvidence;
}

export interface CategoricalColumn extends CommonColumn {
  readonly kind: 'categorical';
  /** The reference's categories, most frequent first. */
  readonly categories: readonly { readonly name: string; readonly reference: number; readonly current: number }[];
  /** Categories of the current sample that the reference does not have: rows in all, rows of each, some names. */
  readonly unseen: { readonly rows: number; readonly counts: readonly number[]; readonly examples: readonly string[] };
}

/** Counts of one column in both samples: all that its verdict is taken from. */
export type ColumnCounts = NumericColumn | CategoricalColumn;

/** A column that could not be compared. */
export interface UncomparedColumn {
  readonly kind: 'uncompared';
  readonly name: string;
  readonly verdict: 'fail' | 'inconclusive';
  readonly reason: string;
}

/** Bins as they are compared: those of the values, then what has a bin of its own. */
export interface Histogram {
  readonly labels: readonly string[];
  readonly reference: Counts;
  readonly current: Counts;
}

/** Categories that get a bin of their own; the reference's rarer ones share `(other)`. */
export const SHOWN_CATEGORIES = 50;
const MISSING = '(missing)';
const UNSEEN = '(unseen)';
const OTHER = '(other)';

/** The bins of a column; bins that are empty in both samples are left out, but for those between edges. */
export function histogramOf(column: ColumnCounts): Histogram {
  const bins = column.kind === 'numeric' ? numericBins(column) : categoricalBins(column);
  const { reference, current } = column.missing;
  if (reference + current > 0) bins.push({ label: MISSING, reference, current });
  return {
    labels: bins.map(({ label }) => label),
    reference: Float64Array.from(bins, (bin) => bin.reference),
    current: Float64Array.from(bins, (bin) => bin.current),
  };
}

interface Bin extends Pair<number> {
  readonly label: string;
}

function numericBins({ edges, bins }: NumericColumn): Bin[] {
  return Array.from(bins.reference, (reference, i) => ({
    label: binLabel(edges[i - 1], edges[i]),
    reference,
    current: bins.current[i] ?? 0,
  }));
}

function binLabel(low: number | undefined, high: number | undefined): string {
  if (low === undefined) return high === undefined ? 'any value' : `≤ ${high}`;
  return high === undefined ? `> ${low}` : `(${low}, ${high}]`;
}

function categoricalBins({ categories, unseen }: CategoricalColumn): Bin[] {
  // One rare category needs no bin that hides its name.
  const shown = categories.length <= SHOWN_CATEGORIES + 1 ? categories.length : SHOWN_CATEGORIES;
  const bins: Bin[] = categories.slice(0, shown).map(({ name, ...counts }) => ({ label: name, ...counts }));
  const rest = categories.slice(shown);
  if (rest.length > 0) {
    const sum = (of: keyof Pair<number>) => rest.reduce((total, category) => total + category[of], 0);
    bins.push({ label: OTHER, reference: sum('reference'), current: sum('current') });
  }
  if (unseen.rows > 0) bins.push({ label: UNSEEN, reference: 0, current: unseen.rows });
  return bins;
}
