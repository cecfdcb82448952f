import { csvRecords } from '../csv-records';
import { linesOf } from './problems';
import type { Relation } from './relation';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';
import { textOf } from './text';

/** Where a row stands. */
export interface Place {
  /** Name of the file for people. */
  readonly file: string;
  /** Line at which its record starts, 1-based. */
  readonly line: number;
}

/**
 * Where rows of a CSV or JSON lines relation stand: quoted values may span lines, and blank lines are no rows. Reads the
 * files up to the last row that is asked for; other formats have no lines and give no places.
 *
 * @param rows 0-based, in the order of the files
 */
export async function placesOf(
  session: DuckDbSession,
  { format, files, names }: Pick<Relation, 'format' | 'files' | 'names'>,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Place>> {
  const wanted = rows.toSorted((a, b) => a - b);
  const places = new Map<number, Place>();
  if (format === 'parquet' || wanted.length === 0) return places;
  const linesIn = format === 'csv' ? csvLines : jsonLines;
  let [row, next] = [0, 0];
  for (const [i, path] of files.entries()) {
    const name = names[i] ?? path;
    for await (const lines of linesIn(session, { path, name })) {
      for (; (wanted[next] ?? Number.POSITIVE_INFINITY) < row + lines.length; next++) {
        const at = wanted[next] ?? 0;
        places.set(at, { file: name, line: lines[at - row] ?? 0 });
      }
      row += lines.length;
      if (next === wanted.length) return places;
    }
  }
  return places;
}

/** Lines at which the rows of a CSV file start. */
async function* csvLines(session: DuckDbSession, file: TableFile): AsyncGenerator<readonly number[]> {
  let width: number | undefined;
  for await (const records of csvRecords(textOf(session, file))) {
    // In a file of one column a blank line is a row, whose value is missing.
    let rows = records.filter(({ fields }) => fields > 0 || width === 1);
    if (width === undefined && rows.length > 0) {
      width = rows[0]?.fields;
      rows = rows.slice(1);
    }
    yield rows.map(({ line }) => line);
  }
}

async function* jsonLines(session: DuckDbSession, file: TableFile): AsyncGenerator<readonly number[]> {
  for await (const { line, text } of linesOf(session, file)) if (text.trim() !== '') yield [line];
}
