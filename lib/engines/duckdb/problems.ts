import type { Column } from '../../core/data/table';
import { SQL_TYPES } from '../../core/sql/cells';
import { csvRecords } from '../csv-records';
import type { FileFormat } from '../formats';
import { TableError } from '../table-error';
import type { DuckDbSession, Explain } from './session';
import type { TableFile } from './table';
import { textOf } from './text';

export interface ExplainedTable {
  readonly format: FileFormat;
  readonly files: readonly TableFile[];
  /** Columns of a CSV file, once they are known. */
  readonly header: () => readonly string[];
  /** Types of its columns, once they are known. */
  readonly types: () => readonly Column[];
}

/**
 * What an error of DuckDB means for the files of a table: `train.csv:17: has 3 fields, the header has 2 (id, n)`.
 * DuckDB counts records and not lines, and names neither our file names nor what is allowed; so the file is read once
 * more, up to the place.
 */
export function explainTable(session: DuckDbSession, table: ExplainedTable): Explain {
  return async ({ message }) => {
    const file = fileOf(message, table.files);
    if (file === undefined) return undefined;
    const told = await (table.format === 'csv' ? csvProblem : jsonProblem)(session, file, message, table);
    return new TableError(told ?? `${file.name}: cannot be read: ${plain(message, file)}`);
  };
}

function fileOf(message: string, files: readonly TableFile[]): TableFile | undefined {
  const path = /^ {2}file = (.+)$/m.exec(message)?.[1];
  return files.find(
    (file) => file.path === path || [`"${file.path}"`, `'${file.path}'`].some((q) => message.includes(q)),
  );
}

/** The first line of a message, without the kind of the error. */
export function plain(message: string, { path, name }: TableFile): string {
  const [line = ''] = message.split('\n');
  return line
    .replace(/^[A-Z]\w*( [A-Z]\w*)* Error: /, '')
    .replaceAll(path, name)
    .trim();
}

async function csvProblem(
  session: DuckDbSession,
  file: TableFile,
  message: string,
  table: ExplainedTable,
): Promise<string | undefined> {
  const cell = /^Error when converting column "(.+)"\. Could not convert string "([\s\S]*?)" to '(.+)'$/m.exec(message);
  if (cell !== null) {
    const ordinal = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1]);
    const line = await lineOf(session, file, ordinal);
    const where = `${file.name}:${line ?? `record ${ordinal}`}`;
    const type = table.types().find(({ name }) => name === cell[1])?.type ?? typeName(cell[3]);
    return `${where}: ${cell[1]} is "${cell[2]}", which is no ${type}, the column's type (declared, or inferred from its first rows)`;
  }
  const header = table.header();
  for await (const records of csvRecords(textOf(session, file))) {
    for (const { line, fields, problem } of records) {
      if (problem !== undefined) return `${file.name}:${line}: ${problem}`;
      if (fields !== 0 && fields !== header.length) {
        return `${file.name}:${line}: has ${fields} fields, the header has ${header.length} (${header.join(', ')})`;
      }
    }
  }
  return undefined;
}

/** Our word for a type of DuckDB. */
const typeName = (type: string | undefined): string =>
  Object.entries(SQL_TYPES).find(([, { text }]) => text === type)?.[0] ?? type ?? '';

/** @param ordinal of the record as DuckDB counts: the header is 1, blank lines count */
async function lineOf(session: DuckDbSession, file: TableFile, ordinal: number): Promise<number | undefined> {
  let seen = 0;
  for await (const records of csvRecords(textOf(session, file))) {
    const record = records[ordinal - seen - 1];
    if (record !== undefined) return record.line;
    seen += records.length;
  }
  return undefined;
}

async function jsonProblem(
  session: DuckDbSession,
  file: TableFile,
  message: string,
  { format }: ExplainedTable,
): Promise<string | undefined> {
  if (format !== 'jsonl') return undefined;
  const cast = /JSON transform error in file .*?: (Failed to cast value to .*)$/m.exec(message)?.[1];
  for await (const { line, text } of linesOf(session, file)) {
    const problem = objectProblem(text);
    if (problem !== undefined) return `${file.name}:${line}: ${problem}`;
  }
  return cast === undefined ? undefined : `${file.name}: ${cast}`;
}

/** What makes a line no JSON object; blank lines are left alone. */
export function objectProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  if (text.startsWith('\uFEFF')) return 'begins with a byte order mark, which JSON does not allow';
  if (text.includes('\uFFFD')) return 'is not UTF-8 text';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return `every line is one JSON object, found ${text.slice(0, 60)}`;
  } catch {
    return `is no JSON: ${text.slice(0, 60)}`;
  }
}

/** Lines of a text file, 1-based. */
export async function* linesOf(
  session: DuckDbSession,
  file: TableFile,
): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  let line = 0;
  for await (const chunk of textOf(session, file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { line: ++line, text: text.replace(/\r$/, '') };
  }
  if (rest !== '') yield { line: line + 1, text: rest };
}
