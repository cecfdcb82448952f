import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Gates } from '../../lib/config/gates';
import { loadGates } from '../../lib/config/load';
import { parseBaseline } from '../../lib/core/drift/baseline';
import { createRandom } from '../../lib/core/statistics';
import { pushDataset } from '../../lib/golden-data/push';
import { writeChurnDataset } from '../../lib/golden-data/write-churn';
import { BaselineUnknown, writeBaseline } from '../../lib/release/baseline';
import { ObjectStore, parseS3Uri } from '../../lib/release/objects';
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
  writeChurnDataset(join(workload, 'golden'));
  for (const file of ['gates.yaml', 'train.py', 'inference.py', 'requirements.txt']) {
    copyFileSync(join(CHURN, file), join(workload, file));
  }
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

test('a column that is to be watched and has no bins is refused, others are told', async () => {
  await answer(() => 0.5);
  const release = await run.release();
  const gates = release.gates as Gates;
  const watching = (columns: readonly string[]) => {
    const monitoring = { ...gates.monitoring, drift: { ...gates.monitoring.drift, columns } };
    return { ...release, gates: { ...gates, monitoring } };
  };
  const [file, key] = [release.dataset.holdout, 'datasets/no-contracts.csv'];
  const [header = '', ...lines] = (await store.readText('golden', parseS3Uri(file.s3Uri).key)).split('\n');
  const at = header.split(',').indexOf('contract_type');
  const without = (line: string) => line.split(',').filter((_, i) => i !== at);
  const text = [header, ...lines].map((line) => without(line).join(',')).join('\n');
  await moto.s3.send(new PutObjectCommand({ Bucket: 'golden', Key: key, Body: text }));
  const sha256 = createHash('sha256').update(text).digest('hex');
  const { versionId: _, ...rest } = file;
  const dataset = { ...release.dataset, holdout: { ...rest, s3Uri: `s3://golden/${key}`, sha256 } };
  await run.writeJson('release.json', { ...watching(['tenure_months', 'prediction.class']), dataset });
  await expect(writeBaseline(run, new Date())).rejects.toThrow(
    'monitoring.drift.columns names prediction.class, which the baseline does not have: it has tenure_months, ',
  );
  await run.writeJson('release.json', { ...watching(['contract_type']), dataset });
  await expect(writeBaseline(run, new Date())).rejects.toThrow(/contract_type, which .* not have: contract_type: /);
  await run.writeJson('release.json', { ...watching(['tenure_months']), dataset });
  expect(await writeBaseline(run, new Date())).toMatch(/^baseline of 5 features .*; not watched: contract_type: /);
});
