import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { checkPacked } from '../../lib/engines/packed';

const folder = mkdtempSync(join(tmpdir(), 'assay-packed-'));
const table = Array.from({ length: 90_000 }, (_, i) => `${i},${Math.imul(i, 2654435761)}`).join('\n');
let packed: Readonly<Record<'gz' | 'zst', Buffer>>;

beforeAll(async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  const file = join(folder, 'made.csv.zst');
  await session.rows(
    sql`COPY (SELECT i, hash(i) FROM range(90000) t(i)) TO ${literal(file)} (FORMAT csv, COMPRESSION zstd)`,
  );
  session.close();
  packed = { gz: gzipSync(table), zst: readFileSync(file) };
});
afterAll(() => rmSync(folder, { recursive: true }));

async function check(packing: 'gz' | 'zst', content: Buffer): Promise<void> {
  const path = join(folder, `t.csv.${packing}`);
  writeFileSync(path, content);
  await checkPacked(path, `t.csv.${packing}`);
}

describe.each(['gz', 'zst'] as const)('%s', (packing) => {
  test('a whole file is fine, and so are two in a row', async () => {
    await expect(check(packing, packed[packing])).resolves.toBeUndefined();
    await expect(check(packing, Buffer.concat([packed[packing], packed[packing]]))).resolves.toBeUndefined();
  });

  test.each([0.1, 0.5, 0.999])('one cut off after a share of %d', async (share) => {
    const whole = packed[packing];
    await expect(check(packing, whole.subarray(0, Math.floor(whole.length * share)))).rejects.toThrow(
      /^t\.csv\.(gz|zst): is cut off: not a whole (gzip|zstd) file$/,
    );
  });

  test('another kind of file', async () => {
    await expect(check(packing, Buffer.from('id,n\na,1\nb,2\n'))).rejects.toThrow(
      /^t\.csv\.(gz|zst): is damaged: not a/,
    );
  });
});

test('changed bytes in gzip', async () => {
  const changed = Buffer.from(packed.gz);
  changed.writeUInt8(changed.readUInt8(changed.length - 5) ^ 1, changed.length - 5);
  await expect(check('gz', changed)).rejects.toThrow('t.csv.gz: is damaged');
});
