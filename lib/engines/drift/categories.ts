import type { CategoricalColumn } from '../../core/drift/column';
import { literal, sql } from '../../core/sql/sql';
import type { ColumnSide } from './side';

/** Categories that a column may have; with more, it holds names or keys, not categories. */
export const MOST_CATEGORIES = 10_000;

/** Rows by category, the most frequent first; `undefined` when there are too many. */
export type CategoryCounts = ReadonlyMap<string, number>;

export async function countCategories({
  session,
  from,
  column,
  filter,
}: ColumnSide): Promise<CategoryCounts | undefined> {
  const rows = await session.rows<{ name: string; n: number }>(
    sql`SELECT CAST(${column} AS VARCHAR) AS name, CAST(count(*) AS DOUBLE) AS n FROM ${from} WHERE ${filter}
      GROUP BY ${column} LIMIT ${literal(MOST_CATEGORIES + 1)}`,
  );
  if (rows.length > MOST_CATEGORIES) return undefined;
  const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...rows].sort((a, b) => b.n - a.n || byName(a.name, b.name));
  return new Map(sorted.map(({ name, n }) => [name, n]));
}

const EXAMPLES = 5;

/** The categories of both samples, in the reference's order. */
export function matchCategories(
  reference: CategoryCounts,
  current: CategoryCounts,
): Pick<CategoricalColumn, 'categories' | 'unseen'> {
  const unseen = [...current].filter(([name]) => !reference.has(name));
  return {
    categories: [...reference].map(([name, rows]) => ({ name, reference: rows, current: current.get(name) ?? 0 })),
    unseen: {
      rows: unseen.reduce((sum, [, rows]) => sum + rows, 0),
      counts: unseen.map(([, rows]) => rows),
      examples: unseen.slice(0, EXAMPLES).map(([name]) => name),
    },
  };
}
