import type { ColumnCounts, NumericColumn } from './column';

export const BASELINE_SCHEMA = 'assay.baseline/1';

/** The reference as counts: what a release keeps, so that later data is compared with the very bins it was judged by. */
export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA;
  /** Name of the data it was taken from, for people. */
  readonly reference: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly columns: readonly BaselineColumn[];
}

interface CommonBaseline {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
}

export interface NumericBaseline extends CommonBaseline {
  readonly kind: 'numeric';
  readonly unit?: string;
  /** Ascending; bins are `(edge, next edge]`, the outer ones open. */
  readonly edges: readonly number[];
  /** Rows with a value by bin, one more than edges. */
  readonly counts: readonly number[];
}

export interface CategoricalBaseline extends CommonBaseline {
  readonly kind: 'categorical';
  /** Every category with its rows, most frequent first. */
  readonly categories: readonly { readonly name: string; readonly rows: number }[];
}

export type BaselineColumn = NumericBaseline | CategoricalBaseline;

/** The reference's side of compared columns. */
export function baselineOf(reference: string, columns: readonly ColumnCounts[], now: Date): Baseline {
  return { schema: BASELINE_SCHEMA, reference, createdAt: now.toISOString(), columns: columns.map(pin) };
}

function pin(column: ColumnCounts): BaselineColumn {
  const common = { name: column.name, rows: column.rows.reference, missing: column.missing.reference };
  if (column.kind === 'categorical') {
    const categories = column.categories.map(({ name, reference }) => ({ name, rows: reference }));
    return { kind: 'categorical', ...common, categories };
  }
  return { kind: 'numeric', ...common, ...unitOf(column), edges: column.edges, counts: [...column.bins.reference] };
}

const unitOf = ({ unit }: NumericColumn): { readonly unit?: string } => (unit === undefined ? {} : { unit });

/** A document that is no baseline. The message says where and what is allowed. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/**
 * @param where file name, for errors
 * @throws BaselineError
 */
export function parseBaseline(value: unknown, where: string): Baseline {
  const document = record(value, where);
  if (document.schema !== BASELINE_SCHEMA) {
    throw new BaselineError(`${where}: schema: is ${JSON.stringify(document.schema)}; it is "${BASELINE_SCHEMA}"`);
  }
  if (!Array.isArray(document.columns)) throw new BaselineError(`${where}: columns: is a list of columns`);
  const columns = document.columns.map((column: unknown, i) => parseColumn(column, `${where}: columns[${i}]`));
  const { reference, createdAt } = document;
  if (typeof reference !== 'string' || typeof createdAt !== 'string') {
    throw new BaselineError(`${where}: reference and createdAt: are texts`);
  }
  return { schema: BASELINE_SCHEMA, reference, createdAt, columns };
}

function parseColumn(value: unknown, where: string): BaselineColumn {
  const column = record(value, where);
  const { name, kind, unit } = column;
  if (typeof name !== 'string' || name === '') throw new BaselineError(`${where}.name: is the name of a column`);
  const common = {
    name,
    rows: count(column.rows, `${where}.rows`),
    missing: count(column.missing, `${where}.missing`),
  };
  const whole = (counts: readonly number[]): void => {
    const sum = counts.reduce((total, rows) => total + rows, common.missing);
    if (sum !== common.rows) {
      throw new BaselineError(
        `${where}: ${name}: its bins and missing rows add up to ${sum}, rows says ${common.rows}`,
      );
    }
  };
  if (kind === 'numeric') {
    const edges = list(column.edges, `${where}.edges`).map((edge, i) => ascending(edge, column.edges, i, where));
    const counts = list(column.counts, `${where}.counts`).map((rows, i) => count(rows, `${where}.counts[${i}]`));
    if (counts.length !== edges.length + 1) {
      throw new BaselineError(
        `${where}: ${name}: ${edges.length} edges make ${edges.length + 1} bins, counts has ${counts.length}`,
      );
    }
    whole(counts);
    return { kind, ...common, ...(typeof unit === 'string' ? { unit } : {}), edges, counts };
  }
  if (kind === 'categorical') {
    const categories = list(column.categories, `${where}.categories`).map((entry, i) => {
      const at = `${where}.categories[${i}]`;
      const category = record(entry, at);
      if (typeof category.name !== 'string') throw new BaselineError(`${at}.name: is a text`);
      return { name: category.name, rows: count(category.rows, `${at}.rows`) };
    });
    whole(categories.map(({ rows }) => rows));
    return { kind, ...common, categories };
  }
  throw new BaselineError(`${where}.kind: is ${JSON.stringify(kind)}; allowed are numeric and categorical`);
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new BaselineError(`${where}: is an object; found ${JSON.stringify(value)?.slice(0, 60)}`);
}

function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new BaselineError(`${where}: is a list; found ${JSON.stringify(value)?.slice(0, 60)}`);
}

function count(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new BaselineError(`${where}: is a number of rows; found ${JSON.stringify(value)}`);
}

function ascending(edge: unknown, all: unknown, i: number, where: string): number {
  const before = i === 0 ? Number.NEGATIVE_INFINITY : (all as readonly unknown[])[i - 1];
  if (typeof edge === 'number' && Number.isFinite(edge) && edge > Number(before)) return edge;
  throw new BaselineError(`${where}.edges[${i}]: is a number above the edge before it; found ${JSON.stringify(edge)}`);
}
