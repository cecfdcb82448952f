import { Readable } from 'node:stream';
import { captureLines, type FileLine, linesOf, listCaptures, sampleFiles } from '../../lambda/monitoring/capture-files';
import { type Moto, startMoto } from '../support/moto';
import { MONITORING, put } from './quality-fixture';

// The emulator answers slowly beside other tests.
jest.setTimeout(60_000);

const at = (hour: number): number => Date.UTC(2026, 9, 1, hour);

describe('files', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
    await moto.createBucket(MONITORING, false);
  });
  afterAll(() => moto.stop());

  test('of a release are found under every configuration and variant that it had, and no others', async () => {
    const keys = [
      'blue=7/green=none/e/blue/2026/10/01/05/a.jsonl',
      'blue=7/green=8/e/blue/2026/10/01/06/b.jsonl',
      'blue=7/green=8/e/green/2026/10/01/06/other-release.jsonl',
      'blue=9/green=7/e/green/2026/10/01/07/c.jsonl',
      'blue=7/green=none/other-endpoint/blue/2026/10/01/06/x.jsonl',
      'blue=77/green=none/e/blue/2026/10/01/06/x.jsonl',
      'blue=7/green=none/e/blue/2026/09/30/23/too-old.jsonl',
      'blue=7/green=none/e/blue/2026/10/01/12/too-new.jsonl',
    ];
    for (const key of keys) await put(moto, MONITORING, `capture/${key}`, 'x');
    const found = await listCaptures(moto.s3, MONITORING, { endpoint: 'e', release: '7', from: at(5), to: at(9) });
    expect(found.map(({ key }) => key.split('/').at(-1)).sort()).toEqual(['a.jsonl', 'b.jsonl', 'c.jsonl']);
    const narrow = await listCaptures(moto.s3, MONITORING, { endpoint: 'e', release: '7', from: at(8.5), to: at(9) });
    expect(narrow.map(({ key }) => key.split('/').at(-1))).toEqual(['c.jsonl']);
  });

  test('of every release are found with a listing for each configuration, not for each pair of releases', async () => {
    const configurations = Array.from({ length: 30 }, (_, i) =>
      i % 2 === 0 ? `blue=${100 + i}/green=${101 + i}` : `blue=${101 + i}/green=${100 + i}`,
    );
    for (const folder of configurations) {
      for (const variant of ['blue', 'green']) {
        await put(moto, MONITORING, `capture/${folder}/many/${variant}/2026/10/01/06/a.jsonl`, 'x');
      }
    }
    const send = jest.spyOn(moto.s3, 'send');
    const found = await listCaptures(moto.s3, MONITORING, { endpoint: 'many', from: at(5), to: at(9) });
    const listings = send.mock.calls.length;
    send.mockRestore();
    expect(found).toHaveLength(60);
    expect(new Set(found.map(({ release }) => release)).size).toBe(31);
    expect(listings).toBeLessThan(130);
    for (const { key, release } of found) {
      const variant = key.includes('/many/blue/') ? 'blue' : 'green';
      expect(key).toContain(`${variant}=${release}/`);
    }
  });

  test('one that expired since it was listed is not there', async () => {
    expect(await captureLines(moto.s3, MONITORING, 'capture/gone.jsonl')).toBeUndefined();
  });
});

test('of more bytes than may be read every k-th file is, from the whole window', () => {
  const files = Array.from({ length: 100 }, (_, i) => ({ key: String(i), release: '7', size: 10 }));
  expect(sampleFiles(files, 1000)).toMatchObject({ every: 1, bytes: 1000 });
  const sampled = sampleFiles(files, 300);
  expect(sampled.every).toBe(4);
  expect(sampled.files.map(({ key }) => Number(key))).toEqual(Array.from({ length: 25 }, (_, i) => 4 * i));
});

const read = async (chunks: readonly (string | Uint8Array)[], longest?: number): Promise<readonly FileLine[]> => {
  const lines: FileLine[] = [];
  const bytes = chunks.map((chunk) => Buffer.from(chunk as string));
  for await (const line of linesOf(Readable.from(bytes), longest)) lines.push(line);
  return lines;
};

test('lines are put together across chunks, letters of several bytes included', async () => {
  const text = Buffer.from('{"a":"ü€"}\n\n{"b":2}\nend');
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(await read([text.subarray(0, cut), text.subarray(cut)])).toEqual([
      { number: 1, text: '{"a":"ü€"}', cutOff: false },
      { number: 3, text: '{"b":2}', cutOff: false },
      { number: 4, text: 'end', cutOff: true },
    ]);
  }
});

test('a line without end is passed over, not held', async () => {
  const lines = await read(['ok\n', 'x'.repeat(60), 'x'.repeat(60), 'x'.repeat(60), '\nok again\n'], 100);
  expect(lines).toEqual([
    { number: 1, text: 'ok', cutOff: false },
    { number: 2, tooLong: true },
    { number: 3, text: 'ok again', cutOff: false },
  ]);
});
