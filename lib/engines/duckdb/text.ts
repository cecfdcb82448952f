import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { sql } from '../../core/sql/sql';
import { packingOf } from '../packed';
import { lineReader } from './readers';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';

/** The unpacked bytes of a text file. Of zstd, which Node 20 cannot unpack, DuckDB tells the lines. */
export async function* textOf(session: DuckDbSession, { path, name }: TableFile): AsyncGenerator<Buffer> {
  const packing = packingOf(name);
  if (packing === 'zst') {
    yield* unpackedLines(session, path);
    return;
  }
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (packing === undefined) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  file.on('error', (error) => unpacked.destroy(error));
  try {
    yield* file.pipe(unpacked) as AsyncIterable<Buffer>;
  } finally {
    file.destroy();
  }
}

async function* unpackedLines(session: DuckDbSession, path: string): AsyncGenerator<Buffer> {
  const result = await session.stream(sql`SELECT line FROM ${lineReader(path)}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield Buffer.from(`${chunk.getColumnValues(0).join('\n')}\n`);
  }
}
