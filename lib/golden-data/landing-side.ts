import type { ColumnType, DatasetConfig } from '../config/gates';
import { cellAs } from '../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql/sql';
import { verbatimCsvReader } from '../engines/duckdb/readers';
import { openRelation } from '../engines/duckdb/relation';
import type { DuckDbSession } from '../engines/duckdb/session';
import type { TableFile } from '../engines/duckdb/table';
import { formatOf } from '../engines/formats';
import { packingOf } from '../engines/packed';
import { GoldenDataError } from './error';
import { checkLandedColumns } from './landing-columns';
import { columnList, FILE, LANDED, LandedDataError, ROW } from './landing-table';

/** One file of a dataset's current version, as a source of rows and as the form of the next one. */
export interface Side {
  /** Its rows: the columns of the contract. */
  readonly rows: Sql;
  /** The key as text, of a row of `rows`. */
  readonly key: Sql;
  /** The key of a landed row, in the same form. */
  readonly landedKey: Sql;
  /** Columns of the contract out of a landed row, with values that this file can hold. */
  readonly landed: Sql;
  /** Options of COPY for a file of the same format and packing. */
  readonly format: Sql;
}

/**
 * @param landed names of the landed files
 * @throws GoldenDataError for JSON lines, LandedDataError for a landed value that this file cannot hold
 */
export async function openSide(
  session: DuckDbSession,
  file: TableFile,
  dataset: DatasetConfig,
  landed: readonly string[],
): Promise<Side> {
  const names = Object.keys(dataset.columns);
  const format = formatOf(file.name);
  if (format === 'jsonl') throw new GoldenDataError(`${file.name}: landed rows join CSV or Parquet, not JSON lines`);
  const relation = await openRelation(session, [file.path], { name: file.name, names: [file.name], mode: 'text' });
  const header = relation.columns.map(({ name }) => name);
  checkLandedColumns(file.name, header, names);
  if (format === 'csv') {
    return {
      rows: sql`SELECT ${columnList(names)} FROM ${verbatimCsvReader([file], header)}`,
      key: identifier(dataset.key),
      landedKey: identifier(dataset.key),
      landed: columnList(names),
      format: csvFormat(file.name),
    };
  }
  await requireTyped(session, dataset, landed);
  return {
    rows: sql`SELECT ${columnList(names)} FROM ${relation.from}`,
    key: sql`CAST(${identifier(dataset.key)} AS VARCHAR)`,
    // `007` is the key 7 of a column of integers.
    landedKey: sql`CAST(${typedCell(dataset.key, dataset.columns[dataset.key] ?? 'string')} AS VARCHAR)`,
    landed: joinSql(
      Object.entries(dataset.columns).map(([name, type]) => typedCell(name, type)),
      ', ',
    ),
    format: sql`(FORMAT parquet)`,
  };
}

/** RFC 4180 as the gates read it: an empty field is missing. */
function csvFormat(name: string): Sql {
  const packing = packingOf(name);
  const compression = packing === undefined ? 'none' : ({ gz: 'gzip', zst: 'zstd' } as const)[packing];
  return sql`(FORMAT csv, HEADER, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '', COMPRESSION ${literal(compression)})`;
}

/** A landed cell with its declared type; an empty text is a missing value, unless text is what the column holds. */
export function typedCell(name: string, type: ColumnType): Sql {
  const cell = type === 'string' ? identifier(name) : sql`nullif(${identifier(name)}, '')`;
  return cellAs(cell, { held: 'text', type: 'VARCHAR' }, type);
}

/** Text can hold anything, and the data gate judges it; a typed column cannot. */
async function requireTyped(
  session: DuckDbSession,
  { columns }: DatasetConfig,
  landed: readonly string[],
): Promise<void> {
  for (const [name, type] of Object.entries(columns)) {
    const unreadable = sql`coalesce(${identifier(name)}, '') <> '' AND ${typedCell(name, type)} IS NULL`;
    const [first] = await session.rows<{ file: number; row: number; text: string }>(
      sql`SELECT ${FILE} AS file, ${ROW} AS "row", ${identifier(name)} AS "text" FROM ${LANDED} WHERE ${unreadable} ORDER BY 1, 2 LIMIT 1`,
    );
    if (first === undefined) continue;
    const where = `${landed[first.file - 1] ?? 'landed file'}: record ${first.row}`;
    throw new LandedDataError(`${where}: ${name} is "${first.text}", which is no ${type}`, first.file - 1);
  }
}
