import fc from 'fast-check';
import { gatesSchema } from '../../../lib/config/gates';
import { nextMove } from '../../../lib/core/rollout/converge';
import type { EndpointState, VariantSpec } from '../../../lib/core/rollout/endpoint';
import { type PlanFacts, planRollout, planStaging } from '../../../lib/core/rollout/plan';
import type { VariantRelease } from '../../../lib/core/rollout/rollback';
import { packageArn, release } from '../../rollout/run-fixture';

const rules = gatesSchema.parse({
  version: 1,
  dataset: { name: 'churn', version: '1', key: 'id', label: 'y', columns: { id: 'string', y: 'integer' } },
  model: { metrics: { roc_auc: { min: 0.5 } } },
}).canary;

const modelName = (version: number): string => `model-${version}`;
const spec = (name: 'blue' | 'green', version: number, weight: number, instanceCount = 1): VariantSpec => ({
  name,
  modelName: modelName(version),
  instanceType: 'ml.m5.large',
  instanceCount,
  weight,
});
const behind = (name: 'blue' | 'green', version: number): VariantRelease => ({
  variant: spec(name, version, 1),
  modelPackageArn: packageArn(version),
});
const endpoint = (weights: Readonly<Record<string, number>>, more: Partial<EndpointState> = {}): EndpointState => ({
  name: 'e',
  status: 'InService',
  configName: 'there',
  variants: Object.entries(weights).map(([name, weight]) => ({ name, weight, instanceCount: 1 })),
  ...more,
});
/** Release 2 is to be rolled out. */
const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
  endpointName: 'e',
  variants: [],
  packageArn: packageArn(2),
  approval: { status: 'Approved' },
  model: { name: modelName(2), packageArn: packageArn(2) },
  instances: { type: 'ml.m5.large', count: 1 },
  alarms: [],
  rules,
  configName: (variants) => JSON.stringify(variants),
  ...more,
});
const live = release(1, '2026-01-01T00:00:00Z');
const both = [behind('blue', 1), behind('green', 2)];
const alone = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 1)], live };

describe('planRollout', () => {
  test('nothing there: a first release, which may be taken away again', () => {
    expect(planRollout(facts())).toMatchObject({
      kind: 'deploy',
      first: true,
      candidate: 'blue',
      rollback: { kind: 'absent' },
    });
    expect(planRollout(facts({ live }))).toMatchObject({
      first: true,
      note: 'endpoint e had been deleted; the last to serve was release 1',
    });
  });

  test('one release serves: the other name is added without traffic, then steps, and the way back', () => {
    const plan = planRollout(facts(alone));
    expect(plan).toMatchObject({
      kind: 'deploy',
      first: false,
      candidate: 'green',
      serving: 'blue',
      servingRelease: '1',
    });
    if (plan.kind !== 'deploy' || plan.deploy.kind !== 'fleet') throw new Error(plan.kind);
    expect(plan.deploy.fleet.variants).toEqual([spec('blue', 1, 100), spec('green', 2, 0)]);
    expect(plan.deploy).not.toHaveProperty('orConfig');
    expect(plan.alone.variants).toEqual([spec('green', 2, 100)]);
    expect(plan.steps.map(({ weight }) => weight)).toEqual([5, 25, 100]);
    expect(plan.rollback).toEqual({ kind: 'weights', weights: { blue: 100, green: 0 } });
    expect(plan.restore).toMatchObject({ orConfig: 'there' });
    expect(plan).not.toHaveProperty('resume');
  });

  test('a stale variant under the new name goes with the new configuration', () => {
    const plan = planRollout(
      facts({
        ...alone,
        endpoint: endpoint({ blue: 100, green: 0 }),
        variants: [behind('blue', 1), behind('green', 3)],
      }),
    );
    expect(plan).toMatchObject({ kind: 'deploy', candidate: 'green' });
    expect(plan).toHaveProperty('deploy.fleet');
    expect(plan).not.toHaveProperty('deploy.orConfig');
    expect(plan).not.toHaveProperty('restore.orConfig');
  });

  test.each([
    [0, undefined],
    [5, 0],
    [17, 0],
    [25, 1],
    [99, 1],
    [100, 2],
  ])('a rollout that was cut short with %p %% goes on, and deploys nothing again', (share, step) => {
    const plan = planRollout(facts({ live, endpoint: endpoint({ blue: 100 - share, green: share }), variants: both }));
    expect(plan).toMatchObject({ kind: 'deploy', deploy: { orConfig: 'there' } });
    expect('resume' in plan ? plan.resume : undefined).toEqual(step === undefined ? undefined : { at: 'step', step });
  });

  test('in the last step the record tells the candidate from the release, without a record the mark does', () => {
    const last = { endpoint: endpoint({ blue: 0, green: 100 }), variants: both };
    expect(planRollout(facts({ ...last, live }))).toMatchObject({ kind: 'deploy', resume: { at: 'step', step: 2 } });
    expect(planRollout(facts({ ...last, mark: { phase: 'canary' } }))).toMatchObject({
      resume: { at: 'step', step: 2 },
    });
    expect(planRollout(facts(last))).toMatchObject({ kind: 'unchanged', serving: 'green' });
  });

  test('once it has traffic, a withdrawn approval leads back, and an alarm is for the judge', () => {
    const shared = { live, endpoint: endpoint({ blue: 75, green: 25 }), variants: both };
    const withdrawn = planRollout(facts({ ...shared, approval: { status: 'Rejected', description: 'no' } }));
    expect(withdrawn).toMatchObject({
      kind: 'deploy',
      resume: { at: 'rollback', reason: expect.stringContaining('is Rejected (no); production takes only Approved') },
    });
    const alarms = [{ name: 'a', state: 'ALARM', variant: 'blue' }];
    expect(planRollout(facts({ ...shared, alarms }))).toMatchObject({ resume: { at: 'step', step: 1 } });
    expect(planRollout(facts({ ...alone, alarms }))).toMatchObject({ kind: 'refused' });
    const leftOver = [{ name: 'a', state: 'ALARM', variant: 'green' }];
    expect(planRollout(facts({ ...alone, alarms: leftOver }))).toMatchObject({ kind: 'wait' });
  });

  test('a rollback that was cut short goes on, whatever the endpoint looks like', () => {
    const mark = { phase: 'rollback', reason: 'errors', verdictAt: 't', first: false } as const;
    const resume = { at: 'rollback', reason: 'errors', verdictAt: 't' };
    const rejected = { approval: { status: 'Rejected' }, mark, live };
    for (const green of [25, 100, 0]) {
      const there = { endpoint: endpoint({ blue: 100 - green, green }), variants: both };
      expect(planRollout(facts({ ...rejected, ...there }))).toMatchObject({ kind: 'deploy', serving: 'blue', resume });
    }
    expect(planRollout(facts({ ...rejected, ...alone, mark }))).toMatchObject({
      resume,
      restore: { orConfig: 'there' },
    });
    expect(
      planRollout(facts({ ...rejected, endpoint: endpoint({ blue: 75, green: 25 }, { status: 'Updating' }) })),
    ).toMatchObject({ kind: 'wait' });
    expect(planRollout(facts(rejected))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/was deleted while it was rolled back \(errors\)/),
    });
    expect(planRollout(facts({ ...rejected, mark: { ...mark, first: true } }))).toMatchObject({ first: true, resume });
  });

  test('a first release that was cut short is still the first, not one that serves already', () => {
    const there = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 2)] };
    expect(planRollout(facts({ ...there, mark: { phase: 'first' } }))).toMatchObject({ kind: 'deploy', first: true });
    expect(planRollout(facts(there))).toMatchObject({ kind: 'unchanged', hold: { weights: { blue: 100, green: 0 } } });
  });

  test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])(
    'waits while the endpoint is %s',
    (status) => {
      expect(planRollout(facts({ endpoint: endpoint({ blue: 100 }, { status }) }))).toEqual({
        kind: 'wait',
        reason: `endpoint e is ${status}`,
      });
    },
  );

  test.each<[string, Partial<PlanFacts>, string]>([
    [
      'a failed endpoint',
      { endpoint: endpoint({ blue: 100 }, { status: 'Failed', failureReason: 'no capacity' }) },
      'endpoint e is Failed (no capacity); see docs/runbook.md#endpoint-failed',
    ],
    [
      'one that nobody serves',
      { endpoint: endpoint({ blue: 0, green: 0 }), variants: both },
      'endpoint e has no variant blue or green with weight above 0; found blue 0, green 0',
    ],
    [
      'variants of somebody else',
      { ...alone, endpoint: endpoint({ blue: 100, mine: 0 }) },
      'endpoint e has variants that no rollout made: mine; a rollout would delete them, so remove them first',
    ],
    [
      'a pending package',
      { ...alone, approval: { status: 'PendingManualApproval' } },
      `model package ${packageArn(2)} is PendingManualApproval; production takes only Approved packages`,
    ],
    [
      'too many looks',
      { ...alone, rules: { ...rules, judgeEverySeconds: 1 } },
      'canary asks for up to 10800 looks of the judge; one rollout has room for 1500: raise judgeEverySeconds or lower maxBakeSeconds',
    ],
  ])('refuses %s in one line', (_, more, reason) => {
    expect(planRollout(facts(more))).toEqual({ kind: 'refused', reason });
  });

  test('whatever is planned, the serving variant keeps all traffic until the first step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom<PlanFacts['mark']>(undefined, { phase: 'canary' }),
        (share, mark) => {
          const state = endpoint({ blue: 100 - share, green: share });
          const plan = planRollout(facts({ live, endpoint: state, variants: both, ...(mark && { mark }) }));
          if (plan.kind !== 'deploy' || plan.resume !== undefined) return;
          expect(nextMove(state, plan.deploy, { asks: 0, maxAsks: 1 }).do).toBe('done');
          expect(share).toBe(0);
        },
      ),
    );
  });
});

test('staging replaces everything at once, and what is broken as well', () => {
  const plan = planStaging(facts({ endpoint: endpoint({ blue: 100 }) }));
  expect(plan).toMatchObject({ kind: 'deploy', first: false, deploy: { replaceFailed: true }, steps: [] });
});
