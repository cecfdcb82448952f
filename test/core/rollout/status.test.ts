import type { VariantName } from '../../../lib/core/rollout/endpoint';
import { expectedSeconds, measuredDurations } from '../../../lib/core/rollout/expected';
import type { ReleaseRecord, RollbackRecord } from '../../../lib/core/rollout/releases';
import { phaseOf, rolloutStatus, type StatusFacts } from '../../../lib/core/rollout/status';
import { DURATIONS } from '../../../lib/core/rollout/timing';

const arn = (version: number) => `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${version}`;
const spec = (name: VariantName) => ({ name, modelName: 'm', instanceType: 't', instanceCount: 2, weight: 100 });
const record = (version: number, variant: VariantName): ReleaseRecord => ({
  releaseId: String(version),
  modelPackageArn: arn(version),
  runId: `run-${version}`,
  commit: `commit-${version}`,
  dataset: { name: 'churn-golden', version: '3', digest: 'sha256:0' },
  configName: `alone-${version}`,
  modelName: `m-${version}`,
  variant,
  instanceType: 'ml.m5.large',
  instanceCount: 2,
  promotedAt: `2026-01-0${version}T00:00:00.000Z`,
});
const known = (version: number, more: object = {}) => ({
  releaseId: String(version),
  modelPackageArn: arn(version),
  promotedAt: `2026-01-0${version}T00:00:00.000Z`,
  approval: 'Approved',
  config: { name: `alone-${version}`, variant: spec('blue') },
  ...more,
});
const retired = { releaseId: '3', modelPackageArn: arn(3), promotedAt: '2026-01-03T00:00:00.000Z' };
const facts: StatusFacts = {
  rollback: {
    endpointName: 'churn-production',
    endpoint: {
      name: 'churn-production',
      status: 'InService',
      configName: 'pair',
      variants: [
        { name: 'blue', weight: 0, instanceCount: 2 },
        { name: 'green', weight: 100, instanceCount: 2 },
      ],
    },
    variants: [
      { variant: spec('blue'), modelPackageArn: arn(6) },
      { variant: spec('green'), modelPackageArn: arn(7) },
    ],
    releases: [known(7), known(6), known(5), known(4, { approval: 'Rejected' }), retired],
    live: '7',
    unfinished: false,
    configName: () => 'n',
  },
  history: { releases: [7, 6, 5, 4, 3].map((version) => record(version, 'green')), rollbacks: [] },
  drills: [],
};
const rollback = (at: string, more: Partial<RollbackRecord>): RollbackRecord => ({
  at,
  by: 'eve',
  reason: 'r',
  from: '7',
  to: '6',
  kind: 'manual',
  ...more,
});

test('variants with their shares, releases with what they are good for, and the way back', () => {
  const status = rolloutStatus(facts);
  expect(status.variants).toEqual([
    { name: 'blue', release: '6', share: 0, instances: 2 },
    { name: 'green', release: '7', share: 100, instances: 2 },
  ]);
  expect(status.releases.map(({ releaseId, state }) => `${releaseId} ${state}`)).toEqual([
    '7 live',
    '6 warm',
    '5 retained',
    '4 rejected',
    '3 retired',
  ]);
  expect(status.rollback).toEqual({
    possible: true,
    temperature: 'warm',
    to: '6',
    seconds: 60,
    basis: DURATIONS.changeWeights.basis,
  });
  expect(status).not.toHaveProperty('running');
});

test('in a canary the release on record is live, and a rollback would take the new one back', () => {
  const { endpoint } = facts.rollback;
  const variants = [
    { name: 'blue', weight: 25, instanceCount: 2 },
    { name: 'green', weight: 75, instanceCount: 2 },
  ];
  const status = rolloutStatus({
    ...facts,
    rollback: {
      ...facts.rollback,
      endpoint: { ...(endpoint as NonNullable<typeof endpoint>), variants },
      variants: [
        { variant: spec('blue'), modelPackageArn: arn(8) },
        { variant: spec('green'), modelPackageArn: arn(7) },
      ],
      unfinished: true,
    },
    running: { action: 'rollout', runId: 'run-8', holder: 'arn', since: '2026-01-08T00:00:00Z', state: 'Bake' },
  });
  expect(status.variants.map(({ release, share }) => [release, share])).toEqual([
    ['8', 25],
    ['7', 75],
  ]);
  expect(status.running).toMatchObject({ phase: 'baking', runId: 'run-8' });
  expect(status.rollback).toMatchObject({ temperature: 'warm', to: '7' });
});

test('without an endpoint there is nothing to go back to, in one line', () => {
  const { endpoint: _, ...rest } = facts.rollback;
  const status = rolloutStatus({ ...facts, rollback: { ...rest, variants: [] } });
  expect(status.endpoint).toEqual({ name: 'churn-production', status: 'none' });
  expect(status.rollback).toEqual({
    possible: false,
    reason: 'endpoint churn-production does not exist: nothing serves',
  });
});

describe('expected seconds', () => {
  const records = [
    rollback('2026-01-01T00:00:00Z', { seconds: 300, kind: 'automatic' }),
    rollback('2026-01-02T00:00:00Z', { seconds: 41, temperature: 'warm' }),
    rollback('2026-01-03T00:00:00Z', { seconds: 43, kind: 'automatic' }),
    rollback('2026-01-04T00:00:00Z', { seconds: 36, temperature: 'warm', kind: 'drill', instancesSeconds: 410 }),
    rollback('2026-01-05T00:00:00Z', { seconds: 520, temperature: 'cold' }),
    rollback('2026-01-06T00:00:00Z', { seconds: 39, temperature: 'warm' }),
    rollback('2026-01-07T00:00:00Z', { seconds: 47, temperature: 'warm' }),
  ];
  test('are the median of the last five of their kind', () => {
    // 47, 39, 36 and the 5 before a change, 43, 41; the oldest is left out.
    expect(expectedSeconds('warm', records)).toEqual({ seconds: 41, basis: 'median of the last 5 measured' });
    expect(expectedSeconds('cold', records)).toEqual({ seconds: 467.5, basis: 'median of the last 2 measured' });
  });

  test('are assumed where nothing was measured', () => {
    const first = rollback('2026-01-01T00:00:00Z', { seconds: 400, kind: 'automatic' });
    const { to: _, ...deleted } = first;
    expect(expectedSeconds('warm', [deleted])).toEqual({ seconds: 60, basis: DURATIONS.changeWeights.basis });
    expect(measuredDurations([])).toEqual(DURATIONS);
    expect(measuredDurations(records).changeWeights.seconds).toBe(41);
  });
});

test.each([
  ['Bake', 'baking'],
  ['RollBackTrafficWait', 'rolling-back'],
  ['RemoveFailedVariant', 'cleaning-up'],
  ['Elsewhere', 'unknown'],
  [undefined, 'unknown'],
])('state %s is phase %s', (state, phase) => expect(phaseOf(state)).toBe(phase));
