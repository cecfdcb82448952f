import type { Column } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { openRelation, type Relation } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { type ColumnKind, kindOfType } from './column-type';
import type { SidePages } from './page-scan';
import { readNumbers } from './read';

/** One of the two samples as files. */
export interface SampleFiles {
  readonly paths: readonly string[];
  /** For people and, by its ending, the format. @default the first path */
  readonly name?: string;
  /** Names of the files for people. @default their paths */
  readonly names?: readonly string[];
  /** Declared types; others are inferred. */
  readonly types?: readonly Column[];
}

/** What one pass over a sample says of a column. */
export interface ColumnProfile {
  readonly rows: number;
  /** Rows that are NULL, and those that are NaN where NaN is the maximum; a scan finds other NaN. */
  readonly missing: number;
  /** Of a column of numbers; NaN when it has no value. Statistics of files leave NaN out. */
  readonly low: number;
  readonly high: number;
}

/** One column of one sample, as something to select from. */
export interface ColumnSide {
  readonly session: DuckDbSession;
  readonly from: Sql;
  readonly column: Sql;
  readonly kind: ColumnKind;
  readonly profile: ColumnProfile;
  /** Rows that are not missing, as far as the profile knows. */
  readonly filter: Sql;
  /** Its pages, where they can be read without DuckDB. */
  readonly pages?: SidePages;
  /** Numbers in some of its rows, or in all of them; missing ones are NaN. */
  readonly seen?: { readonly numbers: Float64Array; readonly all: boolean };
}

/** The column as a double. */
export const numberOf = ({ kind, column }: Pick<ColumnSide, 'kind' | 'column'>): Sql =>
  kind.toNumber?.(column) ?? column;

/** A sample that is open for scans. */
export interface Sample {
  readonly relation: Relation;
  readonly from: Sql;
}

/**
 * Opens files. Parquet is read in place, a column at a time; text is parsed once, into a table that DuckDB keeps within
 * its memory limit and spills beyond it.
 *
 * @param table name of that table
 * @param wanted columns that will be scanned, or all
 */
export async function openSample(
  session: DuckDbSession,
  files: SampleFiles,
  table: string,
  wanted: (column: string) => boolean,
): Promise<Sample> {
  const { paths, name = paths[0] ?? '', names, types = [] } = files;
  const relation = await openRelation(session, paths, { name, types, ...(names === undefined ? {} : { names }) });
  if (relation.format === 'parquet') return { relation, from: relation.from };
  const columns = relation.columns.filter((column) => wanted(column.name)).map((column) => identifier(column.name));
  const kept = columns.length === 0 ? sql`1 AS "no column"` : joinSql(columns, ', ');
  await session.rows(sql`CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT ${kept} FROM ${relation.from}`);
  return { relation, from: identifier(table) };
}

/** Profiles columns in one scan; Parquet answers it from its statistics. */
export async function profileSides(
  session: DuckDbSession,
  { relation, from }: Sample,
  names: readonly string[],
): Promise<ReadonlyMap<string, ColumnSide>> {
  const columns = names.map((name) => {
    const type = relation.columns.find((column) => column.name === name)?.type ?? '';
    return { name, column: identifier(name), kind: kindOfType(type) };
  });
  const facts = columns.flatMap(({ column, kind: { toNumber = () => literal(null) } }) => [
    sql`count(${column})`,
    toNumber(sql`min(${column})`),
    toNumber(sql`max(${column})`),
  ]);
  const [total, ...answers] = await readNumbers(session, [sql`count(*)`, ...facts], sql`FROM ${from}`);
  const rows = total?.[0] ?? 0;
  const sides = new Map<string, ColumnSide>();
  for (const [i, { name, column, kind }] of columns.entries()) {
    const [present = 0, low = Number.NaN, high = Number.NaN] = answers
      .slice(3 * i, 3 * i + 3)
      .map((answer) => answer[0] ?? Number.NaN);
    const side = { session, from, column, kind };
    // NaN is DuckDB's greatest number: where it is the maximum, what lies below has to be asked for.
    const nan = kind.floating === true && present > 0 && Number.isNaN(high);
    const known = { rows, missing: rows - present, low, high };
    const profile = nan ? await withoutNaN(side, rows) : known;
    const filter = profile.missing === 0 ? sql`TRUE` : nan ? sql`NOT isnan(${column})` : sql`${column} IS NOT NULL`;
    sides.set(name, { ...side, profile, filter });
  }
  return sides;
}

async function withoutNaN(
  { session, from, column }: Pick<ColumnSide, 'session' | 'from' | 'column'>,
  rows: number,
): Promise<ColumnProfile> {
  const [count, low, high] = await readNumbers(
    session,
    [sql`count(*)`, sql`min(${column})`, sql`max(${column})`],
    sql`FROM ${from} WHERE NOT isnan(${column})`,
  );
  return {
    rows,
    missing: rows - (count?.[0] ?? 0),
    low: low?.[0] ?? Number.NaN,
    high: high?.[0] ?? Number.NaN,
  };
}
