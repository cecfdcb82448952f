import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { loadGates } from '../../lib/config/load';
import type { Report } from '../../lib/core/report/report';
import { triggerText } from '../../lib/core/retraining/trigger-text';
import { landedKey, manifestKey } from '../../lib/golden-data/contract';
import { parseLanded } from '../../lib/golden-data/landed';
import { parseManifest } from '../../lib/golden-data/manifest';
import { pushDataset } from '../../lib/golden-data/push';
import { verifyBucket } from '../../lib/golden-data/verify';
import { acceptDataset } from '../../lib/release/accept';
import { ObjectStore } from '../../lib/release/objects';
import { prepareRelease } from '../../lib/release/prepare';
import { RunFolder } from '../../lib/release/run-folder';
import { type Moto, startMoto } from '../support/moto';
import { TINY_GATES, tinyWorkload } from '../support/workload';

const IMAGE = `example.com/x@sha256:${'a'.repeat(64)}`;
const NOW = new Date('2026-01-02T03:04:05Z');
const trigger = triggerText({ kind: 'new-data', reason: 'x.csv landed', at: NOW.toISOString(), key: 'x' });

let moto: Moto;
let store: ObjectStore;
const folders: string[] = [];

beforeAll(async () => {
  moto = await startMoto();
  store = new ObjectStore(moto.s3);
  await moto.createBucket('artifacts');
}, 60_000);

afterAll(async () => {
  await moto.stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A dataset of four rows in a bucket of its own, and runs on it. */
async function scene(bucket: string, landing = '') {
  await moto.createBucket(bucket).catch(() => undefined);
  const workload = tinyWorkload({ 'gates.yaml': `${TINY_GATES}${landing}` });
  folders.push(workload);
  const root = await pushDataset(store, bucket, join(workload, 'golden'), loadGates(workload).gates.dataset);
  const lines: string[] = [];
  const folder = (runId: string) => new RunFolder(store, 'artifacts', `${bucket}-${runId}`);
  return {
    root: root.manifest,
    lines,
    folder,
    land: (name: string, content: string) => store.write(bucket, `landing/tiny/${name}`, content, 'text/csv'),
    prepare: (runId: string, value: string | undefined = trigger) =>
      prepareRelease({
        env: {
          ...moto.env,
          ASSAY_APPLICATION: 'tiny',
          ASSAY_RUN_ID: `${bucket}-${runId}`,
          ASSAY_COMMIT: 'c0ffee',
          ASSAY_ARTIFACT_BUCKET: 'artifacts',
          ASSAY_GOLDEN_BUCKET: bucket,
          ASSAY_WORKLOAD: '.',
          ASSAY_IMAGE: IMAGE,
          ...(value === undefined ? {} : { ASSAY_TRIGGER: value }),
        },
        directory: workload,
        log: (line) => lines.push(line),
        now: new Date(),
      }),
    /** What the data gate leaves behind. */
    judge: async (runId: string, verdict: Report['verdict'], reason = 'all 3 checks passed') => {
      const { dataset } = await folder(runId).release();
      const release = { dataset: { name: 'tiny', version: dataset.version, sha256: dataset.digest, rows: 4 } };
      await folder(runId).writeJson('reports/data.json', {
        schema: 'assay.report/1',
        gate: 'data',
        verdict,
        reason,
        release,
      });
    },
    accept: (runId: string) => acceptDataset(folder(runId), bucket, new Date()),
    state: async () => parseLanded(await store.readText(bucket, landedKey('tiny', '1')), 'landed.json'),
    text: (version: string, path: string) => store.readText(bucket, `datasets/tiny/${version}/${path}`),
  };
}

const PUSH = 'push';

test('what landed becomes the current version, for later pushes too, once its gates passed', async () => {
  const tiny = await scene('loop');
  const versionId = await tiny.land('x.csv', 'y,flag,x,id\n1,true,7,e\n0,false,1.50,f\n');
  expect((await tiny.prepare('r1', PUSH)).dataset).toMatchObject({ version: '1' });
  expect((await tiny.prepare('r1', PUSH)).dataset).not.toHaveProperty('root');
  const { dataset, trigger: why } = await tiny.prepare('r2');
  expect(why).toMatchObject({ kind: 'new-data' });
  expect(dataset).toMatchObject({
    version: '1.landed-1',
    root: { version: '1', digest: tiny.root.digest },
    taken: 1,
    landed: [{ key: 'landing/tiny/x.csv', versionId, rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    train: { s3Uri: 's3://loop/datasets/tiny/1.landed-1/train.csv', rows: 4 },
    holdout: { rows: 2 },
  });
  expect(await tiny.text('1.landed-1', 'train.csv')).toBe(
    'id,x,flag,y\na,1.5,true,0\nb,,false,1\ne,7,true,1\nf,1.50,false,0\n',
  );
  // Not before its gates passed.
  expect((await tiny.prepare('r3', PUSH)).dataset.version).toBe('1');
  await tiny.judge('r2', 'pass');
  expect(await tiny.accept('r2')).toBe('dataset tiny 1.landed-1: is the current version now');
  expect(await tiny.accept('r2')).toBe('dataset tiny 1.landed-1: is accepted already');
  for (const [run, value] of [
    ['r4', PUSH],
    ['r5', trigger],
  ] as const) {
    const later = (await tiny.prepare(run, value)).dataset;
    expect(later).toMatchObject({ version: '1.landed-1', digest: dataset.digest, landed: dataset.landed });
    expect(later).not.toHaveProperty('taken');
  }
  expect(await tiny.accept('r4')).toBe('dataset tiny 1.landed-1: is accepted already');
});

test('files whose gates did not pass are left out from then on, and told', async () => {
  const tiny = await scene('refused');
  await tiny.land('bad.csv', 'id,x,flag,y\ne,99,true,1\n');
  expect((await tiny.prepare('r1')).dataset.version).toBe('1.landed-1');
  await tiny.judge('r1', 'fail', 'train.csv: 1 of 3 values of x are above 9');
  await expect(tiny.accept('r1')).rejects.toThrow(
    'dataset tiny 1.landed-1: is not accepted: the data gate said fail: train.csv: 1 of 3 values of x are above 9',
  );
  const reason = 'data gate: fail: train.csv: 1 of 3 values of x are above 9';
  const next = await tiny.prepare('r2');
  expect(next.dataset).toMatchObject({ version: '1', refused: [{ key: 'landing/tiny/bad.csv', reason }] });
  expect(tiny.lines).toContain(`left out landing/tiny/bad.csv: ${reason}`);
  // The same name again is another version, and new.
  await tiny.land('bad.csv', 'id,x,flag,y\ne,9,true,1\n');
  const fixed = (await tiny.prepare('r3')).dataset;
  expect(fixed).toMatchObject({ version: '1.landed-2', train: { rows: 3 } });
  await tiny.judge('r3', 'pass');
  await tiny.accept('r3');
  // What was refused before the current version is history.
  expect((await tiny.prepare('r4', PUSH)).dataset).not.toHaveProperty('refused');
  expect((await tiny.state()).refused).toHaveLength(1);
});

test('an inconclusive gate is no pass', async () => {
  const tiny = await scene('inconclusive');
  await tiny.land('x.csv', 'id,x,flag,y\ne,5,true,1\n');
  await tiny.prepare('r1');
  await expect(tiny.accept('r1')).rejects.toThrow('is not accepted: the data gate did not judge it');
  await tiny.judge('r1', 'inconclusive', 'too few rows');
  await expect(tiny.accept('r1')).rejects.toThrow('the data gate said inconclusive: too few rows');
  expect((await tiny.prepare('r2')).dataset.version).toBe('1');
});

test('a file that cannot be taken stops one run, and the others beside it wait for the next', async () => {
  const tiny = await scene('unreadable');
  await tiny.land('a.csv', 'id,x,flag,y\ne,5,true,1\n');
  await tiny.land('b.csv', 'id,x,flagg,y\nf,5,true,1\n');
  const message = 'landing/tiny/b.csv: has no column "flag" (did you mean "flagg"?); it has id, x, flagg, y';
  await expect(tiny.prepare('r1')).rejects.toThrow(message);
  const { dataset } = await tiny.prepare('r2');
  expect(dataset).toMatchObject({
    version: '1.landed-2',
    landed: [{ key: 'landing/tiny/a.csv', rows: 1 }],
    refused: [{ key: 'landing/tiny/b.csv', reason: message }],
  });
});

test('a killed run leaves its files to the next one, and cannot accept what that made of them', async () => {
  const tiny = await scene('killed');
  await tiny.land('a.csv', 'id,x,flag,y\ne,5,true,1\n');
  await tiny.prepare('r1');
  await tiny.judge('r1', 'pass');
  await tiny.land('b.csv', 'id,x,flag,y\nf,6,true,1\n');
  const { dataset } = await tiny.prepare('r2');
  expect(dataset).toMatchObject({ version: '1.landed-2', landed: [{ rows: 1 }, { rows: 1 }] });
  await expect(tiny.accept('r1')).rejects.toThrow(
    /^dataset tiny 1\.landed-1: run killed-r2 made 1\.landed-2 of the landed files meanwhile/,
  );
  await tiny.judge('r2', 'pass');
  await tiny.accept('r2');
  await expect(tiny.accept('r1')).rejects.toThrow('dataset tiny 1.landed-1: is no candidate any more');
  expect((await tiny.state()).versions.map(({ version }) => version)).toEqual(['1.landed-2']);
});

test('two runs at the same moment: each makes a version of its own, and one is accepted', async () => {
  const tiny = await scene('race');
  await tiny.land('a.csv', 'id,x,flag,y\ne,5,true,1\n');
  const made = await Promise.all(['r1', 'r2', 'r3'].map(async (run) => (await tiny.prepare(run)).dataset.version));
  expect(made.toSorted()).toEqual(['1.landed-1', '1.landed-2', '1.landed-3']);
  for (const run of ['r1', 'r2', 'r3']) await tiny.judge(run, 'pass');
  const accepted = await Promise.allSettled(['r1', 'r2', 'r3'].map((run) => tiny.accept(run)));
  expect(accepted.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { versions, candidate } = await tiny.state();
  expect([versions.map(({ version }) => version), candidate]).toEqual([['1.landed-3'], undefined]);
  expect(await tiny.text('1.landed-3', 'train.csv')).toContain('e,5,true,1');
});

test('versions descend from each other: lineage names every file, and replace ends it', async () => {
  const tiny = await scene('chain');
  const keys = async (run: string) => {
    const { dataset } = await tiny.prepare(run);
    await tiny.judge(run, 'pass');
    await tiny.accept(run);
    return (dataset.landed ?? []).map(({ key }) => key.slice('landing/tiny/'.length));
  };
  await tiny.land('a.csv', 'id,x,flag,y\ne,5,true,1\n');
  expect(await keys('r1')).toEqual(['a.csv']);
  await tiny.land('b.csv', 'id,x,flag,y\nf,6,true,1\na,6,true,1\n');
  expect(await keys('r2')).toEqual(['a.csv', 'b.csv']);
  expect(await tiny.text('1.landed-2', 'train.csv')).toBe(
    'id,x,flag,y\nb,,false,1\ne,5,true,1\nf,6,true,1\na,6,true,1\n',
  );
  expect(tiny.lines).toContain(
    'version 1.landed-2 of dataset tiny: 2 landed rows join the 5 of 1.landed-1, 1 rows gave way to later ones with the same key',
  );
});

test('every byte of a made version is as its manifest says', async () => {
  const tiny = await scene('verified');
  await tiny.land('a.csv', 'id,x,flag,y\ne,5,"tr\nue",1\n"f, g",,"",0\n');
  await tiny.prepare('r1');
  const manifest = parseManifest(await store.readText('verified', manifestKey('tiny', '1.landed-1')), 'manifest');
  const files = await verifyBucket(store, 'verified', manifest);
  expect(files).toEqual([{ path: 'train.csv' }, { path: 'holdout.csv' }]);
});

test('what is older than the version that gates.yaml names, deleted, overwritten or no table is not taken', async () => {
  await moto.createBucket('older');
  await store.write('older', 'landing/tiny/old.csv', 'id,x,flag,y\nz,5,true,1\n', 'text/csv');
  await new Promise((done) => setTimeout(done, 1100));
  const tiny = await scene('older');
  for (const name of ['', '_SUCCESS', 'sub/.part']) await tiny.land(name, 'x');
  await tiny.land('gone.csv', 'id,x,flag,y\ng,5,true,1\n');
  await moto.s3.send(new DeleteObjectCommand({ Bucket: 'older', Key: 'landing/tiny/gone.csv' }));
  await tiny.land('twice.csv', 'id,x,flag,y\nh,5,true,1\n');
  const latest = await tiny.land('twice.csv', 'id,x,flag,y\ni,5,true,1\n');
  const { dataset } = await tiny.prepare('r1');
  expect(dataset.landed).toEqual([expect.objectContaining({ key: 'landing/tiny/twice.csv', versionId: latest })]);
  expect(tiny.lines).toContain('left out 1 landed files that are older than dataset tiny 1');
});

test('the state of another root, and what is none, are refused', async () => {
  const tiny = await scene('damaged');
  await store.write('damaged', landedKey('tiny', '1'), '{"schema":"assay.landed/2"}', 'application/json');
  await expect(tiny.prepare('r1', PUSH)).rejects.toThrow(
    's3://damaged/datasets/tiny/1/landed.json: is no assay.landed/1 document: schema:',
  );
});
