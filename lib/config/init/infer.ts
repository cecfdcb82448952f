import { basename } from 'node:path';
import { type Column, type ColumnType, hasType, parseText, type Value } from '../../core/data/table';
import { formatOf } from '../../engines/formats';
import { openTableFile } from '../../engines/table-file';
import { Sample } from './sample';

/** Narrowest type first; `boolean` before `integer` would turn 0/1 labels into truth values. */
const CANDIDATES: readonly ColumnType[] = ['integer', 'number', 'date', 'timestamp', 'boolean'];

/** A column is taken for a number although it has a few other texts, so that the data gate finds those. */
const STRAY_SHARE = 0.02;

/** Different values that are kept of a column. */
export const MANY = 12;

/** Rows that hold one value of a column, and how often each value of the label stands beside it (where those are few). */
export interface ValueCount {
  readonly rows: number;
  readonly labels: ReadonlyMap<string, number>;
}

export interface InferredColumn extends Column {
  /** Values that cannot be read as `type`. */
  readonly stray: number;
  readonly missing: number;
  /** Distinct texts, up to one more than MANY. */
  readonly distinct: readonly string[];
  /** Of those in `distinct`; complete where they are MANY at most. */
  readonly counts: ReadonlyMap<string, ValueCount>;
  /** A sample of its numbers, in ascending order; empty for other types. */
  readonly numbers: readonly number[];
}

export interface InferredTable {
  readonly columns: readonly InferredColumn[];
  /** Rows of each file, in the order of the files. */
  readonly rows: readonly number[];
}

/**
 * Types of the columns of one table, or of its two parts, from all rows; the first file says which columns there are.
 *
 * @param files CSV or JSON Lines (packed or not) or Parquet
 * @throws TableError for a file that is no table
 */
export async function inferTable(files: readonly string[], label: string): Promise<InferredTable> {
  let counts: readonly ColumnCounts[] = [];
  const rows: number[] = [];
  for (const path of files) {
    const name = basename(path);
    const table = await openTableFile({ path, name }, []);
    // Cells of CSV are texts of any type; other formats say themselves what is a number.
    const fits = formatOf(name) === 'csv' ? fitsText : hasType;
    if (counts.length === 0) counts = table.header.map((column) => new ColumnCounts(column));
    let seen = 0;
    for await (const row of table.rows) {
      seen += 1;
      const beside = row.values[label] ?? null;
      for (const count of counts) count.add(row.values[count.name] ?? null, beside, fits);
    }
    rows.push(seen);
  }
  return { columns: counts.map((count) => count.result()), rows };
}

type Fits = (value: Exclude<Value, null>, type: ColumnType) => boolean;

const fitsText: Fits = (value, type) => parseText(String(value), type) !== undefined;

class ColumnCounts {
  private readonly fits = new Map<ColumnType, number>();
  private readonly values = new Map<string, { rows: number; readonly labels: Map<string, number> }>();
  private readonly sample = new Sample();
  private present = 0;
  private missing = 0;

  constructor(readonly name: string) {}

  add(value: Value, label: Value, fits: Fits): void {
    if (value === null) {
      this.missing += 1;
      return;
    }
    this.present += 1;
    this.count(String(value), label);
    for (const type of CANDIDATES) {
      if (fits(value, type)) this.fits.set(type, (this.fits.get(type) ?? 0) + 1);
    }
    const number = parseText(String(value), 'number');
    if (typeof number === 'number') this.sample.add(number);
  }

  private count(text: string, label: Value): void {
    const known = this.values.get(text);
    if (known === undefined && this.values.size > MANY) return;
    const entry = known ?? { rows: 0, labels: new Map<string, number>() };
    entry.rows += 1;
    const beside = String(label);
    if (entry.labels.has(beside) || entry.labels.size <= MANY) {
      entry.labels.set(beside, (entry.labels.get(beside) ?? 0) + 1);
    }
    this.values.set(text, entry);
  }

  result(): InferredColumn {
    const share = (type: ColumnType) => (this.fits.get(type) ?? 0) / Math.max(this.present, 1);
    const exact = CANDIDATES.find((type) => share(type) === 1);
    const nearly = CANDIDATES.find((type) => share(type) >= 1 - STRAY_SHARE);
    const type = (this.present === 0 ? undefined : (exact ?? nearly)) ?? 'string';
    const stray = type === 'string' ? 0 : this.present - (this.fits.get(type) ?? 0);
    const numbers = type === 'integer' || type === 'number' ? this.sample.sorted() : [];
    const { name, missing, values } = this;
    return { name, type, stray, missing, distinct: [...values.keys()], counts: values, numbers };
  }
}

/** Why a column cannot be a label; undefined when it can. */
export function labelProblem({ type, distinct }: InferredColumn): string | undefined {
  if (distinct.length === 2 || ((type === 'integer' || type === 'number') && distinct.length > 2)) return undefined;
  const many = distinct.length > MANY;
  const values = many
    ? `more than ${MANY} different values`
    : `${distinct.length} different value${distinct.length === 1 ? '' : 's'}`;
  const list = many || distinct.length === 0 ? '' : ` (${distinct.map((text) => JSON.stringify(text)).join(', ')})`;
  return `has ${values}${list}; a binary label has two, a regression label is a number`;
}
