import { ROW, type TableSql } from '../../core/data/sql';
import type { Unreadable, Value } from '../../core/data/table';
import { identifier, joinSql, literal, sql } from '../../core/sql/sql';
import type { DuckDbSession, SqlRow } from '../duckdb/session';
import type { Base } from './base';
import type { BaseColumn } from './base-columns';

/** Counts the cells that cannot be read as declared, and finds the first of each column. */
export async function unreadableCells(
  session: DuckDbSession,
  table: TableSql,
  faulty: readonly BaseColumn[],
  linesOf: Base['linesOf'],
): Promise<readonly Unreadable[]> {
  const key = table.key === undefined ? sql`NULL` : identifier(table.key);
  const text = (i: number) => sql`"assay#broken"[${literal(i + 1)}]`;
  const parts = faulty.flatMap((_column, i) => [
    sql`count(${text(i)}) AS ${identifier(`n${i}`)}`,
    sql`arg_min({'text': ${text(i)}, 'key': ${key}}, ${ROW}) FILTER (WHERE ${text(i)} IS NOT NULL) AS ${identifier(`f${i}`)}`,
    sql`min(${ROW}) FILTER (WHERE ${text(i)} IS NOT NULL) AS ${identifier(`r${i}`)}`,
  ]);
  const [row = {} as SqlRow] = await session.rows(
    sql`SELECT ${joinSql(parts, ', ')} FROM ${table.numbered} AS rows_ WHERE "assay#broken" IS NOT NULL`,
  );
  const firsts = faulty.flatMap((_column, i) => (typeof row[`r${i}`] === 'number' ? [Number(row[`r${i}`])] : []));
  const lines = await linesOf([...new Set(firsts)]);
  return faulty.flatMap(({ name, type }, i): readonly Unreadable[] => {
    const count = Number(row[`n${i}`] ?? 0);
    if (count === 0 || type === 'other') return [];
    const first = row[`f${i}`] as { readonly text: string; readonly key: Value };
    const place = Number(row[`r${i}`]);
    return [{ column: name, type, count, first: { ...first, row: place + 1, ...lines.get(place) } }];
  });
}
