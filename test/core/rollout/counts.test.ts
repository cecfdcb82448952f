import { holesOf, totalsOf } from '../../../lib/core/rollout/counts';
import { full, minutes } from './look-fixture';

test('periods are summed, each event over those that know it', () => {
  const intervals = minutes(full(10, { errors5xx: 1 }), { requests: 30, errors5xx: 2 }, full(60, { slow: 5 }));
  expect(totalsOf(intervals)).toEqual({
    requests: 100,
    errors: { requests: 100, events: 3 },
    refused: { requests: 70, events: 0 },
    slow: { requests: 70, events: 5 },
    periods: 3,
  });
});

test('a failed request of the model is in both metrics, and counts once', () => {
  expect(totalsOf(minutes(full(10, { errors5xx: 3, modelErrors: 4 }))).errors?.events).toBe(4);
  expect(totalsOf(minutes({ requests: 10, modelErrors: 2 })).errors?.events).toBe(2);
});

test('no data is no count, and a period without a request count is none', () => {
  expect(totalsOf([])).toEqual({ periods: 0 });
  expect(totalsOf(minutes({ errors5xx: 3 }))).toEqual({ periods: 0 });
  expect(totalsOf(minutes({ requests: 4 }))).toEqual({ requests: 4, periods: 1 });
});

test('a period with more events than requests is not complete yet', () => {
  const intervals = minutes(full(10), full(2, { errors5xx: 5, slow: 1 }));
  expect(totalsOf(intervals)).toMatchObject({
    requests: 12,
    errors: { requests: 10, events: 0 },
    slow: { requests: 12, events: 1 },
  });
});

test('holes are periods in which blue answered and green has no data', () => {
  const green = minutes(full(1)).concat(minutes(full(1), full(1), full(1)).slice(2));
  expect(holesOf(green, minutes(full(9), full(9), full(9), full(0)))).toBe(1);
});
