import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { type Column, type ColumnType, hasType, parseText, type Value } from '../core/data/table';
import { TableError } from './table-error';

export { TableError } from './table-error';

export interface Row {
  /** Line of the file at which the record starts, 1-based. */
  readonly line: number;
  /** By column. A cell that cannot be read as its declared type keeps its text, and its column is in `unreadable`. */
  readonly values: Readonly<Record<string, Value>>;
  readonly unreadable: readonly string[];
}

export interface Table {
  /** Columns that the file has, in order. */
  readonly header: readonly string[];
  /** Can be read once. Iteration throws TableError at a damaged record. */
  readonly rows: AsyncIterable<Row>;
}

/**
 * Opens a CSV (`.csv`; RFC 4180, header required, an empty field is null) or JSON Lines (`.jsonl`, `.ndjson`) table.
 * Values become what `columns` declares; columns not listed there stay text (CSV) or as they are (JSON).
 *
 * @param name file name, named in errors
 * @param plainName chooses the format, where `stream` was unpacked
 */
export async function openTable(
  name: string,
  stream: Readable,
  columns: readonly Column[],
  plainName = name,
): Promise<Table> {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const records = recordsOf(name, plainName, stream, types);
  const first = await records.next();
  if (first.done === true) throw new TableError(`${name}: is empty: a header and rows are needed`);
  const { header } = first.value;
  const rows = async function* (): AsyncGenerator<Row> {
    if (first.value.row !== undefined) yield first.value.row;
    for await (const record of records) if (record.row !== undefined) yield record.row;
  };
  return { header, rows: rows() };
}

interface TableRecord {
  readonly header: readonly string[];
  readonly row?: Row;
}

type Types = ReadonlyMap<string, ColumnType>;

function recordsOf(name: string, plainName: string, stream: Readable, types: Types): AsyncGenerator<TableRecord> {
  const extension = extname(plainName).toLowerCase();
  if (extension === '.csv') return csvRecords(name, stream, types);
  if (extension === '.jsonl' || extension === '.ndjson') return jsonRecords(name, stream, types);
  throw new TableError(`${name}: tables are .csv, .jsonl or .ndjson files, found "${extension}"`);
}

async function* csvRecords(name: string, stream: Readable, types: Types): AsyncGenerator<TableRecord> {
  const parser = stream.pipe(parse({ bom: true, relax_column_count: true, info: true, skip_empty_lines: true }));
  // pipe() does not forward errors: without this a read error would end the table early and silently.
  stream.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  // `info.lines` counts lines read when the record ended; the record starts one line after the previous one's end.
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const start = line + 1;
      line = info.lines;
      if (header === undefined) {
        header = checkedHeader(name, record);
        yield { header };
      } else {
        if (record.length !== header.length) {
          throw new TableError(
            `${name}:${start}: has ${record.length} fields, the header has ${header.length} (${header.join(', ')})`,
          );
        }
        yield { header, row: csvRow(start, header, record, types) };
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw new TableError(`${name}: is no valid CSV: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function checkedHeader(name: string, header: readonly string[]): readonly string[] {
  const twice = header.find((column, index) => header.indexOf(column) !== index);
  if (twice !== undefined) throw new TableError(`${name}:1: the header names the column "${twice}" twice`);
  if (header.includes('')) throw new TableError(`${name}:1: the header has a column without a name`);
  return header;
}

function csvRow(line: number, header: readonly string[], record: readonly string[], types: Types): Row {
  const values: Record<string, Value> = {};
  const unreadable: string[] = [];
  for (const [index, column] of header.entries()) {
    const text = record[index] ?? '';
    const value = text === '' ? null : parseText(text, types.get(column) ?? 'string');
    if (value === undefined) unreadable.push(column);
    values[column] = value === undefined ? text : value;
  }
  return { line, values, unreadable };
}

async function* jsonRecords(name: string, stream: Readable, types: Types): AsyncGenerator<TableRecord> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let failed: Error | undefined;
  stream.on('error', (error) => {
    failed = error;
    lines.close();
  });
  let header: readonly string[] | undefined;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const object = parseObject(`${name}:${line}`, text);
    header ??= Object.keys(object);
    yield { header, row: jsonRow(`${name}:${line}`, line, header, object, types) };
  }
  if (failed !== undefined) throw failed;
}

function parseObject(where: string, text: string): Record<string, unknown> {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    throw new TableError(`${where}: is no JSON: ${text.slice(0, 60)}`, { cause: error });
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw new TableError(`${where}: every line is one JSON object, found ${text.slice(0, 60)}`);
  }
  return object as Record<string, unknown>;
}

function jsonRow(
  where: string,
  line: number,
  header: readonly string[],
  object: Record<string, unknown>,
  types: Types,
): Row {
  const stray = Object.keys(object).find((column) => !header.includes(column));
  if (stray !== undefined) {
    throw new TableError(`${where}: has the field "${stray}", which the first line lacks (${header.join(', ')})`);
  }
  const values: Record<string, Value> = {};
  const unreadable: string[] = [];
  for (const column of header) {
    const value = object[column] ?? null;
    const type = types.get(column);
    if (typeof value === 'object' && value !== null) {
      values[column] = JSON.stringify(value);
      unreadable.push(column);
    } else {
      values[column] = value as Value;
      if (value !== null && type !== undefined && !hasType(value as string | number | boolean, type)) {
        unreadable.push(column);
      }
    }
  }
  return { line, values, unreadable };
}
