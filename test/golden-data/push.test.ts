import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetConfig } from '../../lib/config/gates';
import { parseGates } from '../../lib/config/load';
import { datasetKey, manifestKey } from '../../lib/golden-data/contract';
import { describeFolder, parseManifest } from '../../lib/golden-data/manifest';
import { pushDataset } from '../../lib/golden-data/push';
import { verifyBucket, verifyFolder } from '../../lib/golden-data/verify';
import { ObjectStore } from '../../lib/release/objects';
import { type Moto, startMoto } from '../support/moto';

const BUCKET = 'golden';
const dataset: DatasetConfig = parseGates(
  `version: 1
dataset: {name: tiny, version: "1", key: id, label: y, columns: {id: string, x: number, y: integer}}
model: {metrics: {roc_auc: {min: 0.5}}}
`,
  'gates.yaml',
  '.',
).dataset;

let moto: Moto;
let store: ObjectStore;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
  store = new ObjectStore(moto.s3);
  await moto.createBucket(BUCKET);
  await moto.createBucket('plain', false);
  folder = mkdtempSync(join(tmpdir(), 'assay-push-'));
  writeFileSync(join(folder, 'train.csv'), 'id,x,y\na,1.5,0\nb,,1\n');
  writeFileSync(join(folder, 'holdout.csv'), 'id,x,y\nc,2,1\n');
}, 60_000);

afterAll(async () => {
  await moto.stop();
  rmSync(folder, { recursive: true });
});

test('files are stored with their versions, and the manifest tells all of them', async () => {
  const { manifest, uploaded } = await pushDataset(store, BUCKET, folder, dataset);
  expect(uploaded).toBe(true);
  const stored = parseManifest(await store.readText(BUCKET, manifestKey('tiny', '1')), 'manifest');
  expect(stored).toEqual(manifest);
  expect(stored.files).toEqual([
    {
      path: 'train.csv',
      sha256: '93981458e5a9e38daacfa43317f9297d8b884505690888e194017dff458998bd',
      bytes: 20,
      rows: 2,
      columns: [
        { name: 'id', type: 'string' },
        { name: 'x', type: 'number' },
        { name: 'y', type: 'integer' },
      ],
      versionId: expect.stringMatching(/.+/),
    },
    expect.objectContaining({ path: 'holdout.csv', rows: 1 }),
  ]);
  const [train] = stored.files;
  const bytes = await store.readBuffer(BUCKET, datasetKey('tiny', '1', 'train.csv'), train?.versionId);
  expect(bytes.toString()).toBe(readFileSync(join(folder, 'train.csv'), 'utf8'));
});

test('the digest does not depend on the bucket', async () => {
  const here = await describeFolder(folder, dataset);
  expect((await pushDataset(store, BUCKET, folder, dataset)).manifest.digest).toBe(here.digest);
});

test('the same content again changes nothing', async () => {
  const before = await store.readText(BUCKET, manifestKey('tiny', '1'));
  expect((await pushDataset(store, BUCKET, folder, dataset)).uploaded).toBe(false);
  expect(await store.readText(BUCKET, manifestKey('tiny', '1'))).toBe(before);
});

describe('refuses', () => {
  const changed = () => {
    const copy = mkdtempSync(join(tmpdir(), 'assay-push-'));
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, 'train.csv'), 'id,x,y\na,1.5,0\nb,,0\n');
    return copy;
  };

  test('other content under the same version, naming the file', async () => {
    await expect(pushDataset(store, BUCKET, changed(), dataset)).rejects.toThrow(
      /^tiny 1 is in s3:\/\/golden already, with other content: train\.csv has SHA-256 \w{64} there and \w{64} here; give changed data a new dataset\.version$/,
    );
  });

  test('files that are not what gates.yaml pins', async () => {
    const { digest } = await describeFolder(folder, dataset);
    await expect(pushDataset(store, BUCKET, changed(), { ...dataset, digest })).rejects.toThrow(
      `pins tiny 1 as ${digest}`,
    );
  });

  test('a bucket without versions, a bucket that is not there, a file or column that is missing', async () => {
    await expect(pushDataset(store, 'plain', folder, dataset)).rejects.toThrow('s3://plain is not versioned');
    await expect(pushDataset(store, 'nowhere', folder, dataset)).rejects.toThrow('there is no such bucket');
    await expect(pushDataset(store, BUCKET, '/nowhere', dataset)).rejects.toThrow(
      '/nowhere/train.csv: there is no such file',
    );
    const columns = { ...dataset.columns, z: 'number' as const };
    await expect(pushDataset(store, BUCKET, folder, { ...dataset, columns })).rejects.toThrow(
      'train.csv: has no column "z"',
    );
  });

  test('a manifest that was edited by hand', async () => {
    const text = await store.readText(BUCKET, manifestKey('tiny', '1'));
    expect(() => parseManifest(text.replace('"rows": 2', '"rows": 3'), 'manifest.json')).toThrow('was changed by hand');
  });
});

describe('verify', () => {
  test('an untouched dataset is as pinned, stored and local', async () => {
    const { manifest } = await pushDataset(store, BUCKET, folder, dataset);
    const right = [{ path: 'train.csv' }, { path: 'holdout.csv' }];
    expect(await verifyBucket(store, BUCKET, manifest)).toEqual(right);
    expect(await verifyFolder(folder, manifest)).toEqual(right);
  });

  test('one changed byte is found and its file named; so is a file that is gone', async () => {
    const { manifest } = await pushDataset(store, BUCKET, folder, dataset);
    const key = datasetKey('tiny', '1', 'holdout.csv');
    await store.write(BUCKET, key, 'id,x,y\nc,3,1\n', 'text/csv');
    const [train, holdout] = await verifyBucket(store, BUCKET, manifest);
    expect(train?.problem).toBeUndefined();
    expect(holdout?.problem).toMatch(/^was overwritten \(version .+\): expected sha256 \w{64}, found \w{64}/);
    const [, missing] = await verifyFolder(tmpdir(), manifest);
    expect(missing?.problem).toContain('there is no such file');
  });
});
