import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Column } from '../core/data/table';
import { formatOf } from './formats';
import { checkPacked, packingOf } from './packed';
import { openTable, type Row, type Table } from './rows';

/** A file of one table, as rows. */
export interface TableFileSource {
  readonly path: string;
  /** File name: chooses the format and is named in errors. */
  readonly name: string;
}

/**
 * Opens a table file of any format that gates read, packed or not, as `openTable` opens plain CSV and JSON lines. The
 * `line` of a Parquet row is its number.
 *
 * @throws TableError when it is none; iteration throws it at a damaged record
 */
export async function openTableFile({ path, name }: TableFileSource, columns: readonly Column[]): Promise<Table> {
  if (formatOf(name) === 'parquet') return openParquet({ path, name }, columns);
  const packing = packingOf(name);
  const plain = name.replace(/\.(gz|zst)$/i, '');
  if (packing === undefined) return openTable(name, createReadStream(path), columns);
  await checkPacked(path, name);
  // Only now: DuckDB unpacks what Node 20 cannot.
  const [{ DuckDbSession }, { textOf }] = await Promise.all([import('./duckdb/session'), import('./duckdb/text')]);
  const session = await DuckDbSession.open({ threads: 1 });
  const text = Readable.from(textOf(session, { path, name }));
  const table = await openTable(name, text, columns, plain).catch((error: unknown) => {
    session.close();
    throw error;
  });
  return { ...table, rows: closing(table.rows, () => session.close()) };
}

async function* closing(rows: AsyncIterable<Row>, close: () => void): AsyncGenerator<Row> {
  try {
    yield* rows;
  } finally {
    close();
  }
}

async function openParquet(source: TableFileSource, columns: readonly Column[]): Promise<Table> {
  const { openParquetRows } = await import('./duckdb/parquet-rows');
  return openParquetRows(source, columns);
}
