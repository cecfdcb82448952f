import { isNativeError } from 'node:util/types';
import { literal, sql } from '../../core/sql/sql';
import type { DuckDbSession } from './session';

/** A node of a parsed statement: objects with a `type` of DuckDB's, e.g. `SELECT_NODE`, `TABLE_FUNCTION`. */
export type Node = Readonly<Record<string, unknown>>;

interface Serialized {
  readonly error?: boolean;
  readonly error_message?: string;
  readonly statements?: readonly Node[];
}

/**
 * What DuckDB's parser reads in a text that should be SELECT statements; nothing is run.
 *
 * @throws Error with the parser's words
 */
export async function parseStatements(session: DuckDbSession, text: string): Promise<readonly Node[]> {
  const [row] = await session.rows<{ tree: string }>(sql`SELECT json_serialize_sql(${literal(text)})::VARCHAR AS tree`);
  const tree = JSON.parse(row?.tree ?? '{}') as Serialized;
  if (tree.error === true || tree.statements === undefined) {
    throw new Error(`cannot be read: ${tree.error_message ?? 'no SELECT statement'}`);
  }
  return tree.statements;
}

/** What DuckDB says of a statement, in one line and without its excerpt of the statement; it names the nearest columns. */
export function errorLine(error: unknown): string {
  // Not `instanceof`: the native files make their errors in the realm that loaded them.
  const [words = ''] = (isNativeError(error) ? error.message : String(error)).split('\n\nLINE ');
  return words
    .replace(/^(\w+ )?\w+ Error: /, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Every node below and including a value of a tree. */
export function* nodesIn(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const child of Object.values(value)) yield* nodesIn(child);
}

/**
 * Refuses what is no expression over the columns of one row: a condition stands in statements of ours, in parentheses, and
 * must neither end them nor have a query of its own, which could read any file.
 *
 * @throws Error in one line
 */
export async function checkExpression(session: DuckDbSession, text: string): Promise<void> {
  const [expression, plain] = [
    await parseStatements(session, `SELECT (${text}\n)`),
    await parseStatements(session, 'SELECT (1)'),
  ];
  const [found, ...others] = selected(expression);
  // Whatever stands beside the expression (another one, FROM, ORDER BY) is not in the statement with a plain 1.
  if (found === undefined || others.length > 0 || around(expression) !== around(plain)) {
    throw new Error('is not one expression');
  }
  for (const { class: kind } of nodesIn(found)) {
    if (kind === 'SUBQUERY') throw new Error('has a query of its own; a condition reads the columns of its row alone');
  }
}

interface Selection {
  readonly node?: { readonly select_list?: readonly unknown[] };
}

const selected = ([statement]: readonly Node[]): readonly unknown[] =>
  (statement as Selection | undefined)?.node?.select_list ?? [];

/** The statement without what it selects, and without places in the text. */
const around = (statements: readonly Node[]): string =>
  JSON.stringify(statements, (key, value) => (key === 'select_list' || key === 'query_location' ? undefined : value));
