import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadGates } from '../../lib/config/load';
import type { Report } from '../../lib/core/report/report';
import { triggerText } from '../../lib/core/retraining/trigger-text';
import { landedKey } from '../../lib/golden-data/contract';
import { parseLanded } from '../../lib/golden-data/landed';
import { pushDataset } from '../../lib/golden-data/push';
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
  await moto.createBucket(bucket);
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
  }
  expect(await tiny.accept('r4')).toBe('dataset tiny 1.landed-1: is accepted already');
});
