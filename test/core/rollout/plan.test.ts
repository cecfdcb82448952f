import fc from 'fast-check';
import { gatesSchema } from '../../../lib/config/gates';
import { nextMove } from '../../../lib/core/rollout/converge';
import type { EndpointState, VariantSpec } from '../../../lib/core/rollout/endpoint';
import { type PlanFacts, planRollout, planStaging } from '../../../lib/core/rollout/plan';
import type { Progress } from '../../../lib/core/rollout/progress';
import type { LeftMark, RolloutPhase } from '../../../lib/core/rollout/releases';
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
const PROGRESS: Progress = { step: 0, looks: 0, startedAt: '', history: [] };
/** What an execution left: of the release at hand, unless told otherwise. */
const left = (phase: RolloutPhase, version = 2, progress = PROGRESS): LeftMark => ({
  ...phase,
  runId: `run-${version}`,
  modelPackageArn: packageArn(version),
  execution: 'arn:aws:states:us-east-1:111111111111:execution:Rollout:dead',
  endedAs: 'ABORTED',
  progress,
});
/** Release 2 is to be rolled out. */
const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
  endpointName: 'e',
  runId: 'run-2',
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
    expect(planRollout(facts({ ...last, mark: left({ phase: 'canary' }) }))).toMatchObject({
      resume: { at: 'step', step: 0 },
    });
    const bare = { ...last, live: release(2, '2026-01-02T00:00:00Z') };
    expect(planRollout(facts(bare))).toMatchObject({ kind: 'unchanged', serving: 'green' });
  });

  test('a step goes on with what the mark knows: neither what was promoted is baked again, nor a step left out', () => {
    const at = (green: number, step: number, runId = 'run-2') => {
      const mark = { ...left({ phase: 'canary' }, 2, { ...PROGRESS, step }), runId };
      const plan = planRollout(facts({ live, endpoint: endpoint({ blue: 100 - green, green }), variants: both, mark }));
      return 'resume' in plan ? plan.resume : undefined;
    };
    // Killed before the weights of the next step applied, and after.
    expect(at(5, 1)).toEqual({ at: 'step', step: 1, progress: { ...PROGRESS, step: 1 } });
    expect(at(25, 1)).toMatchObject({ step: 1 });
    // Somebody turned it down by hand.
    expect(at(5, 2)).toMatchObject({ step: 1 });
    // The golden requests of another run are of other rows.
    expect(at(25, 2, 'run-9')).toEqual({ at: 'step', step: 1 });
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
    const phase = { phase: 'rollback', reason: 'errors', verdictAt: 't', first: false } as const;
    const mark = left(phase);
    const resume = { at: 'rollback', reason: 'errors', verdictAt: 't', progress: PROGRESS };
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
    expect(planRollout(facts({ ...rejected, mark: left({ ...phase, first: true }) }))).toMatchObject({
      first: true,
      resume,
    });
  });

  test('a first release that was cut short is still the first, not one that serves already', () => {
    const there = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 2)] };
    expect(planRollout(facts({ ...there, mark: left({ phase: 'first' }) }))).toMatchObject({
      kind: 'deploy',
      first: true,
    });
    expect(planRollout(facts({ ...there, live: release(2, 't') }))).toMatchObject({
      kind: 'unchanged',
      hold: { weights: { blue: 100, green: 0 } },
    });
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
        fc.constantFrom<PlanFacts['mark']>(undefined, left({ phase: 'canary' })),
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

describe('a rollout of another release that was cut short', () => {
  const three = [behind('blue', 1), behind('green', 3)];
  const shared = { live, endpoint: endpoint({ blue: 75, green: 25 }), variants: three };
  const canary = left({ phase: 'canary' }, 3);

  test('goes back before anything else is decided, even for a release that is refused then', () => {
    const plan = {
      kind: 'abandoned',
      reason: 'abandoned: execution dead ended as ABORTED at 25 %',
      runId: 'run-3',
      modelPackageArn: packageArn(3),
      candidate: 'green',
      serving: 'blue',
      servingRelease: '1',
      verdictAt: '',
      first: false,
      progress: PROGRESS,
      rollback: { kind: 'weights', weights: { blue: 100, green: 0 } },
    };
    expect(planRollout(facts({ ...shared, abandoned: canary }))).toEqual(plan);
    const pending = { approval: { status: 'PendingManualApproval' }, abandoned: canary };
    expect(planRollout(facts({ ...shared, ...pending }))).toEqual(plan);
    const alarms = [{ name: 'a', state: 'ALARM', variant: 'blue' }];
    expect(planRollout(facts({ ...shared, alarms, abandoned: canary }))).toEqual(plan);
    // In the last step the candidate has everything.
    const last = { ...shared, endpoint: endpoint({ blue: 0, green: 100 }) };
    expect(planRollout(facts({ ...last, abandoned: canary }))).toMatchObject({ kind: 'abandoned', serving: 'blue' });
    const updating = endpoint({ blue: 75, green: 25 }, { status: 'Updating' });
    expect(planRollout(facts({ ...shared, endpoint: updating, variants: [], abandoned: canary }))).toMatchObject({
      kind: 'wait',
    });
  });

  test('is nobody’s concern without traffic, once promoted, or gone with the endpoint', () => {
    const idle = { ...shared, endpoint: endpoint({ blue: 100, green: 0 }), abandoned: canary };
    expect(planRollout(facts(idle))).toMatchObject({ kind: 'deploy' });
    const promoted = { ...shared, live: release(3, '2026-01-02T00:00:00Z'), abandoned: canary };
    expect(planRollout(facts(promoted))).toMatchObject({ kind: 'deploy', serving: 'green' });
    expect(planRollout(facts({ live, abandoned: canary }))).toMatchObject({ kind: 'deploy', first: true });
  });

  test('whose verdict was given ends with that verdict, however far its way back had come', () => {
    const verdict = left({ phase: 'rollback', reason: 'errors', verdictAt: 't', first: false }, 3);
    for (const there of [
      shared,
      { live, endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 1)] },
      { live },
    ]) {
      expect(planRollout(facts({ ...there, abandoned: verdict }))).toMatchObject({
        kind: 'abandoned',
        reason: 'errors',
        verdictAt: 't',
        servingRelease: '1',
      });
    }
  });

  test('of a first release leaves no endpoint, unless that is another one by now', () => {
    const alone = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 3)] };
    const first = left({ phase: 'first' }, 3);
    expect(planRollout(facts({ ...alone, abandoned: first }))).toMatchObject({
      kind: 'abandoned',
      first: true,
      rollback: { kind: 'absent' },
    });
    const anothers = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 4)] };
    expect(planRollout(facts({ ...anothers, abandoned: first }))).toMatchObject({ kind: 'deploy', serving: 'blue' });
  });
});

describe('a release that serves without a record', () => {
  const bare = { endpoint: endpoint({ blue: 100 }), variants: [behind('blue', 1)] };

  test('is put on record first, even for a release that is refused then', () => {
    const alone = [spec('blue', 1, 100)];
    const plan = {
      kind: 'unrecorded',
      modelPackageArn: packageArn(1),
      alone: { configName: JSON.stringify(alone), variants: alone },
    };
    expect(planRollout(facts(bare))).toEqual(plan);
    expect(planRollout(facts({ ...bare, approval: { status: 'Rejected' } }))).toEqual(plan);
  });

  test('is not guessed from shared traffic, nor where a rollout is under way', () => {
    const shared = { endpoint: endpoint({ blue: 75, green: 25 }), variants: [behind('blue', 1), behind('green', 3)] };
    expect(planRollout(facts(shared))).toMatchObject({ kind: 'deploy' });
    expect(planRollout(facts({ ...bare, mark: left({ phase: 'canary' }) }))).toMatchObject({ kind: 'deploy' });
    const { modelPackageArn: _, ...byHand } = behind('blue', 1);
    expect(planRollout(facts({ ...bare, variants: [byHand] }))).toMatchObject({ kind: 'deploy' });
  });
});

test('staging replaces everything at once, and what is broken as well', () => {
  const plan = planStaging(facts({ endpoint: endpoint({ blue: 100 }) }));
  expect(plan).toMatchObject({ kind: 'deploy', first: false, deploy: { replaceFailed: true }, steps: [] });
});

describe('capture', () => {
  const capture = { percent: 100, root: 's3://m/capture' };
  const planned = (more: Partial<PlanFacts>) => {
    const plan = planRollout(facts({ capture, ...more }));
    if (plan.kind !== 'deploy') throw new Error(`the plan is ${plan.kind}`);
    const destination = (target: typeof plan.deploy) =>
      target.kind === 'fleet' ? target.fleet.capture?.destination : undefined;
    return {
      deploy: destination(plan.deploy),
      alone: plan.alone.capture?.destination,
      restore: destination(plan.restore),
    };
  };

  test('every configuration of a rollout says whose answers it keeps', () => {
    const there = { endpoint: endpoint({ blue: 1 }), variants: [behind('blue', 1)], live };
    expect(planned(there)).toEqual({
      deploy: 's3://m/capture/blue=1/green=2',
      alone: 's3://m/capture/blue=none/green=2',
      restore: 's3://m/capture/blue=1/green=none',
    });
    expect(planned({}).alone).toBe('s3://m/capture/blue=2/green=none');
  });

  test('staging keeps nothing', () => {
    const plan = planStaging(facts({ capture }));
    expect(plan.kind === 'deploy' && plan.alone.capture).toBeFalsy();
  });
});
