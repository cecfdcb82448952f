import { BIGINT, BOOLEAN, DOUBLE, DuckDBScalarFunction, INTEGER, UBIGINT, USMALLINT, UTINYINT } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { identifier, joinSql, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from './session';

/** Types of values that are handed over. */
const TYPES = { BIGINT, UBIGINT, DOUBLE, UTINYINT, USMALLINT, INTEGER } as const;
const BYTES = 8;

export type FedType = keyof typeof TYPES;

/** Takes a block of DuckDB's own memory, good for the length of the call: a vector a column. False ends the scan. */
export type TakeBlock = (block: duckdb.DataChunk, rows: number) => boolean;

let made = 0;

/**
 * Hands the values of a column over in blocks, as `feedBlocks` does.
 *
 * @param select one column, of the type, without NULL
 * @param take gets 8 bytes a value
 * @returns whether every value was taken
 */
export const feed = (
  session: DuckDbSession,
  select: Sql,
  type: 'BIGINT' | 'UBIGINT',
  take: (bytes: Uint8Array) => boolean,
): Promise<boolean> =>
  feedBlocks(session, select, [type], (block, rows) =>
    take(duckdb.vector_get_data(duckdb.data_chunk_get_vector(block, 0), rows * BYTES)),
  );

/**
 * Hands rows over in blocks, in no order, while DuckDB's threads scan on: a function of ours stands in the statement. Costs two
 * thirds of what fetching the blocks of an answer does. Await it before the session is closed: its threads wait for this one.
 *
 * @param select columns of these types
 * @returns whether every row was taken
 */
export async function feedBlocks(
  session: DuckDbSession,
  select: Sql,
  types: readonly FedType[],
  take: TakeBlock,
): Promise<boolean> {
  made += 1;
  const name = `assay_take_${made}`;
  let [taken, open] = [0, true];
  await session.register(
    functionOf(name, types, (block, rows) => {
      open &&= take(block, rows);
      if (!open) throw new Error('enough');
      taken += rows;
    }),
  );
  const columns = joinSql(
    types.map((_, index) => identifier(`c${index}`)),
    ', ',
  );
  try {
    const [row] = await session.rowsBeside<{ called: number; rows: number }>(
      sql`SELECT count(${identifier(name)}(${columns})) AS called, count(*) AS "rows" FROM (${select}) AS given(${columns})`,
    );
    return row?.rows === taken;
  } catch (error) {
    if (!open) return false;
    throw error;
  }
}

function functionOf(
  name: string,
  types: readonly FedType[],
  take: (block: duckdb.DataChunk, rows: number) => void,
): DuckDBScalarFunction {
  const made = new DuckDBScalarFunction();
  made.setName(name);
  for (const type of types) made.addParameter(TYPES[type]);
  made.setReturnType(BOOLEAN);
  // Otherwise DuckDB calls it once for values that it knows to be equal.
  made.setVolatile();
  // Otherwise it may leave out blocks with NULL.
  made.setSpecialHandling();
  // Not `setMainFunction`, which maps a block for the answers too: what they are is never looked at.
  duckdb.scalar_function_set_function(made.scalar_function, (_info, block) => {
    take(block, duckdb.data_chunk_get_size(block));
  });
  return made;
}
