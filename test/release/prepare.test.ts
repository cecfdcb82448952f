import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { loadGates } from '../../lib/config/load';
import { datasetKey } from '../../lib/golden-data/contract';
import { pushDataset } from '../../lib/golden-data/push';
import type { ReleaseDocument } from '../../lib/pipeline/contract';
import { extractFingerprint } from '../../lib/release/fingerprint';
import { ObjectMissing, ObjectStore } from '../../lib/release/objects';
import { type PrepareInput, prepareRelease } from '../../lib/release/prepare';
import { RunFolder } from '../../lib/release/run-folder';
import { type Moto, startMoto } from '../support/moto';
import { TINY_GATES, TINY_TRAIN, tinyWorkload } from '../support/workload';

const IMAGE = `example.com/x@sha256:${'a'.repeat(64)}`;
let moto: Moto;
let store: ObjectStore;
let workload: string;

beforeAll(async () => {
  moto = await startMoto();
  store = new ObjectStore(moto.s3);
  await moto.createBucket('golden');
  await moto.createBucket('artifacts');
  workload = tinyWorkload({ 'tests/test_a.py': '' });
  await pushDataset(store, 'golden', join(workload, 'golden'), loadGates(workload).gates.dataset);
}, 60_000);

afterAll(async () => {
  await moto.stop();
  rmSync(workload, { recursive: true });
});

const input = (runId: string, changes: Partial<Record<string, string>> = {}): PrepareInput => ({
  env: {
    ...moto.env,
    ASSAY_APPLICATION: 'tiny',
    ASSAY_RUN_ID: runId,
    ASSAY_COMMIT: 'c0ffee',
    ASSAY_ARTIFACT_BUCKET: 'artifacts',
    ASSAY_GOLDEN_BUCKET: 'golden',
    ASSAY_WORKLOAD: '.',
    ASSAY_IMAGE: IMAGE,
    ...changes,
  },
  directory: workload,
  log: () => undefined,
  now: new Date('2026-01-02T03:04:05Z'),
});

test('pins commit, source, dataset, image and gates', async () => {
  const release = await prepareRelease(input('run-1'));
  const run = new RunFolder(store, 'artifacts', 'run-1');
  expect(await run.readJson<ReleaseDocument>('release.json')).toEqual(JSON.parse(JSON.stringify(release)));
  expect(release).toMatchObject({
    schema: 'assay.release/1',
    runId: 'run-1',
    application: 'tiny',
    commit: 'c0ffee',
    sourceUri: 's3://artifacts/runs/run-1/source/sourcedir.tar.gz',
    image: IMAGE,
    imageDigest: `sha256:${'a'.repeat(64)}`,
    createdAt: '2026-01-02T03:04:05.000Z',
    gates: { dataset: { key: 'id', task: 'binary' }, canary: { steps: [5, 25, 100] } },
    dataset: {
      name: 'tiny',
      train: { path: 'train.csv', s3Uri: 's3://golden/datasets/tiny/1/train.csv', rows: 2 },
      holdout: { path: 'holdout.csv', versionId: expect.stringMatching(/.+/) },
    },
  });
  expect(release.gates).toEqual(JSON.parse(JSON.stringify(release.gates)));
});

test('the transform input is the holdout without its label, typed, in order', async () => {
  await prepareRelease(input('run-2'));
  expect(await store.readText('artifacts', 'runs/run-2/transform/holdout.jsonl')).toBe(
    '{"id":"c","x":2,"flag":true}\n{"id":"d","x":null,"flag":false}\n',
  );
});

test('rows of the behaviour gate lie beside it: golden rows once more, then perturbed ones', async () => {
  const gates = `${TINY_GATES}behaviour:
  tests:
    - name: more of x
      type: directional
      where: "x IS NOT NULL AND y = 1"
      perturb: [{ add: { column: x, by: 1 } }]
      expect: { direction: up }
      minRows: 1
`;
  const other = tinyWorkload({ 'gates.yaml': gates });
  await prepareRelease({ ...input('run-10'), directory: other });
  expect(await store.readText('artifacts', 'runs/run-10/transform/probes.jsonl')).toBe(
    '{"id":"c","x":2,"flag":true}\n{"id":"d","x":null,"flag":false}\n{"id":"c","x":3,"flag":true}\n',
  );
  rmSync(other, { recursive: true });
});

test('training gets the bytes that were verified, whatever the golden bucket holds later', async () => {
  await prepareRelease(input('run-9'));
  const golden = await store.readText('golden', 'datasets/tiny/1/train.csv');
  expect(await store.readText('artifacts', 'runs/run-9/data/train/train.csv')).toBe(golden);
});

test('the same commit gives the same source archive', async () => {
  const [first, second] = [await prepareRelease(input('run-3')), await prepareRelease(input('run-4'))];
  expect(first.sourceSha256).toBe(second.sourceSha256);
});

describe('refuses', () => {
  test('a call outside a run, naming every missing variable', async () => {
    await expect(prepareRelease(input('x', { ASSAY_COMMIT: '', ASSAY_IMAGE: undefined }))).rejects.toThrow(
      'not inside a run of the pipeline: ASSAY_COMMIT, ASSAY_IMAGE are not set',
    );
    await expect(prepareRelease(input('x', { ASSAY_WORKLOAD: 'nope' }))).rejects.toThrow(
      'ASSAY_WORKLOAD is "nope": the pushed repository has no such folder',
    );
  });

  test('a dataset that is not in the bucket, or is not the pinned one', async () => {
    const other = tinyWorkload({ 'gates.yaml': TINY_GATES.replace('name: tiny', 'name: other') });
    await expect(prepareRelease({ ...input('x'), directory: other })).rejects.toThrow(
      'dataset other 1 is not in s3://golden',
    );
    const digest = `sha256:${'0'.repeat(64)}`;
    const pinned = tinyWorkload({ 'gates.yaml': TINY_GATES.replace('  key: id', `  digest: ${digest}\n  key: id`) });
    await expect(prepareRelease({ ...input('x'), directory: pinned })).rejects.toThrow(`gates.yaml pins ${digest}`);
    for (const folder of [other, pinned]) rmSync(folder, { recursive: true });
  });

  test('golden data with one changed byte, naming file, expected and found digest', async () => {
    const key = datasetKey('tiny', '1', 'train.csv');
    await store.write('golden', key, TINY_TRAIN.replace('1.5', '1.6'), 'text/csv');
    await expect(prepareRelease(input('run-5'))).rejects.toThrow(
      /^train\.csv: golden data was changed: expected sha256 \w{64}, found \w{64}$/,
    );
    await expect(store.readText('artifacts', 'runs/run-5/release.json')).rejects.toBeInstanceOf(ObjectMissing);
    await store.write('golden', key, TINY_TRAIN, 'text/csv');
    await expect(prepareRelease(input('run-6'))).resolves.toBeDefined();
  });
});

describe('the fingerprint', () => {
  async function model(runId: string, files: Readonly<Record<string, string>>): Promise<RunFolder> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    await create({ cwd: folder, gzip: true, file: join(folder, 'model.tar.gz') }, Object.keys(files));
    const run = new RunFolder(store, 'artifacts', runId);
    await store.writeFile(
      'artifacts',
      `m/${runId}.tar.gz`,
      join(folder, 'model.tar.gz'),
      await sha256(join(folder, 'model.tar.gz')),
    );
    await run.writeJson('training.json', { modelDataUrl: `s3://artifacts/m/${runId}.tar.gz` });
    rmSync(folder, { recursive: true });
    return run;
  }
  const sha256 = async (path: string) =>
    (await import('../../lib/golden-data/manifest')).hashFile(path).then((h) => h.sha256);

  test('is taken out of the model', async () => {
    const fingerprint = { python: '3.11', packages: { numpy: '2.0' }, sha256: 'abc' };
    const run = await model('run-7', {
      'model.joblib': 'x'.repeat(300_000),
      'environment.json': JSON.stringify(fingerprint),
    });
    expect(await extractFingerprint(run)).toBe('environment abc');
    expect(await run.readJson('environment.json')).toEqual(fingerprint);
  });

  test('is not invented when the model has none', async () => {
    const run = await model('run-8', { 'model.joblib': 'x' });
    expect(await extractFingerprint(run)).toContain('holds no environment.json');
    await expect(run.readJson('environment.json')).rejects.toBeInstanceOf(ObjectMissing);
  });

  test('a damaged model is an error', async () => {
    const run = new RunFolder(store, 'artifacts', 'run-9');
    await store.write('artifacts', 'm/run-9.tar.gz', 'no archive', 'application/gzip');
    await run.writeJson('training.json', { modelDataUrl: 's3://artifacts/m/run-9.tar.gz' });
    await expect(extractFingerprint(run)).rejects.toThrow();
  });
});

test('a workload without the files of its containers is refused, all of them at once', async () => {
  const bare = tinyWorkload();
  for (const name of ['train.py', 'inference.py', 'requirements.txt']) rmSync(join(bare, name));
  await expect(prepareRelease({ ...input('bare'), directory: bare })).rejects.toThrow(
    'the workload has no train.py, the training script (training.script); inference.py, the serving script; requirements.txt, the packages that both need: docs/workload.md shows one of each',
  );
  rmSync(bare, { recursive: true });
});
