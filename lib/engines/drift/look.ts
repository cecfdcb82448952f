import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { parquetReader } from '../duckdb/readers';
import type { DuckDbSession } from '../duckdb/session';
import { readNumbers } from './read';
import { type ColumnSide, numberOf, type Sample } from './side';

/** Numbers of samples so small that all of them are read at once: a statement for each column would cost more. */
const ALL_NUMBERS = 200_000;
/** Samples up to this size are counted value by value, without a look at some rows. */
const SMALL = 200_000;
/** Places that are looked at, spread over the sample: in a sorted file, no single one tells of the others. */
const PLACES = 5;
/** Rows at each: a block of DuckDB. */
const ROWS = 2048;

/** Looks at the columns of numbers before they are counted: all rows of a small sample, some rows of a large one. */
export async function lookAt(
  session: DuckDbSession,
  sample: Sample,
  sides: ReadonlyMap<string, ColumnSide>,
): Promise<ReadonlyMap<string, ColumnSide>> {
  const numeric = [...sides].filter(([, { kind }]) => kind.kind === 'numeric');
  const rows = numeric[0]?.[1].profile.rows ?? 0;
  const all = rows * numeric.length <= ALL_NUMBERS;
  if (rows === 0 || (!all && rows <= SMALL)) return sides;
  const columns = numeric.map(([, side]) => numberOf(side));
  const numbers = await readNumbers(session, columns, sql`FROM ${all ? sample.from : somePlaces(sample, rows)}`);
  const looked = numeric.map(([name, side], i) => {
    return [name, { ...side, seen: { numbers: numbers[i] ?? new Float64Array(0), all } }] as const;
  });
  return new Map([...sides, ...looked]);
}

/** As if files had equally many rows: where one is shorter, a place has fewer rows or none. */
function somePlaces({ relation, from }: Sample, rows: number): Sql {
  const { format, files, names, columns } = relation;
  const number = format === 'parquet' ? 'file_row_number' : 'rowid';
  // A column of that name hides the number of the row.
  if (columns.some(({ name }) => name.toLowerCase() === number)) {
    return sql`(SELECT * FROM ${from} LIMIT ${literal(PLACES * ROWS)})`;
  }
  const parts =
    format === 'parquet' ? files.map((path, i) => parquetReader([{ path, name: names[i] ?? path }])) : [from];
  const rowsOfPart = Math.ceil(rows / parts.length);
  const places = Array.from({ length: PLACES }, (_, i) => {
    const place = Math.floor((i / (PLACES - 1)) * Math.max(0, rows - ROWS));
    const start = place % rowsOfPart;
    const within = sql`${identifier(number)} BETWEEN ${literal(start)} AND ${literal(start + ROWS - 1)}`;
    return sql`SELECT * FROM ${parts[Math.floor(place / rowsOfPart)] ?? from} WHERE ${within}`;
  });
  return sql`(${joinSql(places, ' UNION ALL ')})`;
}
