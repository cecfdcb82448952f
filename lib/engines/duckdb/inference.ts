import type { Column, ColumnType } from '../../core/data/table';
import { cellAs } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { csvStartReader } from './readers';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';

/** Rows from which the types of undeclared CSV columns are inferred. */
export const SAMPLE_ROWS = 204_800;
/** Rows that are enough to rule most types out, at a hundredth of the price. */
const FIRST_ROWS = 2_048;

/** The narrowest type comes first: `1` and `0` are integers, `true` is a boolean. */
const CANDIDATES = ['integer', 'number', 'boolean', 'date', 'timestamp'] as const satisfies readonly ColumnType[];

/** Types by column, the preferred one first. */
type Candidates = ReadonlyMap<string, readonly ColumnType[]>;

/**
 * Types of all columns of CSV files: the declared ones, else the first of CANDIDATES that every cell of the first
 * SAMPLE_ROWS rows can be read as; text where there is none, or no cell.
 */
export async function inferred(
  session: DuckDbSession,
  files: readonly TableFile[],
  header: readonly string[],
  declared: readonly Column[],
): Promise<readonly Column[]> {
  const types = new Map(declared.map(({ name, type }) => [name, type]));
  const open = header.filter((name) => !types.has(name));
  const from = csvStartReader(files, header);
  const among = (asked: Candidates, rows: number) =>
    fitting(session, sql`(SELECT * FROM ${from} LIMIT ${literal(rows)})`, asked);
  const first = await among(new Map(open.map((name) => [name, CANDIDATES])), FIRST_ROWS);
  const fits = first.rows < FIRST_ROWS ? first.fits : await confirmed(first.fits, (asked) => among(asked, SAMPLE_ROWS));
  for (const name of open) {
    const fit = fits.get(name);
    types.set(name, fit?.seen === true ? (fit.types[0] ?? 'string') : 'string');
  }
  return header.map((name) => ({ name, type: types.get(name) ?? 'string' }));
}

/** What all cells of a column fit, of the types asked; all of them where there is no cell. */
interface Fit {
  readonly types: readonly ColumnType[];
  readonly seen: boolean;
}

interface Fits {
  /** Number of rows that were looked at. */
  readonly rows: number;
  readonly fits: ReadonlyMap<string, Fit>;
}

/**
 * What fits more rows too. To try a pattern costs more than to read the cell: of the types that are left the preferred
 * one nearly always holds, and only where it does not the others are tried.
 */
async function confirmed(
  first: Fits['fits'],
  among: (asked: Candidates) => Promise<Fits>,
): Promise<ReadonlyMap<string, Fit>> {
  const asked = new Map([...first].map(([name, { types, seen }]) => [name, seen ? types.slice(0, 1) : types]));
  const { fits } = await among(some(asked));
  const refuted = [...fits].flatMap(([name, { types }]) => (types.length === 0 ? [name] : []));
  const rest = new Map(refuted.map((name) => [name, (first.get(name)?.types ?? []).slice(asked.get(name)?.length)]));
  return new Map([...first, ...fits, ...(await among(some(rest))).fits]);
}

const some = (asked: Candidates): Candidates => new Map([...asked].filter(([, types]) => types.length > 0));

async function fitting(session: DuckDbSession, sample: Sql, asked: Candidates): Promise<Fits> {
  let [rows, fits] = [0, new Map<string, Fit>()];
  for (const part of parts(asked)) {
    const found = await fittingTogether(session, sample, part);
    rows = found.rows;
    fits = new Map([...fits, ...found.fits]);
  }
  return { rows, fits };
}

/** Tests of one statement: what DuckDB needs to plan them grows with the square of their number. */
const TOGETHER = 120;

function parts(asked: Candidates): readonly Candidates[] {
  const made: Map<string, readonly ColumnType[]>[] = [];
  let tests = TOGETHER;
  for (const [name, types] of asked) {
    if (tests + types.length > TOGETHER) {
      made.push(new Map());
      tests = 0;
    }
    made.at(-1)?.set(name, types);
    tests += types.length;
  }
  return made;
}

async function fittingTogether(session: DuckDbSession, sample: Sql, asked: Candidates): Promise<Fits> {
  const columns = [...asked];
  const tests = columns.flatMap(([name, types], i) => [
    sql`count(${identifier(name)}) AS ${identifier(`n${i}`)}`,
    ...types.map((type) => sql`${fitsAll(identifier(name), type)} AS ${identifier(`${type}${i}`)}`),
  ]);
  const [row = {}] = await session.rows(sql`SELECT count(*) AS "rows", ${joinSql(tests, ', ')} FROM ${sample}`);
  const fits = columns.map(([name, types], i): [string, Fit] => [
    name,
    { types: types.filter((type) => row[`${type}${i}`] !== false), seen: row[`n${i}`] !== 0 },
  ]);
  return { rows: Number(row.rows), fits: new Map(fits) };
}

function fitsAll(cell: Sql, type: ColumnType): Sql {
  const value = cellAs(cell, { held: 'text', type: 'VARCHAR' }, type);
  // As doubles, long whole numbers would run together: they are names of things, and stay text.
  const exact =
    type === 'number'
      ? sql` AND (abs(${value}) <= ${literal(Number.MAX_SAFE_INTEGER)} OR regexp_matches(${cell}, '[.eE]'))`
      : sql``;
  return sql`bool_and((${value}) IS NOT NULL${exact}) FILTER (${cell} IS NOT NULL)`;
}
