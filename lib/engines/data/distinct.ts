import type { Filter, RepeatFault } from '../../core/data/plan';
import { type TableSql, whereOf } from '../../core/data/sql';
import { KeyCheck, type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import { identifier, joinSql, type Sql, sql } from '../../core/sql/sql';
import { type FeedType, feed } from '../duckdb/feed';
import type { DuckDbSession } from '../duckdb/session';

/** Types whose every value is a 64-bit integer. */
const WHOLE = /^(BIGINT|U?INTEGER|U?(SMALL|TINY)INT)$/;

/** Share of the session's memory that proofs may take; DuckDB has the rest meanwhile. */
const SHARE = 0.5;
const BYTES = 8;

/** Rows that are looked at by themselves: where they repeat a value, no proof is begun. */
const LOOK = 2_048;

/** What stands for a row in a proof: equal where its values are. */
export interface RowKey {
  readonly value: Sql;
  readonly type: FeedType;
}

/** Whole numbers stand for themselves, all else is hashed to 64 bits. @param stored SQL type of a single column */
export function rowKey({ columns, among }: RepeatFault, stored = ''): RowKey {
  const [column = '', ...others] = columns;
  const present = sql`(${identifier(column)} IS NOT NULL)`;
  // Elsewhere a missing value is one of its own, which a hash has, and a number has not.
  return others.length === 0 && WHOLE.test(stored) && among.text === present.text
    ? { value: sql`CAST(${identifier(column)} AS BIGINT)`, type: 'BIGINT' }
    : { value: sql`CAST(hash(${joinSql(columns.map(identifier), ', ')}) AS UBIGINT)`, type: 'UBIGINT' };
}

export const hasRoom = (session: DuckDbSession, bytes: number): boolean => bytes <= SHARE * session.memoryLimit;

/** Takes the keys of rows, until it is plain that some are equal; then says whether all differ for certain. */
export class Distinct {
  private readonly check: KeyCheck;
  private first = true;

  constructor(
    span: KeySpan,
    private readonly signal?: AbortSignal,
  ) {
    this.check = new KeyCheck(span);
  }

  readonly take = (block: Uint8Array): boolean => {
    const plausible = !this.first || differ(block);
    this.first = false;
    return plausible && this.signal?.aborted !== true && this.check.add(block);
  };

  allDiffer(): boolean {
    return this.check.allDiffer();
  }
}

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
  fault: RepeatFault,
  where: Filter | undefined,
  { stored, ...span }: KeySpan & { readonly stored?: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const { value, type } = rowKey(fault, stored);
  const keys = type === 'BIGINT' ? span : { rows: span.rows };
  const bytes = keyCheckBytes(keys);
  if (!hasRoom(session, bytes) || signal?.aborted === true) return false;
  const values = sql`SELECT ${value} FROM ${table.from}${whereOf(fault.among, where?.sql)}`;
  const proved = await session.lend(bytes, async () => {
    const rows = new Distinct(keys, signal);
    return (await feed(session, values, type, rows.take)) && rows.allDiffer();
  });
  return proved ?? false;
}

function differ(block: Uint8Array): boolean {
  const keys = new BigInt64Array(block.buffer, block.byteOffset, Math.min(LOOK, block.length / BYTES));
  return new Set(keys).size === keys.length;
}
