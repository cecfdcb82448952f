import { TableError } from '../table-error';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';
import { textOf } from './text';

/** As far as a header is looked for; DuckDB's own limit for a line is 2 MB. */
const HEADER_BYTES = 2_000_000;

/**
 * Column names of a CSV file, in order.
 *
 * @throws TableError for an empty file, a header without end, a column without a name or named twice
 */
export async function csvHeader(session: DuckDbSession, file: TableFile): Promise<readonly string[]> {
  const { name } = file;
  const text = await startOf(session, file);
  if (text.trim() === '') throw new TableError(`${name}: is empty: a header and rows are needed`);
  // A header without a line's end is a header all the same when the file ends there.
  const header = firstRecord(`${text}\n`);
  if (header === undefined) throw new TableError(`${name}:1: the header has a quoted name that does not end`);
  if (header.some((column) => column.includes('\uFFFD'))) throw new TableError(`${name}:1: is not UTF-8 text`);
  checkNames(header, `${name}:1: the header`);
  return header;
}

/** @throws TableError when a name is empty, or two are equal but for capitals, which SQL does not tell apart */
export function checkNames(names: readonly string[], where: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name === '') throw new TableError(`${where} has a column without a name`);
    const other = seen.get(name.toLowerCase());
    if (other === name) throw new TableError(`${where} names the column "${name}" twice`);
    if (other !== undefined) {
      throw new TableError(`${where} names "${other}" and "${name}", which differ in capitals alone: rename one`);
    }
    seen.set(name.toLowerCase(), name);
  }
}

/** The text up to the end of the first record, or of the file. */
async function startOf(session: DuckDbSession, file: TableFile): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of textOf(session, file)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > HEADER_BYTES || firstRecord(Buffer.concat(chunks).toString('utf8')) !== undefined) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Fields of the first record (RFC 4180), undefined when the text ends before it does. */
export function firstRecord(text: string): readonly string[] | undefined {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[i++];
      else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === ',') {
      fields.push(field);
      field = '';
    } else if (character === '\n' || character === '\r') {
      return [...fields, field];
    } else field += character;
  }
  return undefined;
}
