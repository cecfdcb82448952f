import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadGates } from '../../lib/config/load';
import { parseBaseline } from '../../lib/core/drift/baseline';
import { createRandom } from '../../lib/core/statistics';
import { pushDataset } from '../../lib/golden-data/push';
import { BaselineUnknown, writeBaseline } from '../../lib/release/baseline';
import { ObjectStore } from '../../lib/release/objects';
import { prepareRelease } from '../../lib/release/prepare';
import { RunFolder } from '../../lib/release/run-folder';
import { scratchFolder } from '../support/folder';
import { type Moto, startMoto } from '../support/moto';

jest.setTimeout(60_000);

const CHURN = resolve(__dirname, '..', '..', 'examples', 'churn');
let moto: Moto;
let run: RunFolder;
let store: ObjectStore;
const { folder: workload } = scratchFolder();
let holdout: readonly Record<string, unknown>[];

beforeAll(async () => {
  moto = await startMoto();
  store = new ObjectStore(moto.s3);
  await moto.createBucket('golden');
  await moto.createBucket('artifacts');
  mkdirSync(join(workload, 'golden'));
  const files = [
    'gates.yaml',
    'train.py',
    'inference.py',
    'requirements.txt',
    'golden/train.csv',
    'golden/holdout.csv',
  ];
  for (const file of files) copyFileSync(join(CHURN, file), join(workload, file));
  await pushDataset(store, 'golden', join(workload, 'golden'), loadGates(workload).gates.dataset);
  await prepareRelease({
    env: {
      ...moto.env,
      ASSAY_APPLICATION: 'churn',
      ASSAY_RUN_ID: 'run-1',
      ASSAY_COMMIT: 'c0ffee',
      ASSAY_ARTIFACT_BUCKET: 'artifacts',
      ASSAY_GOLDEN_BUCKET: 'golden',
      ASSAY_WORKLOAD: '.',
      ASSAY_IMAGE: `example.com/x@sha256:${'a'.repeat(64)}`,
    },
    directory: workload,
    log: () => undefined,
    now: new Date('2026-01-02T03:04:05Z'),
  });
  run = new RunFolder(store, 'artifacts', 'run-1');
  await run.writeJson('training.json', { challengerPredictionsUri: run.uri('predictions/challenger') });
  const text = await store.readText('artifacts', 'runs/run-1/transform/holdout.jsonl');
  holdout = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
});

afterAll(async () => {
  await moto.stop();
});

const answer = (score: (i: number) => unknown) =>
  run.write(
    'predictions/challenger/holdout.jsonl.out',
    holdout.map((row, i) => `${JSON.stringify({ ...row, SageMakerOutput: { score: score(i) } })}\n`).join(''),
  );

test('every feature of the train file and the scores on the holdout are pinned', async () => {
  const random = createRandom(3);
  await answer(() => random());
  const line = await writeBaseline(run, new Date('2026-01-02T03:04:05Z'));
  expect(line).toBe('baseline of 6 features and prediction.score: s3://artifacts/runs/run-1/baseline.json');
  const baseline = parseBaseline(await run.readJson('baseline.json'), 'baseline.json');
  const release = await run.release();
  expect(baseline.columns.map(({ name, kind, rows }) => [name, kind, rows])).toEqual([
    ...['tenure_months', 'monthly_spend'].map((name) => [name, 'numeric', release.dataset.train.rows]),
    ...['contract_type', 'is_enterprise'].map((name) => [name, 'categorical', release.dataset.train.rows]),
    ...['support_calls', 'last_login_hour'].map((name) => [name, 'numeric', release.dataset.train.rows]),
    ['prediction.score', 'numeric', release.dataset.holdout.rows],
  ]);
  const score = baseline.columns.at(-1);
  expect(score?.kind === 'numeric' && score.edges.map((edge) => Math.round(edge * 10) / 10)).toEqual([
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9,
  ]);
});

test('answers that nobody can read leave no baseline, and say where', async () => {
  await answer((i) => (i === 5 ? null : 0.5));
  await expect(writeBaseline(run, new Date())).rejects.toThrow(BaselineUnknown);
  await expect(writeBaseline(run, new Date())).rejects.toThrow(
    /^s3:\/\/artifacts\/runs\/run-1\/predictions\/.*prediction 6/,
  );
});
