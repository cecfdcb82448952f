import type { CallerRequest } from '../../../lib/core/rollout/callers';
import { measureRollback, type RollbackSeen } from '../../../lib/core/rollout/measured-rollback';
import { RULES } from './look-fixture';

const T = Date.parse('2026-11-03T10:00:00Z');
const at = (seconds: number): string => new Date(T + seconds * 1000).toISOString();

/** 200 requests a second, one in twenty to green, all of which fail from second 20 on; the step is taken back at 26. */
const requests: readonly CallerRequest[] = Array.from({ length: 6000 }, (_, i) => {
  const green = i % 20 === 0;
  return {
    at: i * 5,
    milliseconds: 5,
    variant: green ? 'green' : 'blue',
    ...(green && i >= 4000 ? { error: 'ModelError' } : {}),
  };
});

const looks = (count: number) => ({ series: { seconds: Array.from({ length: count }, (_, i) => (i + 1) * 60) } });
const step = (from: number, to: number, verdict: 'pass' | 'fail', count: number) => ({
  weight: 5,
  startedAt: at(from),
  endedAt: at(to),
  verdict,
  reason: '',
  evidence: looks(count),
});

const seen = (changes: Partial<RollbackSeen> = {}): RollbackSeen => ({
  steps: [step(0, 10, 'pass', 5), step(10, 26, 'fail', 4)],
  rules: RULES,
  green: 'green',
  blue: 'blue',
  callers: {
    startedAt: at(0),
    weights: [
      { at: 0, weights: { blue: 100, green: 0 } },
      { at: 200, weights: { blue: 95, green: 5 } },
      { at: 27_200, weights: { blue: 100, green: 0 } },
    ],
  },
  requests,
  ...changes,
});

test('the clock starts when what had come back would have sufficed, and not when the judge looked', () => {
  const measured = measureRollback(seen());
  // Looks at 14, 18, 22 and 26; ten failures a second from 20 on. The third look may come too early to be sure.
  const evidence = (Date.parse(measured?.evidenceAt ?? '') - T) / 1000;
  expect(evidence).toBeGreaterThan(20);
  expect(evidence).toBeLessThan(24);
  expect(measured).toMatchObject({ decidedAt: at(26), backAt: at(27.2) });
  expect(measured?.seconds).toBeCloseTo(27.2 - evidence, 6);
});

test('what callers cannot see is seen at the look itself', () => {
  const sound = requests.map(({ error, ...request }) => request);
  expect(measureRollback(seen({ requests: sound }))).toEqual({
    evidenceAt: at(26),
    decidedAt: at(26),
    backAt: at(27.2),
    seconds: 1.2,
  });
});

test('without a step taken back, or without weights that went back after it, there is nothing to measure', () => {
  expect(measureRollback(seen({ steps: [step(0, 10, 'pass', 5)] }))).toBeUndefined();
  expect(measureRollback(seen({ steps: [] }))).toBeUndefined();
  const { callers } = seen();
  expect(measureRollback(seen({ callers: { ...callers, weights: callers.weights.slice(0, 2) } }))).toBeUndefined();
});

test('only the old release alone is back', () => {
  const { callers } = seen();
  const weights = [
    ...callers.weights.slice(0, 2),
    { at: 26_500, weights: { blue: 99, green: 1 } },
    ...callers.weights.slice(2),
  ];
  expect(measureRollback(seen({ callers: { ...callers, weights } }))?.backAt).toBe(at(27.2));
});
