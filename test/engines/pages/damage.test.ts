import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { DONE, OTHER_TEXT, unpackGuarded } from '../../core/kernels/guarded-unpack';
import { chunksOf, type FileChunk } from './unpacked-file';

/** Chunks of files of pyarrow that can be unpacked. `unpackGuarded` throws if a damaged one is read, or written to, out of bounds. */
const FOLDER = join(__dirname, 'fixtures');
let chunks: readonly FileChunk[] = [];

beforeAll(async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
  const all: FileChunk[] = [];
  for (const file of files) all.push(...(await chunksOf(session, file)));
  session.close();
  chunks = all.filter(({ bytes, asked }) => asked.rows > 0 && unpackGuarded(bytes, asked).status === DONE);
});

const chunk = fc.nat().map((seed) => chunks[seed % chunks.length] as FileChunk);
const place = fc.oneof(fc.nat({ max: 60 }), fc.nat());
const edits = fc.array(fc.record({ place, value: fc.nat({ max: 255 }) }), { minLength: 1, maxLength: 8 });

const unpacked = ({ asked }: FileChunk, bytes: Uint8Array) => unpackGuarded(bytes, asked);

test('bytes that changed end in values or in a refusal, and nowhere else', () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(chunk, edits, (original, changes) => {
      const bytes = Uint8Array.from(original.bytes);
      for (const { place: at, value } of changes) bytes[at % bytes.length] = value;
      const { status } = unpacked(original, bytes);
      seen.add(status);
      expect(status).toBeLessThanOrEqual(OTHER_TEXT);
    }),
    { numRuns: 3000 },
  );
  expect(seen.size).toBeGreaterThan(3);
});

test('pieces that changed their places', () => {
  fc.assert(
    fc.property(chunk, fc.nat(), fc.nat(), fc.nat({ max: 40 }), (original, from, to, length) => {
      const bytes = Uint8Array.from(original.bytes);
      const start = from % bytes.length;
      bytes.copyWithin(to % bytes.length, start, start + length);
      expect(unpacked(original, bytes).status).toBeLessThanOrEqual(OTHER_TEXT);
    }),
    { numRuns: 1000 },
  );
});

test('a chunk that was cut off is refused, wherever that was', () => {
  fc.assert(
    fc.property(chunk, fc.nat(), (original, seed) => {
      const cut = original.bytes.subarray(0, seed % original.bytes.length);
      expect(unpacked(original, cut).status).not.toBe(DONE);
    }),
    { numRuns: 500 },
  );
});

test('what follows a chunk has no part in it', () => {
  fc.assert(
    fc.property(chunk, fc.uint8Array({ minLength: 1, maxLength: 200 }), (original, more) => {
      const longer = Buffer.concat([original.bytes, more]);
      expect(unpacked(original, longer)).toEqual(unpacked(original, original.bytes));
    }),
    { numRuns: 200 },
  );
});

test('any bytes at all', () => {
  fc.assert(
    fc.property(chunk, fc.uint8Array({ maxLength: 300 }), (original, bytes) => {
      expect(unpacked(original, bytes).status).not.toBe(DONE);
    }),
    { numRuns: 500 },
  );
});
