import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type HoldoutDocument,
  type HoldoutUse,
  localUses,
  noteUse,
  type SharedDocument,
  storedUses,
} from '../../lib/release/holdout-uses';
import { openStore } from '../../lib/release/objects';
import { type Moto, startMoto } from '../support/moto';

const DATASET = `sha256:${'a'.repeat(64)}`;
const use = (predictions: string): HoldoutUse => ({ predictions, at: '2026-01-01T00:00:00.000Z', by: 'run-1' });

let folder: string;
let moto: Moto;

beforeAll(async () => {
  moto = await startMoto();
  await moto.createBucket('artifacts');
}, 40_000);

afterAll(() => moto.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-holdout-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

let sequence = 0;
const places: readonly (readonly [string, () => SharedDocument])[] = [
  ['in a folder', () => localUses(folder, DATASET)],
  ['in the artifact bucket', () => storedUses(openStore(process.env), 'artifacts', `sha256:${sequence++}`)],
];

describe.each(places)('%s', (_, open) => {
  test('different predictions are counted, the same ones once', async () => {
    const document = open();
    expect(await noteUse(document, DATASET, use('x'))).toBe(1);
    expect(await noteUse(document, DATASET, use('y'))).toBe(2);
    expect(await noteUse(document, DATASET, { ...use('x'), by: 'run-2' })).toBe(2);
    const { text = '' } = (await document.read()) ?? {};
    expect(JSON.parse(text)).toEqual({ schema: 'assay.holdout/1', dataset: DATASET, uses: [use('x'), use('y')] });
  });

  test('a write on an old version is refused', async () => {
    const document = open();
    expect(await document.write('one', undefined)).toBe(true);
    expect(await document.write('two', undefined)).toBe(false);
    const { tag } = (await document.read()) ?? {};
    expect(await document.write('two', tag)).toBe(true);
    expect(await document.write('three', tag)).toBe(false);
    expect((await document.read())?.text).toBe('two');
  });

  test('uses at the same moment are all counted', async () => {
    const document = open();
    const counts = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => noteUse(document, DATASET, use(name))));
    expect([...counts].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('a damaged document is told and not written over', async () => {
    const document = open();
    await document.write('{"schema": "other"}', undefined);
    await expect(noteUse(document, DATASET, use('x'))).rejects.toThrow(/: is no document of holdout uses/);
  });
});

test('the folder ignores itself, and a lock of the dead does not last', async () => {
  const path = join(folder, '.assay', 'holdouts', `${'a'.repeat(64)}.json`);
  await noteUse(localUses(folder, DATASET), DATASET, use('x'));
  expect(readFileSync(join(folder, '.assay', '.gitignore'), 'utf8')).toBe('*\n');
  writeFileSync(`${path}.lock`, '');
  const old = new Date(Date.now() - 60_000);
  utimesSync(`${path}.lock`, old, old);
  expect(await noteUse(localUses(folder, DATASET), DATASET, use('y'))).toBe(2);
  expect((JSON.parse(readFileSync(path, 'utf8')) as HoldoutDocument).uses).toHaveLength(2);
});
