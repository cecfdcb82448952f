import duckdb from '@duckdb/node-bindings';
import type { ValueCounts } from '../../core/drift/ladder';
import { joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** A piece of a SELECT list as a double; NULL becomes NaN. */
const asDouble = (value: Sql): Sql => sql`coalesce(CAST(${value} AS DOUBLE), ${literal(Number.NaN)})`;

/**
 * Rows of an answer of numbers, block by block and column by column: DuckDB's memory as it is, until the next block.
 *
 * @param rest from FROM on
 */
export async function* readBlocks(
  session: DuckDbSession,
  columns: readonly Sql[],
  rest: Sql,
): AsyncGenerator<readonly Float64Array[]> {
  const list = joinSql(columns.map(asDouble), ', ');
  const result = await session.stream(sql`SELECT ${list} ${rest}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    const rows = chunk?.rowCount ?? 0;
    if (chunk === null || rows === 0) return;
    yield columns.map((_, index) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      const { buffer, byteOffset } = duckdb.vector_get_data(vector, rows * Float64Array.BYTES_PER_ELEMENT);
      return new Float64Array(buffer, byteOffset, rows);
    });
  }
}

/** All rows of an answer of numbers, column by column. @param rest from FROM on */
export async function readNumbers(
  session: DuckDbSession,
  columns: readonly Sql[],
  rest: Sql,
): Promise<readonly Float64Array[]> {
  let arrays: readonly Float64Array[] = columns.map(() => new Float64Array(4096));
  let size = 0;
  for await (const block of readBlocks(session, columns, rest)) {
    const rows = block[0]?.length ?? 0;
    if (size + rows > (arrays[0]?.length ?? 0)) arrays = arrays.map((array) => grown(array, 2 * (size + rows)));
    for (const [index, array] of arrays.entries()) array.set(block[index] ?? [], size);
    size += rows;
  }
  return arrays.map((array) => array.subarray(0, size));
}

function grown(array: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size);
  result.set(array);
  return result;
}

/** Values with their counts, from an answer in ascending order of the value. Values that are equal as doubles are one. */
export function mergeEqual(values: Float64Array, counts: Float64Array): ValueCounts {
  let size = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (size > 0 && values[size - 1] === values[i]) counts[size - 1] = (counts[size - 1] ?? 0) + (counts[i] ?? 0);
    else {
      // Of −0 and 0, which are equal, 0.
      values[size] = (values[i] ?? Number.NaN) + 0;
      counts[size] = counts[i] ?? 0;
      size += 1;
    }
  }
  return { values: values.subarray(0, size), counts: counts.subarray(0, size) };
}
