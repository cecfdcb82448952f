import fc from 'fast-check';
import type { EndpointState } from '../../../lib/core/rollout/endpoint';
import { liveRelease, type ReleaseRecord } from '../../../lib/core/rollout/releases';
import { planRetention } from '../../../lib/core/rollout/retention';
import { planRetirement } from '../../../lib/core/rollout/retire';
import { scalingFor } from '../../../lib/core/rollout/scaling';
import { packageArn, release } from '../../rollout/run-fixture';

const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
const newestFirst = (...versions: number[]): readonly ReleaseRecord[] =>
  versions.map((version, i) => release(version, day(i + 1))).reverse();

describe('the release that ought to serve', () => {
  const rollback = (at: number, to: string | undefined, kind: 'manual' | 'drill' = 'manual') => ({
    at: day(at),
    by: 'x',
    reason: 'r',
    from: '9',
    ...(to === undefined ? {} : { to }),
    kind,
  });
  test('is what was promoted or gone back to last; drills do not count', () => {
    const releases = newestFirst(1, 2, 3);
    expect(liveRelease({ releases: [], rollbacks: [] })).toBeUndefined();
    expect(liveRelease({ releases, rollbacks: [] })?.releaseId).toBe('3');
    expect(liveRelease({ releases, rollbacks: [rollback(4, '1')] })?.releaseId).toBe('1');
    expect(liveRelease({ releases, rollbacks: [rollback(5, '2', 'drill'), rollback(4, '1')] })?.releaseId).toBe('1');
    expect(liveRelease({ releases, rollbacks: [rollback(2, '1')] })?.releaseId).toBe('3');
    expect(liveRelease({ releases, rollbacks: [rollback(4, undefined)] })).toBeUndefined();
  });
});

describe('retention', () => {
  test('never names what the endpoint, the live release or a retained one needs', () => {
    const version = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(
        fc.array(version, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        version,
        (versions, retain, back) => {
          const releases = newestFirst(...versions);
          const rollbacks = versions.includes(back)
            ? [{ at: day(30), by: 'x', reason: 'r', from: '0', to: String(back), kind: 'manual' as const }]
            : [];
          const all = Array.from({ length: 8 }, (_, i) => release(i + 1, day(1)));
          const configs = all.map(({ configName, modelName }) => ({ name: configName, models: [modelName] }));
          // The endpoint runs a pair of the last two.
          const pair = { name: 'pair', models: [all[7]?.modelName ?? '', all[6]?.modelName ?? ''] };
          const found = {
            configs: [...configs, pair, { name: 'old-pair', models: [] }],
            models: all.map((each) => each.modelName),
          };
          const plan = planRetention({ releases, rollbacks }, found, { endpointConfig: 'pair', retain });
          const live = liveRelease({ releases, rollbacks });
          const keptNames = plan.kept.map(({ configName }) => configName);
          if (live !== undefined) expect(keptNames).toContain(live.configName);
          expect(plan.kept.length).toBeLessThanOrEqual(retain + 1);
          expect(plan.deleteConfigs).toContain('old-pair');
          expect(plan.deleteConfigs).not.toContain('pair');
          for (const name of keptNames) expect(plan.deleteConfigs).not.toContain(name);
          for (const name of [...pair.models, ...plan.kept.map(({ modelName }) => modelName)]) {
            expect(plan.deleteModels).not.toContain(name);
          }
          expect(new Set([...plan.kept, ...plan.retired].map(({ releaseId }) => releaseId))).toEqual(
            new Set(releases.map(({ releaseId }) => releaseId)),
          );
        },
      ),
    );
  });

  test('counts releases, not promotions, and not those that are gone already', () => {
    const [third, second, first] = newestFirst(1, 2, 3);
    if (third === undefined || second === undefined || first === undefined) throw new Error('no releases');
    const again = { ...first, promotedAt: day(9) };
    const gone = { ...second, retiredAt: day(8) };
    const nothing = { configs: [], models: [] };
    const plan = planRetention({ releases: [again, third, gone, first], rollbacks: [] }, nothing, {
      endpointConfig: '',
      retain: 2,
    });
    expect(plan.kept.map(({ releaseId }) => releaseId)).toEqual(['1', '3']);
    expect(plan.retired).toEqual([]);
  });
});

describe('retirement of the old variant', () => {
  const variants = [1, 2].map((version) => ({
    variant: {
      name: version === 1 ? ('blue' as const) : ('green' as const),
      modelName: `m${version}`,
      instanceType: 't',
      instanceCount: 3,
      weight: 0,
    },
    modelPackageArn: packageArn(version),
  }));
  const endpoint = (blue: number, status = 'InService'): EndpointState => ({
    name: 'e',
    status,
    configName: 'pair',
    variants: [
      { name: 'blue', weight: blue, instanceCount: 3 },
      { name: 'green', weight: 100 - blue, instanceCount: 3 },
    ],
  });
  const base = { runId: 'run-2', variants, live: release(2, day(1)), configName: () => 'alone' };
  test('leaves the live release alone on the endpoint, with the instances it has', () => {
    expect(planRetirement({ ...base, endpoint: endpoint(0) })).toMatchObject({
      kind: 'retire',
      target: {
        kind: 'fleet',
        fleet: { configName: 'alone', variants: [{ name: 'green', instanceCount: 3, weight: 100 }] },
      },
    });
  });
  test.each<[string, Partial<Parameters<typeof planRetirement>[0]>, 'skip' | 'wait']>([
    ['the endpoint is gone', {}, 'skip'],
    ['it is being changed', { endpoint: endpoint(0, 'Updating') }, 'wait'],
    ['it failed', { endpoint: endpoint(0, 'Failed') }, 'skip'],
    ['a canary has begun', { endpoint: endpoint(5) }, 'skip'],
    ['another release serves', { endpoint: endpoint(0), runId: 'run-1' }, 'skip'],
  ])('does nothing when %s', (_, more, kind) => {
    expect(planRetirement({ ...base, ...more }).kind).toBe(kind);
  });
});

test('a new variant gets the autoscaling of the old one, and policies on its metrics follow', () => {
  const dimensions = (name: string) => [
    { Name: 'EndpointName', Value: 'e' },
    { Name: 'VariantName', Value: name },
  ];
  const policy = (name: string) => ({
    PolicyName: 'p',
    TargetTrackingScalingPolicyConfiguration: { CustomizedMetricSpecification: { Dimensions: dimensions(name) } },
  });
  const blue = { variant: 'blue', minCapacity: 1, maxCapacity: 4, policies: [policy('blue')], schedules: [] };
  expect(scalingFor([blue], 'blue')).toEqual(blue);
  expect(scalingFor([blue], 'green')).toEqual({ ...blue, variant: 'green', policies: [policy('green')] });
  expect(scalingFor([], 'green')).toBeUndefined();
});
