import { readFileSync } from 'node:fs';
import { landExtract, playDrift } from '../../lib/cli/run/drift-scenario';
import { pushScenario } from '../../lib/cli/run/scenario-run';
import type { RunResult } from '../../lib/cli/run/session';
import { loadGates } from '../../lib/config/load';
import { PipelineFixture, scenarioOf, weights } from './fixture';

jest.setTimeout(600_000);

/** The scenario itself waits for thirty; the monitor looks every six hours, and decides afresh each time. */
const QUIET_DAYS = 3;

const fixture = new PipelineFixture('e2e-gates');
const { workload, quick } = fixture;

beforeAll(() => fixture.start());
afterAll(() => fixture.remove());

async function push(name: string): Promise<RunResult> {
  const scenario = scenarioOf(name);
  // Its tests are to find one of them; another renames a field in them, too.
  const from = scenario.stopsAt === 'CodeTests' || scenario.stopsAt === 'Staging' ? workload : quick;
  const result = await pushScenario(fixture.session, from, scenario);
  expect(result.summary.outcome).toBe('failed');
  const failed = result.summary.stages.filter(({ status }) => status === 'Failed').map((stage) => stage.name);
  expect(failed).toEqual([scenario.stopsAt]);
  expect(result.summary.reason).not.toContain('\n');
  return result;
}

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
  expect(await fixture.packages()).toEqual(['Rejected']);
});

test('an answer of another shape stops the run at Staging; production is not touched', async () => {
  const { summary } = await push('bad-contract');
  expect(summary.reason).toContain('predictions');
  expect(summary.endpoint).toBeUndefined();
});

test('a release goes live, for traffic to be watched', async () => {
  const result = await fixture.session.push(quick.repository);
  expect(result.summary).toMatchObject({ outcome: 'succeeded', rollout: { outcome: 'promoted', live: 'blue' } });
  expect(weights(result)).toEqual({ blue: 100 });
});

test('callers ask about other customers: a run on data that landed starts by itself, and quiet days follow', async () => {
  const { retrained, quiet } = await playDrift(
    fixture.session,
    quick,
    { line: () => undefined },
    { quietDays: QUIET_DAYS },
  );
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
});

test('a raw CSV that is put into the landing folder leads to a registered release, and nobody touches anything', async () => {
  const before = await fixture.packages();
  const { dataset } = loadGates(quick.folder).gates;
  const result = await fixture.session.triggered(async (begun) => {
    // Of this one, both groups of the fairness gate have customers enough.
    await landExtract(fixture.session, dataset, 11);
    await begun;
  });
  expect(result?.summary.reason).toContain('serves all traffic');
  expect(result?.summary).toMatchObject({ outcome: 'succeeded', trigger: { kind: 'new-data' } });
  expect(await fixture.packages()).toEqual([...before, 'Approved']);
});
