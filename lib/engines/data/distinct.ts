import type { Filter, RepeatFault } from '../../core/data/plan';
import { type TableSql, whereOf } from '../../core/data/sql';
import { KeyCheck, type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import { identifier, joinSql, type Sql, sql } from '../../core/sql/sql';
import { feed } from '../duckdb/feed';
import type { DuckDbSession } from '../duckdb/session';

/** Types whose every value is a 64-bit integer. */
const WHOLE = /^(BIGINT|U?INTEGER|U?(SMALL|TINY)INT)$/;

/** Share of the session's memory that a proof may take; DuckDB has the rest meanwhile. */
export const SHARE = 0.5;
const BYTES = 8;

/** Rows that are looked at by themselves: where they repeat a value, no proof is begun. */
const LOOK = 2_048;

/**
 * Proves that no row repeats the values of another: whole numbers are compared themselves, all else by hashes of 64 bits, which
 * differ only where values do. Blocks of the scan go straight into compiled code, beside whatever else the session does.
 *
 * @param span of a column of whole numbers, and the number of rows that there are at most
 * @param stored SQL type of a single column
 * @param signal ends it; it is then not proved
 * @returns false when some are equal, or it cannot be told, for want of memory or because two hashes meet
 */
export async function provesDistinct(
  session: DuckDbSession,
  table: TableSql,
  { columns, among }: RepeatFault,
  where: Filter | undefined,
  { stored, ...span }: KeySpan & { readonly stored?: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const [column = '', ...others] = columns;
  const present = sql`(${identifier(column)} IS NOT NULL)`;
  // Elsewhere a missing value is one of its own, which a hash has, and a number has not.
  const whole = others.length === 0 && WHOLE.test(stored ?? '') && among.text === present.text;
  const value = whole ? sql`CAST(${identifier(column)} AS BIGINT)` : hashOf(columns);
  const keys = whole ? span : { rows: span.rows };
  const bytes = keyCheckBytes(keys);
  if (bytes > SHARE * session.memoryLimit || signal?.aborted === true) return false;
  const values = sql`SELECT ${value} FROM ${table.from}${whereOf(among, where?.sql)}`;
  const proved = await session.lend(bytes, async () => {
    const check = new KeyCheck(keys);
    let first = true;
    const take = (block: Uint8Array): boolean => {
      const plausible = !first || firstDiffer(block);
      first = false;
      return plausible && signal?.aborted !== true && check.add(block);
    };
    return (await feed(session, values, whole ? 'BIGINT' : 'UBIGINT', take)) && check.allDiffer();
  });
  return proved ?? false;
}

const hashOf = (columns: readonly string[]): Sql =>
  sql`CAST(hash(${joinSql(columns.map(identifier), ', ')}) AS UBIGINT)`;

/** Whether the first of these keys, of 8 bytes each, differ. */
export function firstDiffer(block: Uint8Array): boolean {
  const keys = new BigInt64Array(block.buffer, block.byteOffset, Math.min(LOOK, block.length / BYTES));
  return new Set(keys).size === keys.length;
}
