import { nextMove } from '../../../lib/core/rollout/converge';
import type { VariantName } from '../../../lib/core/rollout/endpoint';
import { type KnownRelease, planRollback, type RollbackFacts } from '../../../lib/core/rollout/rollback';

const arn = (version: number) => `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${version}`;
const spec = (name: VariantName, version: number, instanceCount = 2) => ({
  name,
  modelName: `model-${version}`,
  instanceType: 'ml.m5.large',
  instanceCount,
  weight: 100,
});
const release = (version: number, name: VariantName, more: Partial<KnownRelease> = {}): KnownRelease => ({
  releaseId: String(version),
  modelPackageArn: arn(version),
  promotedAt: `2026-01-0${version}T00:00:00Z`,
  approval: 'Approved',
  config: { name: `alone-${version}`, variant: spec(name, version) },
  ...more,
});
/** Weight by variant and version, e.g. `blue 6: 0`. */
type Serving = readonly (readonly [VariantName, number, number])[];
const facts = (serving: Serving, more: Partial<RollbackFacts> = {}, status = 'InService'): RollbackFacts => ({
  endpointName: 'churn-production',
  endpoint: {
    name: 'churn-production',
    status,
    configName: 'pair',
    variants: serving.map(([name, , weight]) => ({ name, weight, instanceCount: 2 })),
  },
  variants: serving.map(([name, version]) => ({ variant: spec(name, version), modelPackageArn: arn(version) })),
  releases: [release(7, 'green'), release(6, 'blue'), release(5, 'green')],
  live: '7',
  unfinished: false,
  configName: (variants) => `made-${variants.map(({ instanceCount }) => instanceCount).join('-')}`,
  ...more,
});
const promoted: Serving = [
  ['blue', 6, 0],
  ['green', 7, 100],
];

describe('where to', () => {
  const canary: Serving = [
    ['blue', 7, 75],
    ['green', 8, 25],
  ];
  const rejected = { approval: 'Rejected' };
  test.each<[string, RollbackFacts, object]>([
    ['the release before, warm', facts(promoted), { temperature: 'warm', from: { releaseId: '7' }, to: '6' }],
    ['an older one, cold', facts(promoted, { to: '5' }), { temperature: 'cold', from: { releaseId: '7' }, to: '5' }],
    ['by ARN', facts(promoted, { to: arn(5) }), { temperature: 'cold', to: '5' }],
    [
      'the release before, cold once its variant is gone',
      facts([['green', 7, 100]]),
      { temperature: 'cold', from: { releaseId: '7' }, to: '6' },
    ],
    [
      'a running rollout is taken back to what served',
      facts(canary, { unfinished: true }),
      { temperature: 'warm', from: { releaseId: '8' }, to: '7' },
    ],
    [
      'a running rollout that has no traffic yet is taken back, not the release before',
      facts(
        [
          ['blue', 7, 100],
          ['green', 8, 0],
        ],
        { unfinished: true },
      ),
      { temperature: 'warm', from: { releaseId: '8' }, to: '7' },
    ],
    [
      'a running rollout with all traffic, too',
      facts(
        [
          ['blue', 7, 0],
          ['green', 8, 100],
        ],
        { unfinished: true },
      ),
      { temperature: 'warm', from: { releaseId: '8' }, to: '7' },
    ],
    ['weights that a stopped rollout left', facts(canary), { temperature: 'warm', from: { releaseId: '8' }, to: '7' }],
    [
      'after a rollback, one further back: what was rejected is skipped',
      facts([['blue', 6, 100]], {
        live: '6',
        releases: [release(7, 'green', rejected), release(6, 'blue'), release(5, 'green')],
      }),
      { temperature: 'cold', from: { releaseId: '6' }, to: '5' },
    ],
    [
      'a warm release whose own configuration is gone',
      facts(promoted, { releases: [release(7, 'green'), { ...release(6, 'blue'), config: undefined } as never] }),
      { temperature: 'warm', to: '6' },
    ],
    [
      'from a variant that somebody made by hand',
      facts([['blue', 7, 100]], { variants: [{ variant: spec('blue', 7) }] }),
      { temperature: 'cold', to: '7' },
    ],
  ])('%s', (_, given, { to, ...rest }: { to?: string }) => {
    expect(planRollback(given)).toMatchObject({
      kind: 'rollback',
      to: { releaseId: to, modelPackageArn: arn(Number(to)) },
      ...rest,
    });
  });
});

test.each<[string, RollbackFacts, string | RegExp]>([
  ['unknown', facts(promoted, { to: '4' }), 'release "4" is unknown; retained are 7, 6, 5'],
  [
    'mistyped',
    facts(promoted, { to: '124', releases: [release(7, 'green'), { ...release(6, 'blue'), releaseId: '123' }] }),
    'release "124" is unknown; retained are 7, 123 (did you mean "123"?)',
  ],
  ['live', facts(promoted, { to: '7' }), 'release 7 has all traffic already; retained are 7, 6, 5'],
  [
    'rejected',
    facts(promoted, { to: '5', releases: [release(7, 'green'), release(5, 'green', { approval: 'Rejected' })] }),
    'release 5 is Rejected in the registry; approve it first',
  ],
  [
    'no longer retained',
    facts(promoted, {
      to: '5',
      releases: [release(7, 'green'), { ...release(5, 'blue'), config: undefined } as never],
    }),
    'release 5 is no longer retained: its endpoint configuration is gone',
  ],
  [
    'out of the registry',
    facts(promoted, { to: '5', releases: [{ ...release(5, 'blue'), approval: undefined } as never] }),
    'release 5 is no longer in the registry',
  ],
  [
    'the only one',
    facts([['green', 7, 100]], { releases: [release(7, 'green')] }),
    'there is nothing to roll back to: no earlier release is on record',
  ],
  [
    'all others rejected',
    facts(promoted, { releases: [release(7, 'green'), release(6, 'blue', { approval: 'Rejected' })] }),
    'there is nothing to roll back to: release 6 is Rejected in the registry; approve it first',
  ],
  ['none promoted', facts([['blue', 1, 100]], { releases: [] }), /no release of this endpoint is on record/],
  [
    'broken',
    facts(promoted, {}, 'Failed'),
    /is Failed \(SageMaker gave no reason\); see docs\/runbook.md#endpoint-failed/,
  ],
])('refused: %s', (_, given, reason) => {
  const plan = planRollback(given);
  if (plan.kind !== 'refused') throw new Error(`planned ${plan.kind}`);
  if (typeof reason === 'string') expect(plan.reason).toBe(reason);
  else expect(plan.reason).toMatch(reason);
});

test('without an endpoint nothing serves', () => {
  const { endpoint: _, ...rest } = facts([]);
  expect(planRollback(rest)).toEqual({
    kind: 'refused',
    reason: 'endpoint churn-production does not exist: nothing serves',
  });
});

test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])('waits while %s', (status) => {
  expect(planRollback(facts(promoted, {}, status))).toMatchObject({ kind: 'wait', move: { to: { releaseId: '6' } } });
  // What cannot be done at all is told at once.
  expect(planRollback(facts(promoted, { to: '4' }, status))).toMatchObject({ kind: 'refused' });
});

describe('what is done', () => {
  const planned = (given: RollbackFacts) => {
    const plan = planRollback(given);
    if (plan.kind !== 'rollback') throw new Error(`planned ${plan.kind}: ${plan.reason}`);
    return plan;
  };

  test('warm is one change of weights, after which nothing is left to do', () => {
    const given = facts(promoted);
    const { traffic } = planned(given);
    expect(traffic).toEqual({ kind: 'weights', weights: { blue: 100, green: 0 } });
    expect(nextMove(given.endpoint, traffic, { asks: 0, maxAsks: 1 })).toEqual({ do: 'weigh' });
    const after = facts([
      ['blue', 6, 100],
      ['green', 7, 0],
    ]).endpoint;
    expect(nextMove(after, traffic, { asks: 0, maxAsks: 1 })).toEqual({ do: 'done' });
  });

  test('cold is the retained configuration, with the release’s own model', () => {
    const fleet = { configName: 'alone-5', variants: [spec('green', 5)] };
    expect(planned(facts(promoted, { to: '5' })).traffic).toEqual({ kind: 'fleet', fleet });
  });

  test('the release gets as many instances as serve now', () => {
    const given = facts(promoted, { to: '5' });
    const grown = {
      ...given,
      endpoint: {
        ...(given.endpoint as NonNullable<typeof given.endpoint>),
        variants: [
          { name: 'blue', weight: 0, instanceCount: 2 },
          { name: 'green', weight: 100, instanceCount: 6 },
        ],
      },
    };
    expect(planned(grown).traffic).toEqual({
      kind: 'fleet',
      fleet: { configName: 'made-6', variants: [spec('green', 5, 6)] },
    });
  });
});

describe('what is captured after going back', () => {
  const own = { percent: 30, destination: 's3://m/capture/blue=6/green=none' };
  const rules = { percent: 100, root: 's3://m/capture' };
  const fleetAfter = (capture: typeof own | undefined, more: Partial<RollbackFacts> = {}, instances = 2) => {
    const config = { name: 'alone-6', variant: spec('blue', 6, instances), ...(capture && { capture }) };
    const releases = [release(7, 'green'), release(6, 'blue', { config })];
    const plan = planRollback(facts([['green', 7, 100]], { releases, ...more }));
    return 'alone' in plan && plan.alone.kind === 'fleet' ? plan.alone.fleet : undefined;
  };

  test('a configuration of its own comes back as it was, with what it kept or with nothing', () => {
    expect(fleetAfter(own, { capture: rules })).toMatchObject({ configName: 'alone-6', capture: own });
    const before = fleetAfter(undefined, { capture: rules });
    expect(before?.configName).toBe('alone-6');
    expect(before).not.toHaveProperty('capture');
  });

  test('one with more instances keeps what the endpoint keeps, or else what the release kept', () => {
    const now = { percent: 100, destination: own.destination };
    expect(fleetAfter(own, { capture: rules }, 1)).toMatchObject({ configName: 'made-2', capture: now });
    expect(fleetAfter(own, {}, 1)).toMatchObject({ configName: 'made-2', capture: own });
    expect(fleetAfter(undefined, {}, 1)).not.toHaveProperty('capture');
  });
});
