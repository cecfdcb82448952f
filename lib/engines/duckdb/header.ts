import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { sql } from '../../core/sql/sql';
import { TableError } from '../table-error';
import { lineReader } from './readers';
import type { DuckDbSession } from './session';

/** As far as a header is looked for; DuckDB's own limit for a line is 2 MB. */
const HEADER_BYTES = 2_000_000;

/**
 * Column names of a CSV file, in order.
 *
 * @param name of the file, for people
 * @throws TableError for an empty file, a header without end, a column without a name or named twice
 */
export async function csvHeader(session: DuckDbSession, path: string, name: string): Promise<readonly string[]> {
  const text = /\.zst$/i.test(path) ? await packedStart(session, path) : await fileStart(path, name);
  if (text.trim() === '') throw new TableError(`${name}: is empty: a header and rows are needed`);
  const header = firstRecord(text);
  if (header === undefined) throw new TableError(`${name}:1: the header has a quoted name that does not end`);
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

async function packedStart(session: DuckDbSession, path: string): Promise<string> {
  const rows = await session.rows<{ line: string | null }>(sql`SELECT line FROM ${lineReader(path)} LIMIT 100`);
  return `${rows.map(({ line }) => line ?? '').join('\n')}\n`;
}

async function fileStart(path: string, name: string): Promise<string> {
  const file = createReadStream(path, { highWaterMark: 65_536 });
  const stream: Readable = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file;
  if (stream !== file) file.on('error', (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > HEADER_BYTES || firstRecord(Buffer.concat(chunks).toString('utf8')) !== undefined) break;
    }
  } catch (error) {
    throw new TableError(`${name}: cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    file.destroy();
  }
  // A header without a line's end is a header all the same when the file ends there.
  return `${Buffer.concat(chunks).toString('utf8')}\n`;
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
