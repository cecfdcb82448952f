import { join } from 'node:path';
import type { TableSql } from '../../core/data/sql';
import { ROW } from '../../core/data/sql';
import type { Column, TableColumn, TableInfo } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { placesOf } from '../duckdb/places';
import type { Relation } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { IN_MEMORY_BYTES, textBytes } from '../text-bytes';
import { type BaseColumn, cellsOf } from './base-columns';
import type { Census, CsvCounting } from './census';
import { unreadableCells } from './unreadable';

/** A table ready to be scanned many times. */
export interface Base {
  readonly info: TableInfo;
  /** Made when it is first asked for, where a census may answer everything. */
  readonly table: () => Promise<TableSql>;
  readonly census?: Census;
  /** Parquet files that hold the table, in place or as a copy; absent for a table in memory. */
  readonly footers?: readonly string[];
  /** Number of rows of a table in memory. */
  readonly rows?: number;
  /** Of a table in place: what stands behind FROM for the cells as they are in the files. */
  readonly raw?: Sql;
  /** Of a table in place: cells that are not read as they are in the files, by column. */
  readonly cells?: ReadonlyMap<string, Sql>;
  /** Lines of the files at which records start, by their place from 0; none where files have no lines. */
  readonly linesOf: (rows: readonly number[]) => Promise<ReadonlyMap<number, Line>>;
}

export interface Line {
  readonly line: number;
  /** Of a table of several files: which one. */
  readonly file?: string;
}

export interface BaseOptions {
  /** Declared types; other columns keep theirs. */
  readonly declared?: readonly Column[];
  readonly key?: string;
  /** Columns that are asked about; all of them when absent. */
  readonly needed?: readonly string[];
  /** Of the same files, if it was begun. @default everything is asked of the files */
  readonly counting?: CsvCounting | undefined;
  /** Where a table too large for memory is put. */
  readonly spillFolder?: string;
  /** Text files up to this size become a table in memory, larger ones a Parquet file. @default IN_MEMORY_BYTES */
  readonly inMemoryBytes?: number;
}

/**
 * Makes a relation scannable: Parquet is read where it lies; CSV and JSON lines, which cost a parse each time, are
 * turned once into a table with the columns that are asked about.
 */
export async function prepareBase(session: DuckDbSession, relation: Relation, options: BaseOptions): Promise<Base> {
  const { declared = [], key } = options;
  const columns = relation.columns.map((column) =>
    cellsOf(
      column,
      declared.find(({ name }) => name === column.name),
    ),
  );
  const info = {
    name: relation.name,
    columns: columns.map(({ name, type, stored }): TableColumn => ({ name, type, stored })),
    ...(key !== undefined && columns.some(({ name }) => name === key) ? { key } : {}),
  };
  const asked = columns.filter(({ name }) => options.needed?.includes(name) ?? true);
  const needed = columns.filter((column) => column.name === key || asked.includes(column));
  const kept = needed.length === 0 ? columns.slice(0, 1) : needed;
  const faulty = kept.filter(({ broken }) => broken !== undefined);
  const inPlace = relation.format === 'parquet';
  const select = sql`SELECT ${joinSql([...kept.map(({ cell, name }) => sql`${cell} AS ${identifier(name)}`), ...brokenCells(faulty)], ', ')}`;
  const linesOf = async (rows: readonly number[]): Promise<ReadonlyMap<number, Line>> => {
    const places = await placesOf(session, relation, rows);
    const several = relation.files.length > 1;
    return new Map([...places].map(([row, { line, file }]) => [row, several ? { line, file } : { line }]));
  };
  const copy = () => materialise(session, relation, sql`${select} FROM ${relation.from}`, info.key, options);
  const folder = options.spillFolder;
  const census = folder === undefined ? undefined : await options.counting?.census(relation, asked, folder);
  if (census !== undefined) {
    let made: Promise<TableSql> | undefined;
    const table = (): Promise<TableSql> => {
      made ??= copy().then((copied) => copied.table);
      return made;
    };
    return { info, census, linesOf, table };
  }
  const { table, ...known } = inPlace
    ? { table: inPlaceTable(relation, select, numberedParquet(relation), info.key), footers: relation.files }
    : await copy();
  const unreadable = faulty.length === 0 ? [] : await unreadableCells(session, table, faulty, linesOf);
  return {
    info: { ...info, ...(unreadable.length === 0 ? {} : { unreadable }) },
    table: async () => table,
    linesOf,
    ...known,
    ...(inPlace ? { raw: relation.from, cells: changedCells(kept) } : {}),
  };
}

const changedCells = (columns: readonly BaseColumn[]): ReadonlyMap<string, Sql> =>
  new Map(columns.flatMap(({ name, cell, raw }) => (raw ? [] : [[name, cell] as const])));

/** Texts of unreadable cells, in a column that is NULL for nearly every row. */
function brokenCells(faulty: readonly BaseColumn[]): readonly Sql[] {
  if (faulty.length === 0) return [];
  const texts = faulty.map(({ broken }) => broken ?? sql`NULL`);
  const some = joinSql(
    texts.map((text) => sql`(${text}) IS NOT NULL`),
    ' OR ',
  );
  return [sql`CASE WHEN ${some} THEN [${joinSql(texts, ', ')}] END AS "assay#broken"`];
}

function numberedParquet({ files, from }: Relation): Sql {
  if (files.length > 1) return sql`(SELECT *, row_number() OVER () - 1 AS ${ROW} FROM ${from})`;
  const [file = ''] = files;
  return sql`(SELECT *, file_row_number AS ${ROW} FROM read_parquet(${literal(file)}, file_row_number = true))`;
}

function inPlaceTable(relation: Relation, select: Sql, numbered: Sql, key: string | undefined): TableSql {
  return {
    from: sql`(${select} FROM ${relation.from})`,
    numbered: sql`(${select}, ${ROW} FROM ${numbered} AS numbered)`,
    ...(key === undefined ? {} : { key }),
  };
}

let tables = 0;

async function materialise(
  session: DuckDbSession,
  relation: Relation,
  select: Sql,
  key: string | undefined,
  { spillFolder, inMemoryBytes = IN_MEMORY_BYTES }: BaseOptions,
): Promise<Pick<Base, 'footers' | 'rows'> & { readonly table: TableSql }> {
  tables += 1;
  const named = key === undefined ? {} : { key };
  if (textBytes(relation.files) <= inMemoryBytes || spillFolder === undefined) {
    const name = identifier(`base_${tables}`);
    const [made] = await session.rows<{ Count: number }>(sql`CREATE TABLE ${name} AS ${select}`);
    const table = { from: name, numbered: sql`(SELECT *, rowid AS ${ROW} FROM ${name})`, ...named };
    return { table, ...(made === undefined ? {} : { rows: made.Count }) };
  }
  const path = join(spillFolder, `base_${tables}.parquet`);
  const file = literal(path);
  await session.rows(sql`COPY (${select}) TO ${file} (FORMAT parquet, COMPRESSION snappy)`);
  const numbered = sql`(SELECT * EXCLUDE (file_row_number), file_row_number AS ${ROW} FROM read_parquet(${file}, file_row_number = true))`;
  return { table: { from: sql`read_parquet(${file})`, numbered, ...named }, footers: [path] };
}
