import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ListModelPackagesCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { approveAll } from '../../lib/cli/run/approvals';
import { Display } from '../../lib/cli/run/display';
import { landExtract, playDrift } from '../../lib/cli/run/drift-scenario';
import { pushScenario } from '../../lib/cli/run/scenario-run';
import { edit, SCENARIOS, type Scenario } from '../../lib/cli/run/scenarios';
import { type RunResult, Session } from '../../lib/cli/run/session';
import { ownWorkload, type Workload } from '../../lib/cli/run/workload';
import { loadGates } from '../../lib/config/load';
import { writeChurnDataset } from '../../lib/golden-data/write-churn';

jest.setTimeout(300_000);

const root = resolve(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
const stateDir = join(root, '.assay', 'e2e');
const controller = new AbortController();
let workload: Workload;
/** The same with short bakes and its quick tests alone, for rollouts: what else a push goes through, others test here. */
let quick: Workload;
let session: Session;

/** The scenario itself waits for thirty; the monitor looks every six hours, and decides afresh each time. */
const QUIET_DAYS = 3;

/** A team's own repository outside this one, with the churn workload in it. */
beforeAll(async () => {
  rmSync(stateDir, { recursive: true, force: true });
  const repository = join(folder, 'churn');
  cpSync(join(root, 'examples/churn'), repository, { recursive: true });
  writeChurnDataset(join(repository, 'golden'));
  workload = ownWorkload(repository, 'e2e');
  // Days pass here, and what they lead to is to be the traffic's doing alone.
  workload = { ...workload, environment: { ...workload.environment, ASSAY_SCHEDULE: 'off' } };
  quick = quickWorkload(repository);
  session = await openSession();
  await session.pushGoldenData(workload.folder);
});

afterAll(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(stateDir, { recursive: true, force: true });
});

function quickWorkload(repository: string): Workload {
  const copy = join(folder, 'quick');
  cpSync(repository, copy, { recursive: true });
  for (const slow of ['unit/test_training.py', 'unit/test_loading.py', 'integration']) {
    rmSync(join(copy, 'tests', slow), { recursive: true });
  }
  edit(copy, 'gates.yaml', 'bakeSeconds: 600', 'bakeSeconds: 240');
  edit(copy, 'gates.yaml', 'maxBakeSeconds: 3600', 'maxBakeSeconds: 600');
  return ownWorkload(copy, 'e2e');
}

function openSession(): Promise<Session> {
  const display = new Display({ isTTY: false, write: () => true });
  const { signal } = controller;
  return Session.open({
    root,
    workload,
    stateDir,
    timeScale: 0.01,
    traffic: 30,
    approvals: approveAll,
    display,
    signal,
  });
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

async function push(name: string): Promise<RunResult> {
  const scenario = scenarioOf(name);
  // What renames a field renames it in the integration tests, too.
  const from = scenario.stopsAt === 'Staging' ? workload : quick;
  const result = await pushScenario(session, from, scenario);
  expect(result.summary.outcome).toBe('failed');
  const failed = result.summary.stages.filter(({ status }) => status === 'Failed').map((stage) => stage.name);
  expect(failed).toEqual([scenario.stopsAt]);
  expect(result.summary.reason).not.toContain('\n');
  return result;
}

const CUSTOMER = {
  tenure_months: 2,
  monthly_spend: null,
  contract_type: 'monthly',
  is_enterprise: false,
  support_calls: 4,
  last_login_hour: 23,
};

/** Approval status of every version in the registry, oldest first. */
async function packages() {
  const client = new SageMakerClient({
    endpoint: session.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'e2e', secretAccessKey: 'e2e' },
  });
  const order = { SortBy: 'CreationTime', SortOrder: 'Ascending' } as const;
  const { ModelPackageSummaryList = [] } = await client.send(
    new ListModelPackagesCommand({ ModelPackageGroupName: 'e2e', ...order }),
  );
  client.destroy();
  return ModelPackageSummaryList.map(({ ModelApprovalStatus }) => ModelApprovalStatus);
}

const weights = ({ summary }: RunResult) =>
  Object.fromEntries((summary.endpoint?.variants ?? []).map(({ name, weight }) => [name, weight]));

const checkIds = ({ summary }: RunResult, verdict: string) =>
  summary.reports.flatMap(({ checks }) => checks.filter((check) => check.verdict === verdict).map(({ id }) => id));

test('a unit test that fails stops the run at CodeTests, and the reason names the test', async () => {
  const { summary } = await push('bad-code');
  expect(summary.reason).toMatch(/test_min_max_scaling.*failed/);
});

test('an empty key and an unknown contract type stop the run at DataTests', async () => {
  const result = await push('bad-data');
  expect(result.summary.reason).toMatch(/train\.csv.*customer_id/);
  const reasons = result.summary.reports.flatMap(({ checks }) => checks.map(({ reason }) => reason));
  expect(reasons).toContainEqual(expect.stringMatching(/contract_type.*"weekly"/));
});

test('a golden file changed by one byte stops the run at DataTests', async () => {
  const result = await push('tampered-data');
  expect(result.summary.reason).toMatch(/train\.csv.*sha256|train\.csv.*digest|train\.csv.*SHA-256/i);
  expect(checkIds(result, 'fail')).toContain('golden.integrity.train.csv');
});

test('a model below its floor stops at ModelTests and is registered as rejected', async () => {
  const { summary } = await push('bad-model');
  expect(summary.reason).toMatch(/^ROC AUC is 0\.5\d+ .*at least 0\.75 is required/);
  expect(await packages()).toEqual(['Rejected']);
});

test('an answer of another shape stops the run at Staging; production is not touched', async () => {
  const { summary } = await push('bad-contract');
  expect(summary.reason).toContain('predictions');
  expect(summary.endpoint).toBeUndefined();
});

test('a good release goes live', async () => {
  const result = await session.push(workload.repository);
  expect(result.summary).toMatchObject({
    outcome: 'succeeded',
    sample: { response: expect.stringContaining('score') },
  });
  expect(Object.keys(weights(result))).toEqual(['blue']);
  const page = readFileSync(result.reportFile, 'utf8');
  expect(page).toContain(result.summary.reason.slice(0, 30).replaceAll('&', '&amp;'));
});

test('the next release is compared with the champion and takes over as green', async () => {
  const result = await session.push(quick.repository);
  expect(result.summary.outcome).toBe('succeeded');
  const promotion = result.summary.reports.flatMap(({ checks }) => checks).find(({ id }) => id === 'promotion.roc_auc');
  expect(promotion).toMatchObject({ verdict: 'pass', evidence: { method: expect.stringContaining('delong') } });
  expect(weights(result)).toEqual({ blue: 0, green: 100 });
  expect(result.summary.callers).toMatchObject({ lost: 0, failedByModel: {} });
});

/** Pushed in its quick form; what every rollout that is taken back has in common is checked. */
async function rolledBack(scenario: Scenario): Promise<RunResult> {
  const result = await pushScenario(session, quick, scenario);
  const { summary } = result;
  expect(summary).toMatchObject({ outcome: 'failed', rollout: { outcome: 'rolled-back', live: 'green' } });
  expect(summary.reason).toMatch(/^rolled back in \d[^\n]*$/);
  expect(summary.rollout?.rollbackSeconds).toBeLessThan(60);
  expect(weights(result)).toEqual({ green: 100 });
  expect((await packages()).at(-1)).toBe('Rejected');
  return result;
}

test('a release that fails under canary traffic is rolled back; of 200 requests a second none is lost', async () => {
  const result = await rolledBack({ ...scenarioOf('failing-canary'), traffic: 200 });
  const { reason, callers, measuredRollback } = result.summary;
  expect(reason).toMatch(/requests failed on blue/);
  expect(callers).toMatchObject({ lost: 0, requestsPerSecond: 200 });
  expect(Object.keys(callers?.failedByModel ?? {})).toEqual(['blue']);
  expect(callers?.weights.at(0)?.weights).toMatchObject({ green: 100 });
  expect(Date.parse(measuredRollback?.backAt ?? '')).toBeGreaterThan(Date.parse(measuredRollback?.evidenceAt ?? ''));
  const log = readFileSync(join(dirname(result.reportFile), 'requests.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(log).toHaveLength(1 + (callers?.sent ?? 0));
  const page = readFileSync(result.reportFile, 'utf8');
  expect(page).toContain('Weights and latency of blue and green');
  expect(page).toContain('Evidence against the release over');
});

test.each([
  ['silent-wrong-canary', /blue at [\d.]+ % answers otherwise than the release that was tested|predictions/],
  ['slow-canary', /requests were slow on blue/],
  ['alarm', /the alarm on Invocation\w+ went off with blue/],
])('%s is rolled back for its own reason, and callers lose nothing', async (name, reason) => {
  const { summary } = await rolledBack(scenarioOf(name));
  expect(summary.reason).toMatch(reason);
  expect(summary.callers).toMatchObject({ lost: 0 });
});

test('a release that nobody calls goes back where no golden requests are sent, for nothing is known about it', async () => {
  const unprobed: Scenario = {
    ...scenarioOf('no-traffic'),
    change: (copy) =>
      edit(copy, 'gates.yaml', '  minRequests: 20\n', '  minRequests: 20\n  probes: { maxPerLook: 0 }\n'),
  };
  const { summary } = await rolledBack(unprobed);
  expect(summary.reason).toContain('inconclusive after 600 s');
  expect(summary.callers).toBeUndefined();
});

test('a release that nobody calls goes live on golden requests alone', async () => {
  const result = await pushScenario(session, quick, scenarioOf('no-traffic'));
  expect(result.summary).toMatchObject({ outcome: 'succeeded', rollout: { outcome: 'promoted', live: 'blue' } });
  expect(result.summary.callers).toBeUndefined();
  expect(weights(result)).toEqual({ green: 0, blue: 100 });
});

test('a new engine on the same state finds the live endpoint and the registry', async () => {
  const before = await packages();
  await session.close();
  session = await openSession();
  expect(await session.isLive()).toBe(true);
  expect(await packages()).toEqual(before);
  const answer = await session.ask(JSON.stringify({ instances: [CUSTOMER] }));
  expect(JSON.parse(answer.response)).toEqual({ predictions: [{ score: expect.any(Number) }] });
  expect(answer.variant).toBe('blue');
});

test('callers ask about other customers: a run on data that landed starts by itself, and quiet days follow', async () => {
  const { retrained, quiet } = await playDrift(session, quick, { line: () => undefined }, { quietDays: QUIET_DAYS });
  expect(retrained.summary).toMatchObject({
    outcome: 'succeeded',
    trigger: { kind: 'drift', reason: expect.stringMatching(/PSI is [\d.]+, above 0\.2/) },
    rollout: { outcome: 'promoted' },
    callers: { lost: 0 },
  });
  expect(retrained.summary.trigger.also?.map(({ kind }) => kind)).toEqual(['new-data']);
  const checks = retrained.summary.reports.flatMap((report) => report.checks);
  const better = checks.find(({ id }) => id === 'promotion.roc_auc')?.evidence?.estimate;
  expect(better).toBeGreaterThan(0.03);
  expect(quiet).toHaveLength(4 * QUIET_DAYS);
  expect(new Set(quiet.map(({ outcome }) => outcome))).toEqual(new Set(['stable']));
  expect(retrained.summary.traffic?.points.length).toBeGreaterThanOrEqual(2 + 2 + 4 * QUIET_DAYS);
  expect(readFileSync(retrained.reportFile, 'utf8')).toContain('Population stability index of');
}, 600_000);

test('a raw CSV that is put into the landing folder leads to a registered release, and nobody touches anything', async () => {
  const before = await packages();
  const { dataset } = loadGates(quick.folder).gates;
  const result = await session.triggered(async (begun) => {
    // Of this one, both groups of the fairness gate have customers enough.
    await landExtract(session, dataset, 11);
    await begun;
  });
  expect(result?.summary.reason).toContain('serves all traffic');
  expect(result?.summary).toMatchObject({ outcome: 'succeeded', trigger: { kind: 'new-data' } });
  expect(await packages()).toEqual([...before, 'Approved']);
});
