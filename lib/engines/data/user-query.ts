import type { Query, QueryRows } from '../../core/data/plan';
import type { TableSql } from '../../core/data/sql';
import type { Value } from '../../core/data/table';
import { identifier, literal, sql, userSql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { cellOf } from './decide';

/** Functions that make rows from their arguments alone. */
const HARMLESS = new Set([
  'range',
  'generate_series',
  'unnest',
  'generate_subscripts',
  'repeat',
  'json_each',
  'json_tree',
]);

let batches = 0;

/**
 * Runs a person's query over the table. It is parsed first: one SELECT, which reads `{batch}`, what it defines itself
 * and nothing else, no file in particular.
 *
 * @throws Error that names what the query may not do
 */
export async function runQuery(session: DuckDbSession, table: TableSql, { text, limit }: Query): Promise<QueryRows> {
  batches += 1;
  const name = `batch_${batches}`;
  const statement = text.replaceAll('{batch}', identifier(name).text).replace(/;\s*$/, '');
  await refuseOthers(session, statement, name);
  await session.rows(sql`CREATE TEMP VIEW ${identifier(name)} AS SELECT * FROM ${table.from}`);
  const [{ found } = { found: 0 }] = await session.rows<{ found: number }>(
    sql`SELECT count(*) AS found FROM ${userSql(statement)} AS answer`,
  );
  const rows = await session.rows(sql`SELECT * FROM ${userSql(statement)} AS answer LIMIT ${literal(limit)}`);
  return {
    count: found,
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]): [string, Value] => [column, cellOf(value)])),
    ),
  };
}

/**
 * What `runQuery` refuses, for an engine that cannot take a query apart itself.
 *
 * @throws Error that names what the query may not do
 */
export async function checkQuery(session: DuckDbSession, text: string): Promise<void> {
  const name = 'batch_of_another_engine';
  await refuseOthers(session, text.replaceAll('{batch}', identifier(name).text).replace(/;\s*$/, ''), name);
}

interface Serialized {
  readonly error?: boolean;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

async function refuseOthers(session: DuckDbSession, statement: string, batch: string): Promise<void> {
  const [row] = await session.rows<{ tree: string }>(
    sql`SELECT json_serialize_sql(${literal(statement)})::VARCHAR AS tree`,
  );
  const tree = JSON.parse(row?.tree ?? '{}') as Serialized;
  if (tree.error === true)
    throw new Error(`unexpected_rows_query cannot be read: ${tree.error_message ?? 'no SELECT statement'}`);
  if (tree.statements?.length !== 1) throw new Error('unexpected_rows_query is one SELECT statement');
  const known = new Set([batch, ...commonTables(tree)]);
  for (const node of nodes(tree)) {
    if (
      node.type === 'BASE_TABLE' &&
      (!known.has(String(node.table_name)) || node.schema_name !== '' || node.catalog_name !== '')
    ) {
      throw new Error(`unexpected_rows_query reads {batch} alone; it names ${String(node.table_name)}`);
    }
    if (node.type === 'TABLE_FUNCTION') {
      const called = String((node.function as { function_name?: unknown } | undefined)?.function_name);
      if (!HARMLESS.has(called)) throw new Error(`unexpected_rows_query reads {batch} alone; it calls ${called}()`);
    }
  }
}

type Node = Readonly<Record<string, unknown>>;

function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const child of Object.values(value)) yield* nodes(child);
}

/** Names that the query gives to its own parts (WITH). */
function commonTables(tree: unknown): readonly string[] {
  return [...nodes(tree)].flatMap(({ cte_map: map }) => {
    const entries = (map as { readonly map?: readonly { readonly key?: unknown }[] } | undefined)?.map ?? [];
    return entries.map(({ key }) => String(key));
  });
}
