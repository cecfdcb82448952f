import { BIGINT, BOOLEAN, DuckDBScalarFunction, UBIGINT } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from './session';

/** Types of values that are handed over; 8 bytes each. */
const TYPES = { BIGINT, UBIGINT } as const;
export type FeedType = keyof typeof TYPES;
const BYTES = 8;

/** Gets 8 bytes a value, good for the length of the call; false ends the scan. */
export type Take = (bytes: Uint8Array) => boolean;

/** A function of ours that stands in a statement. */
export interface Feed {
  /** @param value of the type, without NULL */
  readonly call: (value: Sql) => Sql;
  /** Number of values that were handed over. */
  readonly taken: number;
  /** Whether it ended the scan, whose statement then throws. */
  readonly ended: boolean;
}

let made = 0;

/**
 * Hands values over in blocks of DuckDB's own memory, in no order, while its threads scan on. Costs two thirds of what fetching
 * the blocks of an answer does.
 */
export async function openFeed(session: DuckDbSession, type: FeedType, take: Take): Promise<Feed> {
  made += 1;
  const name = `assay_take_${made}`;
  let [taken, ended] = [0, false];
  await session.register(
    functionOf(name, type, (bytes) => {
      ended ||= !take(bytes);
      if (ended) throw new Error('enough');
      taken += bytes.length / BYTES;
    }),
  );
  return {
    call: (value) => sql`${identifier(name)}(${value})`,
    get taken() {
      return taken;
    },
    get ended() {
      return ended;
    },
  };
}

/**
 * Hands all values of a column over.
 *
 * @param select one column, of the type, without NULL
 * @returns whether every value was taken
 */
export async function feed(session: DuckDbSession, select: Sql, type: FeedType, take: Take): Promise<boolean> {
  const to = await openFeed(session, type, take);
  const call = to.call(sql`"value"`);
  try {
    const [row] = await session.rowsBeside<{ called: number; rows: number }>(
      sql`SELECT count(${call}) AS called, count(*) AS "rows" FROM (${select}) AS given("value")`,
    );
    return row?.rows === to.taken;
  } catch (error) {
    if (to.ended) return false;
    throw error;
  }
}

function functionOf(name: string, type: FeedType, take: (bytes: Uint8Array) => void): DuckDBScalarFunction {
  const made = new DuckDBScalarFunction();
  made.setName(name);
  made.addParameter(TYPES[type]);
  made.setReturnType(BOOLEAN);
  // Otherwise DuckDB calls it once for values that it knows to be equal.
  made.setVolatile();
  // Not `setMainFunction`, which maps a block for the answers too: what they are is never looked at.
  duckdb.scalar_function_set_function(made.scalar_function, (_info, chunk) => {
    const bytes = duckdb.data_chunk_get_size(chunk) * BYTES;
    take(duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, 0), bytes));
  });
  return made;
}
