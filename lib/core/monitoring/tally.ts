import type { Baseline, BaselineColumn, CategoricalBaseline, NumericBaseline } from '../drift/baseline';
import type { ColumnCounts } from '../drift/column';
import { firstFrom } from '../drift/edges';
import { categoryOf, numberOf } from './values';

/** Different unseen categories that are told apart; the rest counts together. */
const MOST_UNSEEN = 1000;
const EXAMPLES = 5;
/** Characters of an unseen category that a report shows. */
const SHOWN = 40;

/**
 * Counts values into the bins that a baseline pins. Its memory is that of the bins, however many rows there are. Missing
 * values, NaN and what is no number are a bin of their own, as are categories that the baseline does not have; the outer
 * bins of numbers are open.
 */
export class BaselineTally {
  private readonly counters: ReadonlyMap<string, NumericCounter | CategoryCounter>;

  /** @param columns to count. @default - all of the baseline */
  constructor(baseline: Baseline, columns?: readonly string[]) {
    const counted = baseline.columns.filter(({ name }) => columns?.includes(name) ?? true);
    this.counters = new Map(counted.map((column) => [column.name, counterOf(column)]));
  }

  /** @param value undefined where the row has none; columns that are not counted are passed over */
  add(column: string, value: unknown): void {
    this.counters.get(column)?.add(value);
  }

  get names(): readonly string[] {
    return [...this.counters.keys()];
  }

  /** Values of numeric columns that were no numbers, by column. */
  get strange(): Readonly<Record<string, number>> {
    const found = [...this.counters].flatMap(([name, counter]) =>
      counter instanceof NumericCounter && counter.strange > 0 ? [[name, counter.strange] as const] : [],
    );
    return Object.fromEntries(found);
  }

  /** Both samples by column, in the baseline's order: what the drift gate judges. */
  columns(): readonly ColumnCounts[] {
    return [...this.counters.values()].map((counter) => counter.counts());
  }
}

const counterOf = (column: BaselineColumn): NumericCounter | CategoryCounter =>
  column.kind === 'numeric' ? new NumericCounter(column) : new CategoryCounter(column);

class NumericCounter {
  strange = 0;
  private rows = 0;
  private missing = 0;
  private readonly bins: Float64Array;

  constructor(private readonly column: NumericBaseline) {
    this.bins = new Float64Array(column.counts.length);
  }

  add(value: unknown): void {
    const number = numberOf(value, this.column.unit);
    this.rows += 1;
    if (number === undefined) this.strange += 1;
    if (number === undefined || Number.isNaN(number)) {
      this.missing += 1;
      return;
    }
    const bin = firstFrom(this.column.edges, number);
    this.bins[bin] = (this.bins[bin] ?? 0) + 1;
  }

  counts(): ColumnCounts {
    const { name, rows, missing, unit, edges, counts } = this.column;
    return {
      kind: 'numeric',
      name,
      rows: { reference: rows, current: this.rows },
      missing: { reference: missing, current: this.missing },
      ...(unit === undefined ? {} : { unit }),
      quantiles: counts.length,
      edges,
      bins: { reference: Float64Array.from(counts), current: Float64Array.from(this.bins) },
    };
  }
}

class CategoryCounter {
  private rows = 0;
  private missing = 0;
  private readonly seen: Map<string, number>;
  private readonly unseen = new Map<string, number>();
  private further = 0;
  private readonly booleans: boolean;

  constructor(private readonly column: CategoricalBaseline) {
    this.seen = new Map(column.categories.map(({ name }) => [name, 0]));
    this.booleans = column.categories.every(({ name }) => name === 'true' || name === 'false');
  }

  add(value: unknown): void {
    const category = categoryOf(value, this.booleans);
    this.rows += 1;
    if (category === undefined) {
      this.missing += 1;
      return;
    }
    const known = this.seen.get(category);
    if (known !== undefined) this.seen.set(category, known + 1);
    else if (this.unseen.size < MOST_UNSEEN || this.unseen.has(category))
      this.unseen.set(category, (this.unseen.get(category) ?? 0) + 1);
    else this.further += 1;
  }

  counts(): ColumnCounts {
    const { name, rows, missing, categories } = this.column;
    const counts = [...this.unseen.values(), ...(this.further > 0 ? [this.further] : [])];
    return {
      kind: 'categorical',
      name,
      rows: { reference: rows, current: this.rows },
      missing: { reference: missing, current: this.missing },
      categories: categories.map((category) => ({
        name: category.name,
        reference: category.rows,
        current: this.seen.get(category.name) ?? 0,
      })),
      unseen: {
        rows: counts.reduce((sum, count) => sum + count, 0),
        counts,
        examples: [...this.unseen.keys()].slice(0, EXAMPLES).map((text) => text.slice(0, SHOWN)),
      },
    };
  }
}
