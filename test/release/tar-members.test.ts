import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { create } from 'tar';
import { readTar } from '../../lib/release/tar-members';

let folder: string;
let archive: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-tar-'));
  writeFileSync(join(folder, 'a.bin'), randomBytes(3_000_000));
  writeFileSync(join(folder, 'b.txt'), 'text');
  await create({ file: join(folder, 'all.tgz'), gzip: true, cwd: folder }, ['a.bin', 'b.txt']);
  archive = readFileSync(join(folder, 'all.tgz'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function streamed(content: Buffer, size: number): Readable {
  const count = Math.ceil(content.length / size);
  return Readable.from(Array.from({ length: count }, (_, i) => content.subarray(i * size, (i + 1) * size)));
}

// However it arrives: a parser that is full when it fails takes nothing more, and says so by no other event.
describe.each([4096, 65_536, 1_000_000, 10_000_000])('in pieces of %d bytes', (size) => {
  test('an archive tells its members', async () => {
    const { members, text } = await readTar(streamed(archive, size), { path: 'b.txt', maxBytes: 10 });
    expect(members.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a.bin', 3_000_000],
      ['b.txt', 4],
    ]);
    expect(text).toBe('text');
  });

  test('one that was damaged is refused', async () => {
    const damaged = Buffer.from(archive).fill(0xff, 1_000_000, 1_003_000);
    await expect(readTar(streamed(damaged, size))).rejects.toThrow(/zlib|TAR_/);
  });

  test('one that is cut off is refused', async () => {
    await expect(readTar(streamed(archive.subarray(0, 2_000_000), size))).rejects.toThrow('unexpected end of file');
  });
});
