import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyShare, splitCsv } from '../../lib/golden-data/split';

const folder = mkdtempSync(join(tmpdir(), 'assay-split-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(lines: readonly string[]): string {
  const path = join(folder, 'all.csv');
  writeFileSync(path, lines.join('\n'));
  return path;
}

const rows = Array.from({ length: 2000 }, (_, i) => `K${i},"a, ""${i}""",${i}`);
const lines = (text: string) => text.trimEnd().split('\n');

test('every record is on one side, unchanged and in order', () => {
  const { train, holdout, holdoutRows } = splitCsv(write(['id,text,n', ...rows]), 'id', 0.2, 0);
  expect(lines(train)[0]).toBe('id,text,n');
  expect(lines(holdout)[0]).toBe('id,text,n');
  const side = new Set(lines(holdout).slice(1));
  expect(rows.filter((row) => side.has(row))).toEqual(lines(holdout).slice(1));
  expect(rows.filter((row) => !side.has(row))).toEqual(lines(train).slice(1));
  // Four standard errors around 20 % of 2,000.
  expect(Math.abs(holdoutRows - 400)).toBeLessThan(72);
});

test('a row stays on its side when others come and go; another seed divides otherwise', () => {
  const all = splitCsv(write(['id,text,n', ...rows]), 'id', 0.2, 0);
  const half = splitCsv(write(['id,text,n', ...rows.slice(1000)]), 'id', 0.2, 0);
  expect(
    lines(half.holdout)
      .slice(1)
      .every((row) => all.holdout.includes(row)),
  ).toBe(true);
  expect(splitCsv(write(['id,text,n', ...rows]), 'id', 0.2, 1).holdout).not.toBe(all.holdout);
});

test('the share of a key is its hash: first 48 bits of sha256("0:K1")', () => {
  expect(keyShare('K1', 0)).toBeCloseTo(Number.parseInt(SHA_0_K1.slice(0, 12), 16) / 2 ** 48, 15);
});

/** printf '0:K1' | sha256sum */
const SHA_0_K1 = 'fa73ecb66c1784536c4a4b136fd840e2d07f9af7d87b92840d09191996d28c5e';

test.each([
  ['an unknown key', ['id,n', 'a,1'], 'key', 'all.csv: has no column "key"; it has id, n'],
  ['an empty key', ['id,n', 'a,1', ',2'], 'id', 'all.csv: record 2 has no id'],
  ['too few rows', ['id,n', 'a,1'], 'id', 'all.csv: 1 rows with 1 different values of id leave none for'],
  ['a ragged row', ['id,n', 'a,1,2'], 'id', 'all.csv: is no valid CSV'],
])('refuses %s', (_what, content, key, message) => {
  expect(() => splitCsv(write(content), key, 0.5, 0)).toThrow(message);
});
