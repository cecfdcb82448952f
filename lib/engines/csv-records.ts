import { isUtf8 } from 'node:buffer';

/** One record of a CSV file as it lies there (RFC 4180). */
export interface CsvRecord {
  /** Physical line at which it starts, 1-based. */
  readonly line: number;
  /** 0 for a blank line. */
  readonly fields: number;
  /** What no reader can make sense of; absent for a sound record. */
  readonly problem?: string;
}

/** DuckDB reads no longer records. */
const LONGEST = 2_000_000;

const [LF, CR, QUOTE, COMMA] = [10, 13, 34, 44];
const LINE_ENDS = new Map([
  [LF, 'LF'],
  [CR, 'CR'],
  [CR + LF, 'CRLF'],
]);

/**
 * The records of a CSV file without their values: to find the line of a record, and what is wrong with a file that
 * cannot be read. About as fast as the file can be read.
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly CsvRecord[]> {
  const scanner = new Scanner();
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of chunks) {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (first && data.length >= 3 && data.readUIntBE(0, 3) === 0xefbbbf) data = data.subarray(3);
    first = false;
    const { records, used } = scanner.scan(data, false);
    yield records;
    rest = data.subarray(used);
    if (rest.length > LONGEST) {
      yield [{ line: scanner.line, fields: 0, problem: 'is longer than 2 MB: is a quote left open?' }];
      return;
    }
  }
  yield scanner.scan(rest, true).records;
}

class Scanner {
  line = 1;
  private lineEnd: number | undefined;

  /** Whole records of `data`; `used` bytes of it are done. */
  scan(data: Buffer, last: boolean): { readonly records: readonly CsvRecord[]; readonly used: number } {
    const records: CsvRecord[] = [];
    let start = 0;
    while (start < data.length) {
      const found = readRecord(data, start, last);
      if (found === undefined) break;
      records.push(this.record(data, start, found));
      this.line += found.lines;
      start = found.next;
    }
    return { records, used: start };
  }

  private record(data: Buffer, start: number, { end, fields, problem, lineEnd }: Found): CsvRecord {
    this.lineEnd ??= lineEnd;
    const record = { line: this.line, fields: end === start ? 0 : fields };
    if (problem !== undefined) return { ...record, problem };
    if (!isUtf8(data.subarray(start, end))) return { ...record, problem: 'is not UTF-8 text' };
    if (lineEnd !== undefined && lineEnd !== this.lineEnd) {
      const [here, before] = [LINE_ENDS.get(lineEnd), LINE_ENDS.get(this.lineEnd ?? LF)];
      return { ...record, problem: `ends with ${here}, lines before it with ${before}` };
    }
    return record;
  }
}

interface Found {
  /** Where the record ends, and where the next one begins. */
  readonly end: number;
  readonly next: number;
  readonly fields: number;
  /** Line ends in it, its own included. */
  readonly lines: number;
  /** Code of its own line end; absent at the end of the file. */
  readonly lineEnd?: number;
  readonly problem?: string;
}

/** @returns undefined where `data` ends before the record does, unless that is the end of the file */
function readRecord(data: Buffer, start: number, last: boolean): Found | undefined {
  let lines = 0;
  let problem: string | undefined;
  let at = start;
  for (let fields = 1; ; fields++) {
    const field = readField(data, at);
    lines += field.lines;
    problem ??= field.problem;
    at = field.end + 1;
    const delimiter = data[field.end];
    if (delimiter === COMMA) continue;
    // Of a CR at the very end nobody knows yet whether a LF follows.
    if (!last && (delimiter === undefined || (delimiter === CR && at === data.length))) return undefined;
    const found = { end: field.end, fields, ...(problem === undefined ? {} : { problem }) };
    if (delimiter === undefined) return { ...found, next: data.length, lines };
    const both = delimiter === CR && data[at] === LF;
    return { ...found, next: at + (both ? 1 : 0), lines: lines + 1, lineEnd: both ? CR + LF : delimiter };
  }
}

interface Field {
  /** Of its delimiter, or the end of the data. */
  readonly end: number;
  /** Line ends in it. */
  readonly lines: number;
  readonly problem?: string;
}

function readField(data: Buffer, start: number): Field {
  if (data[start] !== QUOTE) return { end: endOfPlain(data, start), lines: 0 };
  const quoted = endOfQuoted(data, start);
  if (quoted === undefined) return { end: data.length, lines: 0, problem: 'has a quote that is not closed' };
  const end = endOfPlain(data, quoted.end + 1);
  if (end === quoted.end + 1) return { end, lines: quoted.lines };
  const problem = 'has text after a closing quote; a quote inside a quoted value is written twice';
  return { end, lines: quoted.lines, problem };
}

function endOfPlain(data: Buffer, start: number): number {
  let i = start;
  for (; i < data.length; i++) {
    const byte = data[i];
    if (byte === COMMA || byte === LF || byte === CR) break;
  }
  return i;
}

/** Position of the closing quote of a value that opens at `start`. */
function endOfQuoted(data: Buffer, start: number): { readonly end: number; readonly lines: number } | undefined {
  let lines = 0;
  for (let i = start + 1; i < data.length; i++) {
    const byte = data[i];
    if (byte === LF || (byte === CR && data[i + 1] !== LF)) lines += 1;
    else if (byte === QUOTE) {
      if (data[i + 1] !== QUOTE) return { end: i, lines };
      i += 1;
    }
  }
  return undefined;
}
