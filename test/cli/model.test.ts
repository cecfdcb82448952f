import { rmSync, writeFileSync } from 'node:fs';
import { loadGates } from '../../lib/config/load';
import type { Report } from '../../lib/core/report';
import { createRandom, drawNormal } from '../../lib/core/statistics';
import { BUILD_ENV, RUN_KEYS, reportKey } from '../../lib/pipeline/contract';
import { openStore } from '../../lib/release/objects';
import { RunFolder } from '../../lib/release/run-folder';
import { assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import type { Moto } from '../support/moto';
import { startRunStore, writeTrainedRun } from '../support/pipeline-run';
import { writeFiles } from '../support/workload';

const GATES = `version: 1
dataset:
  name: churn
  version: "1"
  key: id
  label: churned
  positive: "Yes"
  columns: {id: integer, contract: string, churned: string}
model:
  metrics: {roc_auc: {min: 0.75}, accuracy: {min: 0.6}}
  slices: [{column: contract, minRows: 20, metrics: {roc_auc: {min: 0.6}}}]
`;

const random = createRandom(5);
const rows = Array.from({ length: 200 }, (_, index) => ({
  id: 1000 + index,
  contract: index % 2 === 0 ? 'monthly' : 'annual',
  churned: index % 3 === 0 ? 'Yes' : 'No',
}));
const HOLDOUT = ['id,contract,churned', ...rows.map((r) => `${r.id},${r.contract},${r.churned}`), ''].join('\n');

const lines = (score: (positive: boolean) => unknown): string =>
  rows
    .map(({ churned, ...row }) => JSON.stringify({ ...row, SageMakerOutput: { score: score(churned === 'Yes') } }))
    .join('\n');
const near = (noise: number) => (positive: boolean) =>
  1 / (1 + Math.exp(-(positive ? 1 : -1) - noise * drawNormal(random)));
const GOOD = lines(near(0.5));
const POOR = lines(near(9));

const { folder, at: file } = scratchFolder();
let output: string;

beforeEach(() =>
  writeFiles(folder, { 'gates.yaml': GATES, 'golden/holdout.csv': HOLDOUT, 'good.jsonl': GOOD, 'poor.jsonl': POOR }),
);

afterEach(() => rmSync(folder, { recursive: true }));

/** Calls the gate, keeps what it printed, and gives the exit code. */
async function assay(...args: readonly string[]): Promise<number> {
  const { code, out } = await call(['gate', 'model', ...args]);
  output = out;
  return code;
}

const reportOf = (): Report => JSON.parse(output) as Report;
const reason = (id: string): string | undefined => reportOf().checks.find((check) => check.id === id)?.reason;

describe('on local files', () => {
  const local = (...args: readonly string[]) => assay('--workload', folder, ...args);

  test('a good first release passes, labels and keys as the file has them', async () => {
    expect(await local('--predictions', file('good.jsonl'), '--json')).toBe(0);
    expect(reportOf()).toMatchObject({ schema: 'assay.report/1', gate: 'model', verdict: 'pass' });
    expect(reportOf().checks.map((check) => check.id)).toContain('slices.contract.roc_auc');
  });

  test('a poor model fails with one line that says why, and --report-only leaves that to the reader', async () => {
    expect(await local('--predictions', file('poor.jsonl'))).toBe(1);
    expect(output).toMatch(/^model gate: FAIL: ROC AUC is 0\.\d+ \(95.% interval .*\); at least 0.75 is required/);
    expect(await local('--predictions', file('poor.jsonl'), '--report-only', '--html', file('out/model.html'))).toBe(0);
  });

  test('the champion is compared', async () => {
    expect(await local('--predictions', file('good.jsonl'), '--champion', file('good.jsonl'), '--json')).toBe(0);
    expect(reason('promotion.roc_auc')).toContain('challenger is equal to champion in ROC AUC');
  });

  test('a line that is no JSON is a finding with its place', async () => {
    writeFileSync(file('bad.jsonl'), `${GOOD}\n{"id": 1000\n`);
    expect(await local('--predictions', file('bad.jsonl'), '--json')).toBe(1);
    expect(reason('sanity.complete')).toContain('bad.jsonl');
  });

  test('an answer of another shape is no score', async () => {
    writeFileSync(file('bad.jsonl'), GOOD.replace(/"score"/, '"probability"'));
    expect(await local('--predictions', file('bad.jsonl'), '--json')).toBe(1);
    expect(reason('sanity.finite')).toMatch(/^1 score of 200 is no finite number \(1000: /);
  });

  test('a row that is missing, one that is answered twice, one that nobody asked for', async () => {
    const [first = '', ...others] = GOOD.split('\n');
    const stray = first.replace('"id":1000', '"id":7');
    writeFileSync(file('bad.jsonl'), [...others, others[0] ?? '', stray, ''].join('\n'));
    expect(await local('--predictions', file('bad.jsonl'), '--json')).toBe(1);
    expect(reason('sanity.complete')).toBe(
      'of 200 golden rows and 201 answers: 1 row without an answer (1000), 1 answer for no row of the holdout (7)',
    );
    expect(reason('sanity.deterministic')).toBe('1 row answered more than once, each time alike');
  });

  test('a holdout without the sliced column', async () => {
    writeFileSync(file('golden/holdout.csv'), 'id,churned\n1,Yes\n');
    expect(await local('--predictions', file('good.jsonl'), '--json')).toBe(1);
    expect(reason('sanity.holdout')).toMatch(/^holdout\.csv: has no column "contract"/);
  });

  test('a champion that cannot be read makes the promotion inconclusive, and nothing else', async () => {
    writeFileSync(file('broken.jsonl'), 'no JSON\n');
    expect(await local('--predictions', file('good.jsonl'), '--champion', file('broken.jsonl'), '--json')).toBe(2);
    expect(reason('promotion.roc_auc')).toMatch(/^the champion broken\.jsonl cannot be compared: .*broken\.jsonl/);
    expect(reportOf().checks.filter(({ verdict }) => verdict !== 'pass')).toHaveLength(1);
  });

  test('bad usage is told apart', async () => {
    const told = (...args: readonly string[]) => call(['gate', 'model', ...args]);
    expect(await told('--workload', folder)).toMatchObject({
      code: 64,
      err: expect.stringContaining('--workload needs --predictions FILE'),
    });
    expect(await told('--workload', folder, '--predictions', file('none.jsonl'))).toMatchObject({
      code: 64,
      err: expect.stringMatching(/none\.jsonl: there is no such file$/m),
    });
    expect(await told()).toMatchObject({
      code: 64,
      err: expect.stringContaining('outside a run of the pipeline, --predictions FILE says what to judge'),
    });
  });
});

describe('inside a run', () => {
  let moto: Moto;
  let run: RunFolder;
  const before = { ...process.env };
  let sequence = 0;

  beforeAll(async () => {
    ({ moto } = await startRunStore());
  }, 40_000);

  afterAll(async () => {
    await moto.stop();
    process.env = before;
  });

  beforeEach(async () => {
    sequence += 1;
    process.env[BUILD_ENV.runId] = `run-${sequence}`;
    process.env[BUILD_ENV.artifactBucket] = 'artifacts';
    run = new RunFolder(openStore(process.env), 'artifacts', `run-${sequence}`);
    await writeRun({});
  });

  afterEach(() => {
    delete process.env[BUILD_ENV.runId];
  });

  async function writeRun(training: Readonly<Record<string, unknown>>): Promise<void> {
    await writeTrainedRun(run, loadGates(folder).gates, HOLDOUT, training);
    await run.write(`${RUN_KEYS.challengerPredictions}/holdout.jsonl.out`, GOOD);
  }

  const championOf = (uri?: string) => ({
    champion: { modelPackageArn: 'arn:aws:sagemaker:us-east-1:1:model-package/churn/3', modelName: 'churn-0' },
    ...(uri === undefined ? {} : { championPredictionsUri: uri }),
  });

  test('the report lies in three formats in the run, with what was judged', async () => {
    expect(await assay()).toBe(0);
    expect(await run.readJson<Report>(reportKey('model'))).toMatchObject({
      verdict: 'pass',
      release: { commit: 'abc', model: 'churn-1', dataset: { name: 'churn', sha256: 'sha256:0', rows: 200 } },
    });
    const text = (format: 'html' | 'xml') =>
      run.store.readText('artifacts', `runs/${run.runId}/${reportKey('model', format)}`);
    expect(await text('html')).toContain('<!doctype html>');
    expect(await text('xml')).toContain('name="metrics.roc_auc"');
  });

  test('a later version of the holdout is not judged; the pinned one is', async () => {
    await run.store.write('golden', 'holdout.csv', HOLDOUT.replaceAll('Yes', 'No'), 'text/csv');
    expect(await assay()).toBe(0);
  });

  test('a holdout that is not the pinned bytes fails and nothing else is judged', async () => {
    const release = await run.readJson<{ dataset: { holdout: object } }>(RUN_KEYS.release);
    const holdout = { ...release.dataset.holdout, sha256: 'f'.repeat(64) };
    await run.writeJson(RUN_KEYS.release, { ...release, dataset: { ...release.dataset, holdout } });
    expect(await assay('--report-only', '--json')).toBe(0);
    expect(reportOf().checks).toMatchObject([{ id: 'golden.integrity.holdout.csv', verdict: 'fail' }]);
  });

  test('missing predictions are inconclusive, not a pass', async () => {
    await writeRun({ challengerPredictionsUri: run.uri('predictions/elsewhere') });
    expect(await assay('--json')).toBe(2);
    expect(reason('sanity.complete')).toBe(
      `${run.uri('predictions/elsewhere')}/holdout.jsonl.out: there is no such object`,
    );
  });

  test('a champion is compared, and one without predictions is inconclusive', async () => {
    await run.write(`${RUN_KEYS.championPredictions}/holdout.jsonl.out`, POOR);
    await writeRun(championOf(run.uri(RUN_KEYS.championPredictions)));
    expect(await assay('--json')).toBe(0);
    expect(reason('promotion.roc_auc')).toMatch(/^challenger is 0\.\d+ above champion/);
    await writeRun(championOf());
    expect(await assay('--json')).toBe(2);
    expect(reason('promotion.roc_auc')).toContain('cannot be compared: training.json names no predictions');
  });
});
