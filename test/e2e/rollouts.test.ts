import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pushScenario } from '../../lib/cli/run/scenario-run';
import { edit, type Scenario } from '../../lib/cli/run/scenarios';
import type { RunResult } from '../../lib/cli/run/session';
import { PipelineFixture, scenarioOf, weights } from './fixture';

jest.setTimeout(600_000);

const fixture = new PipelineFixture('e2e-rollouts');
const { workload, quick } = fixture;

beforeAll(() => fixture.start());
afterAll(() => fixture.remove());

const CUSTOMER = {
  tenure_months: 2,
  monthly_spend: null,
  contract_type: 'monthly',
  is_enterprise: false,
  support_calls: 4,
  last_login_hour: 23,
};

test('a good release goes live', async () => {
  const result = await fixture.session.push(workload.repository);
  expect(result.summary).toMatchObject({
    outcome: 'succeeded',
    sample: { response: expect.stringContaining('score') },
  });
  expect(Object.keys(weights(result))).toEqual(['blue']);
  const page = readFileSync(result.reportFile, 'utf8');
  expect(page).toContain(result.summary.reason.slice(0, 30).replaceAll('&', '&amp;'));
});

test('the next release is compared with the champion and takes over as green', async () => {
  const result = await fixture.session.push(quick.repository);
  expect(result.summary.outcome).toBe('succeeded');
  const promotion = result.summary.reports.flatMap(({ checks }) => checks).find(({ id }) => id === 'promotion.roc_auc');
  expect(promotion).toMatchObject({ verdict: 'pass', evidence: { method: expect.stringContaining('delong') } });
  expect(weights(result)).toEqual({ blue: 0, green: 100 });
  expect(result.summary.callers).toMatchObject({ lost: 0, failedByModel: {} });
});

/** Pushed in its quick form; what every rollout that is taken back has in common is checked. */
async function rolledBack(scenario: Scenario): Promise<RunResult> {
  const result = await pushScenario(fixture.session, quick, scenario);
  const { summary } = result;
  expect(summary).toMatchObject({ outcome: 'failed', rollout: { outcome: 'rolled-back', live: 'green' } });
  expect(summary.reason).toMatch(/^rolled back in \d[^\n]*$/);
  expect(summary.rollout?.rollbackSeconds).toBeLessThan(60);
  expect(weights(result)).toEqual({ green: 100 });
  expect((await fixture.packages()).at(-1)).toBe('Rejected');
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
    change: (copy) => edit(copy, 'gates.yaml', 'ratePerSecond: 50', 'maxPerLook: 0'),
  };
  const { summary } = await rolledBack(unprobed);
  expect(summary.reason).toContain('inconclusive after 600 s');
  expect(summary.callers).toBeUndefined();
});

test('a release that nobody calls goes live on golden requests alone', async () => {
  const result = await pushScenario(fixture.session, quick, scenarioOf('no-traffic'));
  expect(result.summary).toMatchObject({ outcome: 'succeeded', rollout: { outcome: 'promoted', live: 'blue' } });
  expect(result.summary.callers).toBeUndefined();
  expect(weights(result)).toEqual({ green: 0, blue: 100 });
});

test('a new engine on the same state finds the live endpoint and the registry', async () => {
  const before = await fixture.packages();
  await fixture.open();
  expect(await fixture.session.isLive()).toBe(true);
  expect(await fixture.packages()).toEqual(before);
  const answer = await fixture.session.ask(JSON.stringify({ instances: [CUSTOMER] }));
  expect(JSON.parse(answer.response)).toEqual({ predictions: [{ score: expect.any(Number) }] });
  expect(answer.variant).toBe('blue');
});
