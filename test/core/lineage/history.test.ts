import { releaseHistory } from '../../../lib/core/lineage/history';
import type { ReleaseRecord, RollbackRecord } from '../../../lib/core/rollout/releases';

const release = (releaseId: string, promotedAt: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  releaseId,
  modelPackageArn: `arn/${releaseId}`,
  runId: `run-${releaseId}`,
  commit: 'c',
  dataset: { name: 'd', version: '1', digest: 'x' },
  configName: 'config',
  modelName: 'model',
  variant: 'green',
  instanceType: 'ml.m5.large',
  instanceCount: 1,
  promotedAt,
  ...more,
});
const back = (at: string, from: string, more: Partial<RollbackRecord>): RollbackRecord => ({
  at,
  by: 'ada',
  reason: 'why',
  from,
  kind: 'manual',
  ...more,
});

test('promotions, ways back, retirement and drills in order of time', () => {
  const releases = [
    release('2', '2026-01-02T00:00:00Z', {
      steps: [{ weight: 5, startedAt: '', endedAt: '' }],
      retiredAt: '2026-01-09T00:00:00Z',
    }),
    release('1', '2026-01-01T00:00:00Z'),
  ];
  const rollbacks = [
    back('2026-01-05T00:00:00Z', '2', { kind: 'rejection', to: '1', temperature: 'cold', seconds: 40 }),
    back('2026-01-04T00:00:00Z', '1', { to: '2' }),
    back('2026-01-03T00:00:00Z', '2', { kind: 'automatic', to: '1', seconds: 3 }),
  ];
  const drills = [
    back('2026-01-01T12:00:00Z', 'staging-2', { kind: 'drill', seconds: 7 }),
    back('2026-01-01T13:00:00Z', 'other', { kind: 'drill' }),
  ];
  expect(releaseHistory('2', { releases, rollbacks }, drills, 'staging-2')).toEqual([
    { at: '2026-01-01T12:00:00Z', what: 'drill', detail: 'on staging by ada: back after 7 s' },
    { at: '2026-01-02T00:00:00Z', what: 'promoted', detail: 'as green on 1 × ml.m5.large, 5 %' },
    {
      at: '2026-01-03T00:00:00Z',
      what: 'taken back',
      detail: 'release 1 serves instead after 3 s (automatic), by ada: why',
    },
    { at: '2026-01-04T00:00:00Z', what: 'brought back', detail: 'in place of release 1 (manual), by ada: why' },
    {
      at: '2026-01-05T00:00:00Z',
      what: 'rejected',
      detail: 'release 1 serves instead after 40 s (rejection, cold), by ada: why',
    },
    { at: '2026-01-09T00:00:00Z', what: 'retired', detail: 'configuration and model deleted: no rollback leads here' },
  ]);
});

test('a first release that is taken back leaves nothing that serves', () => {
  const rollbacks = [back('2026-01-03T00:00:00Z', '1', { kind: 'automatic' })];
  expect(releaseHistory('1', { releases: [], rollbacks }, [], undefined)).toEqual([
    { at: '2026-01-03T00:00:00Z', what: 'taken back', detail: 'nothing serves instead (automatic), by ada: why' },
  ]);
});

test('drills are nobody’s where the model of the release is not known', () => {
  const drills = [back('2026-01-01T00:00:00Z', 'm', { kind: 'drill' })];
  expect(releaseHistory('1', { releases: [], rollbacks: [] }, drills, undefined)).toEqual([]);
});
