import type { Column } from '../../core/data/table';
import { cellAs } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { TableError } from '../table-error';
import { placesOf } from './places';
import { csvReader } from './readers';
import type { Relation } from './relation';
import type { DuckDbSession, Explain } from './session';
import type { TableFile } from './table';

const MARK = 'no integer in ';
const LARGEST = literal(Number.MAX_SAFE_INTEGER);

/**
 * CSV cells of the declared types. DuckDB's reader rounds `1.5` to 2 in a column of integers: these are read as doubles,
 * and one with a fraction, or beyond ±(2⁵³ − 1), ends the scan.
 */
export function typedCsvReader(files: readonly TableFile[], header: readonly string[], types: readonly Column[]): Sql {
  const whole = types.filter(({ name, type }) => type === 'integer' && header.includes(name));
  if (whole.length === 0) return csvReader(files, header, types);
  const read = types.map((column): Column => (whole.includes(column) ? { ...column, type: 'number' } : column));
  const cells = whole.map(({ name }) => sql`${wholeNumber(name)} AS ${identifier(name)}`);
  return sql`(SELECT * REPLACE (${joinSql(cells, ', ')}) FROM ${csvReader(files, header, read)})`;
}

function wholeNumber(name: string): Sql {
  const value = identifier(name);
  const is = sql`${value} = trunc(${value}) AND ${value} BETWEEN -${LARGEST} AND ${LARGEST}`;
  return sql`CASE WHEN ${is} THEN CAST(${value} AS BIGINT) WHEN ${value} IS NOT NULL THEN error(${literal(MARK + name)}) END`;
}

/** Names the first cell at which the reader above stopped: the text is read once more to find it. */
export function explainWhole(
  session: DuckDbSession,
  { names, files, format }: Pick<Relation, 'names' | 'files' | 'format'>,
  header: () => readonly string[],
): Explain {
  return async ({ message }) => {
    const name = header().find((column) => message.endsWith(MARK + column));
    if (name === undefined) return undefined;
    const cell = identifier(name);
    const table = files.map((path, i) => ({ path, name: names[i] ?? path }));
    const cells = sql`SELECT row_number() OVER () - 1 AS place, ${cell} FROM ${csvReader(table, header())}`;
    const broken = sql`${cell} IS NOT NULL AND ${cellAs(cell, { held: 'text', type: 'VARCHAR' }, 'integer')} IS NULL`;
    const [first] = await session.rows<{ place: number; text: string }>(
      sql`SELECT place, ${cell} AS "text" FROM (${cells}) WHERE ${broken} ORDER BY place LIMIT 1`,
    );
    if (first === undefined) return undefined;
    const at = (await placesOf(session, { format, files, names }, [first.place])).get(first.place);
    const where = at === undefined ? (names[0] ?? '') : `${at.file}:${at.line}`;
    return new TableError(
      `${where}: ${name} is "${first.text}", which is no integer, the column's type (declared, or inferred from its first rows)`,
    );
  };
}
