import { BIGINT, BOOLEAN, DuckDBScalarFunction, UBIGINT } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from './session';

/** Types of values that are handed over; 8 bytes each. */
const TYPES = { BIGINT, UBIGINT } as const;
const BYTES = 8;

let made = 0;

/**
 * Hands the values of a column over in blocks of DuckDB's own memory, in no order, while its threads scan on: a function of ours
 * stands in the statement. Costs two thirds of what fetching the blocks of an answer does.
 *
 * @param select one column, of the type, without NULL
 * @param take gets 8 bytes a value, good for the length of the call; false ends the scan
 * @returns whether every value was taken
 */
export async function feed(
  session: DuckDbSession,
  select: Sql,
  type: keyof typeof TYPES,
  take: (bytes: Uint8Array) => boolean,
): Promise<boolean> {
  made += 1;
  const name = `assay_take_${made}`;
  let [taken, open] = [0, true];
  await session.register(
    functionOf(name, type, (bytes) => {
      open &&= take(bytes);
      if (!open) throw new Error('enough');
      taken += bytes.length / BYTES;
    }),
  );
  const call = sql`${identifier(name)}("value")`;
  try {
    const [row] = await session.rowsBeside<{ called: number; rows: number }>(
      sql`SELECT count(${call}) AS called, count(*) AS "rows" FROM (${select}) AS given("value")`,
    );
    return row?.rows === taken;
  } catch (error) {
    if (!open) return false;
    throw error;
  }
}

function functionOf(name: string, type: keyof typeof TYPES, take: (bytes: Uint8Array) => void): DuckDBScalarFunction {
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
