import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { loadGates } from '../../lib/config/load';
import type { Report } from '../../lib/core/report';
import { BUILD_ENV, RUN_KEYS, reportKey } from '../../lib/pipeline/contract';
import { openStore } from '../../lib/release/objects';
import { writeProbes } from '../../lib/release/probes';
import { RunFolder } from '../../lib/release/run-folder';
import { transformInput } from '../../lib/release/transform-input';
import type { Moto } from '../support/moto';
import { startRunStore, writeTrainedRun } from '../support/pipeline-run';
import { ALL, behaviourGate, GATES, good, HOLDOUT, type Model, type Row, upsideDown } from './behaviour-fixture';

const { folder, file, assay, local, output, refusal, reportOf, verdicts } = behaviourGate();

const rowsOf = (path: string): readonly Row[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('rows that are written, scored by any means and read again', () => {
  const scored = async (model: Model, joined: boolean): Promise<number> => {
    expect(await local('--write-inputs', file('rows.jsonl'))).toBe(0);
    const answers = rowsOf(file('rows.jsonl')).map((row) =>
      joined ? { ...row, SageMakerOutput: model(row) } : model(row),
    );
    writeFileSync(file('answers.jsonl'), answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    return local('--predictions', file('answers.jsonl'), '--json');
  };

  test.each([false, true])('a model that behaves passes every kind of test (joined: %s)', async (joined) => {
    expect(await scored(good, joined)).toBe(0);
    expect(verdicts()).toEqual(ALL.map((name) => `behaviour.${name} pass`));
    expect(reportOf()).toMatchObject({ gate: 'behaviour', verdict: 'pass', release: { model: 'answers.jsonl' } });
  });

  test('a model that is upside down fails, with the worst rows', async () => {
    expect(await scored(upsideDown, true)).toBe(1);
    const failed = verdicts().filter((line) => line.endsWith('fail'));
    expect(failed).toEqual(['behaviour.more-calls fail']);
    const check = reportOf().checks.find(({ id }) => id === 'behaviour.more-calls');
    expect(check?.evidence).toMatchObject({ passed: 0, n: 120, matchedRows: 120, unchangedRows: 0 });
    const worst = check?.evidence?.worst as { key: string; changed: string; change: number }[];
    expect(worst).toHaveLength(10);
    expect(worst[0]?.changed).toMatch(/^calls: \d → \d$/);
    expect(worst[0]?.change).toBeLessThan(0);
    expect(output()).toContain('worst: row C-');
  });

  test('the same seed writes the same rows, without the label', async () => {
    await local('--write-inputs', file('a'));
    await local('--write-inputs', file('b'));
    expect(readFileSync(file('a'), 'utf8')).toBe(readFileSync(file('b'), 'utf8'));
    expect(Object.keys(rowsOf(file('a'))[0] ?? {})).toEqual(['id', 'calls', 'spend', 'plan']);
  });

  test('answers to other rows fail by line, and usage is told', async () => {
    await scored(good, true);
    const answers = readFileSync(file('answers.jsonl'), 'utf8');
    writeFileSync(file('answers.jsonl'), answers.replace('"calls":0', '"calls":1'));
    expect(await local('--predictions', file('answers.jsonl'), '--json')).toBe(1);
    expect(reportOf().reason).toMatch(/answers\.jsonl:\d+: answers another row than was sent: calls is 1, sent was 0/);
    const workload = ['--workload', folder];
    expect(await refusal(...workload)).toContain('one of --endpoint NAME, --predictions FILE and --write-inputs FILE');
    expect(await refusal(...workload, '--predictions', file('none'))).toContain('none: there is no such file');
    expect(await refusal()).toContain('outside a run of the pipeline');
    writeFileSync(file('gates.yaml'), GATES.slice(0, GATES.indexOf('behaviour:')));
    expect(await refusal(...workload, '--write-inputs', file('a'))).toContain('behaviour.tests lists no test');
  });
});

describe('an endpoint', () => {
  let server: Server;
  let model: Model = good;
  let refused = 0;
  let requests: { readonly path: string; readonly rows: number; readonly variant: unknown }[] = [];
  const before = { ...process.env };

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { instances } = (await json(request)) as { instances: Row[] };
      requests.push({
        path: request.url ?? '',
        rows: instances.length,
        variant: request.headers['x-amzn-sagemaker-target-variant'],
      });
      if (refused > 0) {
        refused -= 1;
        response.writeHead(429).end('{"message":"slow down"}');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ predictions: instances.map(model) }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  beforeEach(() => {
    requests = [];
    refused = 0;
    model = good;
  });
  afterAll(async () => {
    process.env = before;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const ask = (...args: readonly string[]) => local('--endpoint', 'churn-staging', '--rate', '5000', '--json', ...args);

  test('is asked in batches, throttled requests again, and judged', async () => {
    refused = 1;
    expect(await ask('--variant', 'green')).toBe(0);
    expect(verdicts()).toEqual(ALL.map((name) => `behaviour.${name} pass`));
    expect(
      requests.every(({ path, variant }) => path === '/endpoints/churn-staging/invocations' && variant === 'green'),
    ).toBe(true);
    expect(Math.max(...requests.map(({ rows }) => rows))).toBe(7);
  });

  test('that answers by chance is not deterministic', async () => {
    let call = 0;
    model = (row) => ({ score: (good(row) as { score: number }).score + 1e-6 * call++ });
    expect(await ask()).toBe(1);
    expect(verdicts()).toContain('behaviour.determinism fail');
  });

  test('that has no answer for a row fails with its words', async () => {
    model = (row) => (row.spend === null ? { score: Number.NaN } : good(row));
    expect(await ask()).toBe(1);
    expect(reportOf().checks.find(({ id }) => id === 'behaviour.no-spend')).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /^no spend: row C-\d+ has no answer: answer to row C-\d+ \(no spend\) has null as "predictions\[\d\]\.score"/,
      ),
    });
  });
});

describe('in a run of the pipeline', () => {
  let moto: Moto;
  let run: RunFolder;
  const before = { ...process.env };

  beforeAll(async () => {
    ({ moto } = await startRunStore());
  }, 40_000);
  afterAll(async () => {
    await moto.stop();
    process.env = before;
  });

  let sequence = 0;
  beforeEach(async () => {
    sequence += 1;
    Object.assign(process.env, { [BUILD_ENV.runId]: `run-${sequence}`, [BUILD_ENV.artifactBucket]: 'artifacts' });
    run = new RunFolder(openStore(process.env), 'artifacts', `run-${sequence}`);
    await writeTrainedRun(run, loadGates(folder).gates, HOLDOUT);
  });
  afterEach(() => {
    delete process.env[BUILD_ENV.runId];
  });

  /** What batch transform leaves: every input joined with its answer. */
  const transformed = async (model: Model): Promise<void> => {
    const { gates } = loadGates(folder);
    const golden = file('golden/holdout.csv');
    await writeProbes(run, gates, golden, await transformInput(golden, gates.dataset));
    const answered = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
        .map((row) => `${JSON.stringify({ ...row, SageMakerOutput: model(row) })}\n`)
        .join('');
    const probes = await run.store.readText('artifacts', `runs/${run.runId}/${RUN_KEYS.probes}`);
    await run.write(`${RUN_KEYS.challengerPredictions}/probes.jsonl.out`, answered(probes));
    const rows = await transformInput(golden, gates.dataset);
    await run.write(`${RUN_KEYS.challengerPredictions}/holdout.jsonl.out`, answered(rows));
  };

  test('the rows that the release wrote are judged beside the holdout’s answers', async () => {
    await transformed(good);
    expect(await assay('--report-only')).toBe(0);
    const report = await run.readJson<Report>(reportKey('behaviour'));
    expect(report).toMatchObject({ gate: 'behaviour', verdict: 'pass', release: { commit: 'abc', model: 'churn-1' } });
    expect(report.checks.map(({ id }) => id)).toEqual([
      'golden.integrity.holdout.csv',
      ...ALL.map((name) => `behaviour.${name}`),
    ]);
    const html = await run.store.readText('artifacts', `runs/${run.runId}/${reportKey('behaviour', 'html')}`);
    expect(html).toContain('few calls, no churn');
  });

  test('a model that misbehaves leaves a failed report and a build that goes on', async () => {
    await transformed(upsideDown);
    expect(await assay('--report-only')).toBe(0);
    expect(await run.readJson<Report>(reportKey('behaviour'))).toMatchObject({ verdict: 'fail' });
    expect(await assay()).toBe(1);
  });

  test('rows that the model refuses fail their test, each with what was wrong', async () => {
    await transformed((row) => (row.spend === null ? { error: 'ValueError: spend is missing' } : good(row)));
    expect(await assay('--json')).toBe(1);
    const check = reportOf().checks.find(({ id }) => id === 'behaviour.no-spend');
    expect(check?.reason).toMatch(
      /^no spend: row C-\d+ has no answer: refused: ValueError: spend is missing \(spend: [\d.]+ → null\) \(and 119 more rows\)$/,
    );
    expect(check?.evidence).toMatchObject({ unanswered: 120 });
    expect(check?.evidence?.refused).toHaveLength(10);
    expect(reportOf().checks.filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
  });

  test('without any answer to the rows of the tests the rest is judged, and nothing passes by that', async () => {
    await transformed(good);
    const training = await run.readJson<object>(RUN_KEYS.training);
    const probesFailure = 'batch transform churn-1-probes failed: ClientError: See job logs for more information';
    await run.writeJson(RUN_KEYS.training, { ...training, probesFailure });
    expect(await assay('--json')).toBe(2);
    expect(reportOf().reason).toMatch(/^batch transform churn-1-probes failed: ClientError/);
    expect(verdicts()).toEqual([
      'golden.integrity.holdout.csv pass',
      'behaviour.answers inconclusive',
      ...ALL.map((name) => `behaviour.${name} ${name === 'few-calls-no-churn' ? 'pass' : 'inconclusive'}`),
    ]);
  });

  test('answers that are not there are inconclusive', async () => {
    expect(await assay('--json')).toBe(2);
    expect(reportOf().reason).toContain('holdout.jsonl.out: there is no such object');
  });
});
