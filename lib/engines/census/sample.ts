import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file, and where its records begin. */
export interface CsvFile {
  readonly path: string;
  readonly bytes: number;
  /** Bytes of the header's line. */
  readonly header: number;
}

export interface ColumnSample {
  /** Number of fields that are not empty. */
  readonly seen: number;
  readonly distinct: number;
  /** The greatest, where all are whole numbers without a sign. */
  readonly greatest?: bigint;
}

export interface CsvSample {
  /** Names of the columns, the same in all files. */
  readonly header: readonly string[];
  readonly files: readonly CsvFile[];
  /** An estimate of the number of records. */
  readonly rows: number;
  /** In the order of the header. */
  readonly columns: readonly ColumnSample[];
}

/** Places at which the files are looked at, and how much of them. */
const WINDOWS = 32;
const WINDOW_BYTES = 16 * 1024;
const LONGEST_HEADER = 64 * 1024;
/** Whole numbers that a double holds, whatever they are; see assembly/csv.ts. */
const DIGITS = /^\d{1,15}$/;

/**
 * Looks at records from everywhere in CSV files.
 *
 * @returns `undefined` for files that are not plain: other headers, quotes, carriage returns, or a record of other length were seen
 */
export function sampleCsv(paths: readonly string[]): CsvSample | undefined {
  const headed = paths.map(headOf);
  const [line] = headed.map((each) => each?.line);
  const files = headed.flatMap((each) => (each === undefined || each.line !== line ? [] : [each.file]));
  if (line === undefined || !isPlain(line) || files.length < paths.length) return undefined;
  const header = line.split(',');
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const seen = header.map(() => new Fields());
  let [records, length] = [0, 0];
  for (const file of files) {
    for (const record of linesOf(file, Math.max(1, Math.round((WINDOWS * file.bytes) / total)))) {
      const fields = record.split(',');
      if (fields.length !== header.length || !isPlain(record)) return undefined;
      for (const [index, field] of fields.entries()) seen[index]?.add(field);
      records += 1;
      length += record.length + 1;
    }
  }
  const rows = Math.ceil((total * records) / Math.max(1, length));
  return { header, files, rows, columns: seen.map((each) => each.sample()) };
}

const isPlain = (line: string): boolean => !/["\r]/.test(line);

/** The file and its first line, if that is not too long. */
function headOf(path: string): { readonly line: string; readonly file: CsvFile } | undefined {
  const { text, bytes } = read(path, 0, LONGEST_HEADER);
  const end = text.indexOf(0x0a);
  return end === -1 ? undefined : { line: text.toString('utf8', 0, end), file: { path, bytes, header: end + 1 } };
}

/** Whole lines of some windows. Of a character of several bytes each is one here: equal texts stay equal, others different. */
function* linesOf({ path, bytes, header }: CsvFile, windows: number): Generator<string> {
  const step = Math.max(WINDOW_BYTES, (bytes - header) / windows);
  // Each begins one byte earlier, so that a line which starts there is whole.
  for (let from = header - 1; from < bytes - 1; from += step) {
    const { text } = read(path, Math.floor(from), WINDOW_BYTES);
    const whole = text.toString('latin1', text.indexOf(0x0a) + 1, Math.max(0, text.lastIndexOf(0x0a)));
    if (whole !== '') yield* whole.split('\n');
  }
}

function read(path: string, from: number, length: number): { readonly text: Buffer; readonly bytes: number } {
  const file = openSync(path, 'r');
  try {
    const text = Buffer.alloc(length);
    return { text: text.subarray(0, readSync(file, text, 0, length, from)), bytes: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

class Fields {
  private readonly texts = new Set<string>();
  private seen = 0;

  add(text: string): void {
    if (text === '') return;
    this.seen += 1;
    this.texts.add(text);
  }

  sample(): ColumnSample {
    const texts = [...this.texts];
    const greatest = texts.every((text) => DIGITS.test(text))
      ? texts.reduce((most, text) => Math.max(most, Number(text)), 0)
      : undefined;
    const seen = { seen: this.seen, distinct: texts.length };
    return greatest === undefined ? seen : { ...seen, greatest: BigInt(greatest) };
  }
}
