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

  test('more errors than requests, as metrics that arrive apart may say, fail at once', () => {
    const judged = judge(look({ bakedSeconds: 60, totals: { requests: 10, errors: 12 } }), RULES);
    expect(judged).toMatchObject({ decision: 'rollback', verdict: 'fail' });
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
