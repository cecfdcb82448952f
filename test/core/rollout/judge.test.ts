import { binomialLowerBound, binomialUpperTail } from '../../../lib/core/rollout/binomial';
import { type BakeRules, judge, type Look } from '../../../lib/core/rollout/judge';

const RULES: BakeRules = {
  bakeSeconds: 600,
  maxBakeSeconds: 3600,
  minRequests: 20,
  maxErrorRate: 0.01,
  maxLatencyMs: 1000,
  onInconclusive: 'rollback',
};
const OK = { candidateAlarms: [{ name: 'g', state: 'OK' }], baselineAlarms: [{ name: 'b', state: 'OK' }] };
const look = (more: Partial<Look>): Look => ({
  candidate: 'green',
  weight: 5,
  bakedSeconds: 600,
  totals: { requests: 1000, errors: 0, p90LatencyMs: 50 },
  ...OK,
  ...more,
});

describe('the exact binomial tail', () => {
  // Reference: scipy.stats.binom.sf(k - 1, n, p) (SciPy).
  test.each([
    [3, 10, 0.1, 0.0701908264],
    [30, 100, 0.01, 1.4873458206704113e-35],
    [0, 10, 0.1, 1],
    [5, 100000, 0.00001, 0.0036596169050561334],
  ])('P(X ≥ %d), n = %d, p = %d', (k, n, p, expected) => {
    expect(binomialUpperTail(k, n, p) / expected).toBeCloseTo(1, 9);
  });

  test('at the edges', () => {
    expect(binomialUpperTail(1, 10, 0)).toBe(0);
    expect(binomialUpperTail(10, 10, 1)).toBe(1);
    expect(binomialLowerBound(0, 10, 0.95)).toBe(0);
    // (1 − 0.95)^(1/10): all of ten failed.
    expect(binomialLowerBound(10, 10, 0.95)).toBeCloseTo(0.05 ** 0.1, 9);
  });

  test('a rate at the ceiling is called above it in at most one of twenty looks', () => {
    const [n, p] = [500, 0.01];
    const pmf = (k: number) => binomialUpperTail(k, n, p) - binomialUpperTail(k + 1, n, p);
    const rejected = Array.from({ length: 50 }, (_, k) => (binomialLowerBound(k, n, 0.95) > p ? pmf(k) : 0));
    const rate = rejected.reduce((total, mass) => total + mass, 0);
    expect(rate).toBeLessThanOrEqual(0.05);
    expect(rate).toBeGreaterThan(0.01);
  });
});

describe('judge', () => {
  test('passes on complete evidence after the bake', () => {
    expect(judge(look({}), RULES)).toMatchObject({ decision: 'advance', verdict: 'pass' });
  });

  test('waits for the bake to end', () => {
    expect(judge(look({ bakedSeconds: 599 }), RULES)).toMatchObject({ decision: 'wait', verdict: 'inconclusive' });
  });

  test('errors that are surely above the ceiling do not wait', () => {
    const judged = judge(look({ bakedSeconds: 60, totals: { requests: 10, errors: 3 } }), RULES);
    expect(judged).toMatchObject({ decision: 'rollback', verdict: 'fail', evidence: { estimate: 0.3, n: 10 } });
    expect(judged.reason).toMatch(/^3 of 10 requests failed on green at 5 %; that is above the allowed 1 %/);
  });

  test('errors that may be chance wait, and fail at the end if still above', () => {
    const totals = { requests: 90, errors: 1, p90LatencyMs: 50 };
    expect(judge(look({ bakedSeconds: 60, totals }), RULES).decision).toBe('wait');
    expect(judge(look({ totals }), RULES)).toMatchObject({
      decision: 'rollback',
      verdict: 'fail',
      reason: '1 of 90 requests failed on green at 5 % (1.11 %); 1 % is allowed',
    });
  });

  test('a rate of exactly the ceiling is allowed, and a ceiling of 0 allows none', () => {
    const totals = { requests: 100, errors: 1, p90LatencyMs: 50 };
    expect(judge(look({ totals }), RULES).decision).toBe('advance');
    expect(judge(look({ totals, bakedSeconds: 1 }), { ...RULES, maxErrorRate: 0 }).decision).toBe('rollback');
  });

  test('slow answers fail at the end', () => {
    const judged = judge(look({ totals: { requests: 1000, errors: 0, p90LatencyMs: 1500 } }), RULES);
    expect(judged).toMatchObject({ decision: 'rollback', verdict: 'fail' });
    expect(judged.reason).toContain('1500.0 ms; 1000 ms is allowed');
  });

  test.each([
    ['no data at all', {}, /no request of green was recorded/],
    ['too few requests', { requests: 19, errors: 0, p90LatencyMs: 1 }, /answered 19 requests; 20 are needed/],
    ['no error metric', { requests: 100, p90LatencyMs: 1 }, /error metrics of green have no data/],
    ['no latency', { requests: 100, errors: 0 }, /latency metric of green has no data/],
  ])('%s is inconclusive: it extends the bake, then rolls back', (_name, totals, reason) => {
    const extended = judge(look({ totals }), RULES);
    expect(extended).toMatchObject({ decision: 'wait', verdict: 'inconclusive' });
    expect(extended.reason).toMatch(reason);
    expect(judge(look({ totals, bakedSeconds: 3600 }), RULES)).toMatchObject({
      decision: 'rollback',
      verdict: 'inconclusive',
    });
    const lenient = { ...RULES, onInconclusive: 'promote' } as const;
    const promoted = judge(look({ totals, bakedSeconds: 3600 }), lenient);
    expect(promoted).toMatchObject({ decision: 'advance', verdict: 'inconclusive' });
  });

  test('an alarm of the new variant vetoes at any time, told by its metric', () => {
    const alarm = { name: 'Stack-GreenErrors-1a2b3c', metric: 'Invocation5XXErrors', state: 'ALARM' };
    const judged = judge(look({ bakedSeconds: 60, candidateAlarms: [alarm] }), RULES);
    expect(judged).toMatchObject({
      decision: 'rollback',
      verdict: 'fail',
      reason: 'the alarm on Invocation5XXErrors went off with green at 5 %',
    });
    expect(judged.evidence.alarms).toContainEqual(alarm);
  });

  test('failed requests are told before the alarm that they set off', () => {
    const candidateAlarms = [{ name: 'green-errors', state: 'ALARM' }];
    const totals = { requests: 11, errors: 11, p90LatencyMs: 20 };
    const { decision, reason } = judge(look({ bakedSeconds: 60, candidateAlarms, totals }), RULES);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(/^11 of 11 requests failed on green at 5 %; .*, and the alarm on green-errors went off$/);
  });

  test('an alarm of the old variant is not blamed on the new one, but no step is taken', () => {
    const judged = judge(look({ baselineAlarms: [{ name: 'blue-errors', state: 'ALARM' }] }), RULES);
    expect(judged).toMatchObject({ decision: 'wait', verdict: 'inconclusive' });
  });

  test('an alarm without data has no opinion; one that is gone is missing evidence', () => {
    const silent = [{ name: 'g', state: 'INSUFFICIENT_DATA' }];
    expect(judge(look({ candidateAlarms: silent }), RULES).decision).toBe('advance');
    expect(judge(look({ candidateAlarms: [{ name: 'g' }] }), RULES).reason).toMatch(/alarm g does not exist/);
  });
});
