import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TableSql } from '../../core/data/sql';
import { ROW } from '../../core/data/sql';
import type { Column, ColumnType, TableColumn, TableInfo } from '../../core/data/table';
import { cellAs, cellText } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { placesOf } from '../duckdb/places';
import type { Relation, RelationColumn } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { unreadableCells } from './unreadable';

/** A table ready to be scanned many times. */
export interface Base {
  readonly info: TableInfo;
  readonly table: TableSql;
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
  /** Where a table too large for memory is put. */
  readonly spillFolder?: string;
}

/** Text files up to this size become a table in memory; larger ones a Parquet file, so that they are parsed once. */
const IN_MEMORY_BYTES = 48 * 1024 ** 2;

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
  const needed = columns.filter(({ name }) => name === key || (options.needed?.includes(name) ?? true));
  const kept = needed.length === 0 ? columns.slice(0, 1) : needed;
  const faulty = kept.filter(({ broken }) => broken !== undefined);
  const inPlace = relation.format === 'parquet';
  const source = inPlace ? numberedParquet(relation) : relation.from;
  const select = sql`SELECT ${joinSql([...kept.map(({ cell, name }) => sql`${cell} AS ${identifier(name)}`), ...brokenCells(faulty)], ', ')}`;
  const { table, ...known } = inPlace
    ? { table: inPlaceTable(relation, select, source, info.key), footers: relation.files }
    : await materialise(session, relation, sql`${select} FROM ${relation.from}`, info.key, options.spillFolder);
  const linesOf = async (rows: readonly number[]): Promise<ReadonlyMap<number, Line>> => {
    const places = await placesOf(session, relation, rows);
    const several = relation.files.length > 1;
    return new Map([...places].map(([row, { line, file }]) => [row, several ? { line, file } : { line }]));
  };
  const unreadable = faulty.length === 0 ? [] : await unreadableCells(session, table, faulty, linesOf);
  return {
    info: { ...info, ...(unreadable.length === 0 ? {} : { unreadable }) },
    table,
    linesOf,
    ...known,
    ...(inPlace ? { raw: relation.from, cells: changedCells(kept) } : {}),
  };
}

const changedCells = (columns: readonly BaseColumn[]): ReadonlyMap<string, Sql> =>
  new Map(columns.flatMap(({ name, cell, raw }) => (raw ? [] : [[name, cell] as const])));

export interface BaseColumn extends TableColumn {
  readonly cell: Sql;
  /** Whether the cell is the file's own value. */
  readonly raw: boolean;
  /** The text of a cell that cannot be read as declared; NULL for others. */
  readonly broken?: Sql;
}

/** Keys of 38 digits are common in this type, and a double would make some of them equal. */
const WHOLE_DECIMAL = /^DECIMAL\(\d+,\s*0\)$/;

const FAMILIES: readonly (readonly [RegExp, ColumnType])[] = [
  [/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/, 'integer'],
  [WHOLE_DECIMAL, 'integer'],
  [/^(DOUBLE|FLOAT|DECIMAL\(.*\))$/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP.*$/, 'timestamp'],
  [/^(VARCHAR|UUID|ENUM\(.*\))$/s, 'string'],
];

/** Types whose values are read as they are. */
const RAW = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BOOLEAN|DATE|TIMESTAMP|VARCHAR)$/;

function cellsOf(column: RelationColumn, declared: Column | undefined): BaseColumn {
  const { name, type: stored } = column;
  const value = identifier(name);
  const family = FAMILIES.find(([pattern]) => pattern.test(stored))?.[1];
  const own = column.held === 'typed' ? (family ?? 'other') : 'string';
  if (declared === undefined || (own === declared.type && column.held === 'typed')) {
    return { name, type: own, stored, ...typedCell(value, stored, own) };
  }
  const cell = cellAs(value, column, declared.type);
  const text = cellText(value, column);
  if (column.held === 'text' && declared.type === 'string')
    return { name, type: 'string', stored, cell: value, raw: true };
  const broken = sql`CASE WHEN ${text} IS NOT NULL AND ${cell} IS NULL THEN ${text} END`;
  return { name, type: declared.type, stored: SQL_NAMES[declared.type], cell, raw: false, broken };
}

const SQL_NAMES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

function typedCell(value: Sql, stored: string, type: ColumnType | 'other'): Pick<BaseColumn, 'cell' | 'raw'> {
  if (RAW.test(stored)) return { cell: value, raw: true };
  if (WHOLE_DECIMAL.test(stored)) return { cell: sql`CAST(${value} AS HUGEINT)`, raw: false };
  if (type === 'number') {
    const double = stored === 'DOUBLE' ? value : sql`CAST(${value} AS DOUBLE)`;
    // Not a number is no value, as in pandas.
    return {
      cell: stored.startsWith('DECIMAL') ? double : sql`CASE WHEN NOT isnan(${value}) THEN ${double} END`,
      raw: false,
    };
  }
  if (type === 'timestamp') return { cell: sql`CAST(${value} AS TIMESTAMP)`, raw: false };
  return { cell: sql`CAST(${value} AS VARCHAR)`, raw: false };
}

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
  spillFolder: string | undefined,
): Promise<Pick<Base, 'table' | 'footers' | 'rows'>> {
  tables += 1;
  const named = key === undefined ? {} : { key };
  const bytes = relation.files.reduce((sum, file) => sum + statSync(file).size * (/\.(gz|zst)$/.test(file) ? 6 : 1), 0);
  if (bytes <= IN_MEMORY_BYTES || spillFolder === undefined) {
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
