import type { Query, QueryRows } from '../../core/data/plan';
import type { TableSql } from '../../core/data/sql';
import type { Value } from '../../core/data/table';
import { identifier, literal, sql, userSql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { type Node, parseStatements } from '../duckdb/statement';
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

/** @throws Error naming what a query reads beside `{batch}` and its own parts */
async function refuseOthers(session: DuckDbSession, statement: string, batch: string): Promise<void> {
  const statements = await parseStatements(session, statement).catch((error: Error) => {
    throw new Error(`unexpected_rows_query ${error.message}`, { cause: error });
  });
  if (statements.length !== 1) throw new Error('unexpected_rows_query is one SELECT statement');
  const [stranger] = strangers(statements, new Set([batch]));
  if (stranger !== undefined) throw new Error(`unexpected_rows_query reads {batch} alone; it ${stranger}`);
}

/**
 * Whatever a tree reads that is neither known nor made from arguments alone. The parts that a query names (WITH) are known
 * where SQL sees them: in later parts and behind; elsewhere the same name may be that of a file.
 */
function* strangers(value: unknown, known: ReadonlySet<string>): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (node.type === 'BASE_TABLE') {
    const name = String(node.table_name);
    const isKnown = known.has(name.toLowerCase()) && node.schema_name === '' && node.catalog_name === '';
    if (!isKnown) yield `names ${name}`;
  }
  if (node.type === 'TABLE_FUNCTION') {
    const called = String((node.function as Node | undefined)?.function_name);
    if (!HARMLESS.has(called)) yield `calls ${called}()`;
  }
  let inside = known;
  for (const { key, value: part } of partsOf(node)) {
    yield* strangers(part, inside);
    inside = new Set([...inside, key.toLowerCase()]);
  }
  for (const [name, child] of Object.entries(node)) {
    if (name === 'cte_map') continue;
    const repeats = node.type === 'RECURSIVE_CTE_NODE' && name === 'right';
    yield* strangers(child, repeats ? new Set([...inside, String(node.cte_name).toLowerCase()]) : inside);
  }
}

interface Part {
  readonly key: string;
  readonly value: unknown;
}

const partsOf = ({ cte_map: parts }: Node): readonly Part[] =>
  (parts as { readonly map?: readonly Part[] } | undefined)?.map ?? [];
