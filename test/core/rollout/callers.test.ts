import { type CallerRequest, summarizeCallers } from '../../../lib/core/rollout/callers';

const startedAt = new Date('2026-11-03T10:00:00Z');
const request = (at: number, changes: Partial<CallerRequest> = {}): CallerRequest => ({
  at,
  milliseconds: 10,
  variant: 'blue',
  ...changes,
});
const summary = (requests: readonly CallerRequest[], weights: Parameters<typeof summarizeCallers>[0]['weights'] = []) =>
  summarizeCallers({ startedAt, requestsPerSecond: 200, requests, weights });

test('an error of a model is its own; any other is a lost request, and the first is named', () => {
  const { sent, answered, failedByModel, lost, firstLost } = summary([
    request(0),
    request(5, { variant: 'green', error: 'ModelError' }),
    request(10, { variant: 'green', error: 'ModelError' }),
    request(15, { variant: undefined, error: 'ECONNRESET' } as unknown as Partial<CallerRequest>),
    request(20, { error: 'ServiceUnavailable' }),
  ]);
  expect({ sent, answered, failedByModel, lost, firstLost }).toEqual({
    sent: 5,
    answered: 1,
    failedByModel: { green: 2 },
    lost: 2,
    firstLost: 'ECONNRESET',
  });
});

test('each variant by half a second, with nearest-rank percentiles, and null where it answered nothing', () => {
  const { bucketSeconds, variants } = summary([
    ...[1, 2, 3, 4].map((milliseconds, i) => request(i, { milliseconds })),
    request(1200, { variant: 'green', milliseconds: 7 }),
  ]);
  expect(bucketSeconds).toBe(0.5);
  expect(variants).toEqual([
    { name: 'blue', requests: [4, 0, 0], failed: [0, 0, 0], p50Ms: [2, null, null], p95Ms: [4, null, null] },
    { name: 'green', requests: [0, 0, 1], failed: [0, 0, 0], p50Ms: [null, null, 7], p95Ms: [null, null, 7] },
  ]);
});

test('a long rollout has no more than fifty buckets, and loses no request', () => {
  const requests = Array.from({ length: 5000 }, (_, i) => request(i * 100));
  const { bucketSeconds, variants, seconds } = summary(requests);
  expect([bucketSeconds, seconds]).toEqual([10, 499.9]);
  expect(variants[0]?.requests).toHaveLength(50);
  expect(variants[0]?.requests.reduce((sum, count) => sum + count, 0)).toBe(5000);
});

test('only changes of the weights are kept', () => {
  const seen = [100, 100, 95, 95, 100].map((blue, i) => ({ at: i * 200, weights: { blue, green: 100 - blue } }));
  expect(summary([request(0)], seen).weights.map(({ at }) => at)).toEqual([0, 400, 800]);
});

test('nobody called: no variant, no failure', () => {
  expect(summary([])).toMatchObject({ sent: 0, lost: 0, variants: [], seconds: 0 });
});
