import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CsvCensus } from '../../../lib/core/kernels/csv-census';
import { type CsvSample, sampleCsv } from '../../../lib/engines/census/sample';
import { scanCsvFiles, TEXT_BYTES } from '../../../lib/engines/census/scan';
import type { Watcher } from '../../../lib/engines/duckdb/session';

const folder = mkdtempSync(join(tmpdir(), 'assay-census-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function sampleOf(...paths: readonly string[]): CsvSample {
  const sample = sampleCsv(paths);
  if (sample === undefined) throw new Error('the files are plain');
  return sample;
}

async function scan(sample: CsvSample, parts: number, options: Watcher = {}) {
  const columns = [{ as: 'key', greatest: 10_000_000n } as const, { as: 'counted' } as const];
  const census = CsvCensus.of({ columns, rows: sample.rows, textBytes: TEXT_BYTES, parts });
  if (census === undefined) throw new Error('it fits a memory');
  return (await scanCsvFiles(census, sample.files, 2, options)) ? census : undefined;
}

/** Records of many lengths, more than one segment of them. */
const records = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i},${'x'.repeat((i * 37) % 61)}y\n`).join('');

describe('a census of files', () => {
  it.each([1, 2])('reads each record once, wherever segments and files end (%s threads)', async (parts) => {
    const paths = [
      file('a.csv', `id,text\n${records(0, 90_000)}`),
      // Without a line feed at its end.
      file('b.csv', `id,text\n${records(90_000, 90_100).trimEnd()}`),
      file('c.csv', 'id,text\n'),
      file('d.csv', `id,text\n${records(90_100, 150_000)}`),
    ];
    const census = await scan(sampleOf(...paths), parts);
    expect(census?.rows()).toBe(150_000);
    expect(census?.column(0)).toEqual({ as: 'key', missing: 0, span: { low: 0n, high: 149_999n }, differ: true });
    const found = census?.column(1);
    const lines =
      found?.as === 'counted'
        ? found.lines.flatMap((each) => Buffer.from(each).toString().split('\n').slice(0, -1))
        : [];
    expect(lines.reduce((sum, line) => sum + Number(line.split(',')[1]), 0)).toBe(150_000);
    expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(61);
  });

  it('is none where a record is not plain, or too long', async () => {
    const sound = records(0, 60_000);
    const broken = sampleOf(file('quoted.csv', `id,text\n${sound}60000,"a"\n${records(60_001, 120_000)}`));
    expect(await scan(broken, 2)).toBeUndefined();
    const long = sampleOf(file('long.csv', `id,text\n${sound}60000,${'z'.repeat(1_300_000)}\n`));
    expect(await scan(long, 2)).toBeUndefined();
  });

  it('is none where a file became shorter; what was added to it later is not read', async () => {
    const path = file('changing.csv', `id,text\n${records(0, 60_000)}`);
    const sample = sampleOf(path);
    appendFileSync(path, '60000,y\n');
    expect((await scan(sample, 2))?.rows()).toBe(60_000);
    writeFileSync(path, `id,text\n${records(0, 30_000)}`);
    expect(await scan(sample, 2)).toBeUndefined();
  });

  it('fails with the error of its threads, and ends with the reason of its signal', async () => {
    const path = file('gone.csv', `id,text\n${records(0, 60_000)}`);
    const sample = sampleOf(path);
    const abort = new AbortController();
    const ending = scan(sample, 2, { signal: abort.signal });
    abort.abort(new Error('somebody ended it'));
    await expect(ending).rejects.toThrow('somebody ended it');
    await expect(scan(sample, 2, { signal: abort.signal })).rejects.toThrow('somebody ended it');
    rmSync(path);
    await expect(scan(sample, 2)).rejects.toThrow('ENOENT');
  });

  it('tells how far it is', async () => {
    const sample = sampleOf(file('progress.csv', `id,text\n${records(0, 400_000)}`));
    const shares: number[] = [];
    await scan(sample, 1, { onProgress: (share) => shares.push(share) });
    expect(shares.every((share, i) => share <= 1 && share >= (shares[i - 1] ?? 0))).toBe(true);
  });
});

describe('a sample of CSV files', () => {
  it('sees records from all over the files, and which columns hold whole numbers', () => {
    const sample = sampleOf(
      file('big.csv', `id,text\n${records(0, 100_000)}`),
      file('small.csv', 'id,text\n100000,y\n'),
    );
    expect(sample.header).toEqual(['id', 'text']);
    const [id, text] = sample.columns;
    expect(id?.greatest).toBeGreaterThan(95_000n);
    expect(id?.distinct).toBe(id?.seen);
    expect(text).toEqual({ seen: id?.seen, distinct: 61 });
    expect(Math.abs(sample.rows - 100_001)).toBeLessThan(5_000);
  });

  it.each([
    ['other columns in another file', ['id,text\n1,a\n', 'id,words\n1,a\n']],
    ['quotes in the header', ['"id",text\n1,a\n']],
    ['quotes in a record', ['id,text\n1,"a"\n2,b\n']],
    ['carriage returns', ['id,text\r\n1,a\r\n']],
    ['a record of other length', ['id,text\n1,a,b\n2,b\n']],
    ['no line feed at all', ['id,text']],
  ])('is none of files with %s', (_what, texts) => {
    expect(sampleCsv(texts.map((text, i) => file(`odd-${i}.csv`, text)))).toBeUndefined();
  });
});
