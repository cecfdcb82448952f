import { judge } from '../../../lib/core/rollout/judge';
import { full, lookAt, minutes, PROBED, RULES } from './look-fixture';

const errors = (requests: number, count: number) => ({
  intervals: minutes(full(requests, { errors5xx: count, modelErrors: count })),
});

describe('a healthy release', () => {
  test('is promoted on complete evidence after the bake, with its figures', () => {
    const { decision, verdict, reason, evidence } = judge(lookAt(), RULES);
    expect([decision, verdict]).toEqual(['promote', 'pass']);
    expect(reason).toMatch(/^green at 5 %: 0 of 1000 requests failed, 0 % slow; e-value 0\.\d+ of 100$/);
    expect(evidence).toMatchObject({ statistic: 'e_value', threshold: 100, n: 1000, weight: 5 });
  });

  test('bakes to the end, however good it is', () => {
    expect(judge(lookAt({ bakedSeconds: 599 }), RULES)).toMatchObject({
      decision: 'continue',
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^baked 599 s of 600 s; green at 5 %/),
    });
  });

  test('may fail as often as blue does', () => {
    const look = lookAt({ green: errors(1000, 6), blue: errors(19_000, 114) });
    expect(judge(look, RULES)).toMatchObject({ decision: 'promote', verdict: 'pass' });
  });
});

describe('what takes green back at once', () => {
  test('errors that are no chance, told with those of blue', () => {
    const { decision, verdict, reason } = judge(
      lookAt({ bakedSeconds: 60, looks: 1, green: errors(100, 12), blue: errors(1900, 4) }),
      RULES,
    );
    expect([decision, verdict]).toEqual(['rollback', 'fail']);
    expect(reason).toMatch(
      /^12 of 100 requests failed on green at 5 % and 4 of 1900 on blue; 0\.2 % above it is allowed; this is no chance \(e-value \S+ of 100, false at most once in 100 rollouts\)$/,
    );
  });

  test('a green that answers nothing but errors, after a handful of requests', () => {
    const look = lookAt({ bakedSeconds: 60, looks: 1, green: errors(4, 4), blue: errors(76, 0) });
    expect(judge(look, RULES).decision).toBe('rollback');
  });

  test('requests that green refuses and blue accepts', () => {
    const refused = { intervals: minutes(full(200, { errors4xx: 40 })) };
    const { decision, reason } = judge(lookAt({ green: refused }), RULES);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(/^40 of 200 requests were refused \(4XX\) on green at 5 % and 0 of 19000 on blue/);
    // Callers that send nonsense send it to both.
    const both = { intervals: minutes(full(19_000, { errors4xx: 3800 })) };
    expect(judge(lookAt({ green: refused, blue: both }), RULES).decision).toBe('promote');
  });

  test('slow answers, where blue is fast', () => {
    const slow = { intervals: minutes(full(100, { slow: 60 })) };
    const { decision, reason } = judge(lookAt({ bakedSeconds: 60, green: slow }), RULES);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(/^60 of 100 requests were slow on green at 5 % \(above 1000 ms\) and 0 of 19000 on blue/);
  });

  test('a share above the ceiling, where there is no blue to compare with', () => {
    const look = lookAt({ weight: 100, green: errors(2000, 80), blue: { intervals: [] } });
    const { decision, reason } = judge(look, RULES);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(/^80 of 2000 requests failed on green at 100 %; 1 % is allowed; this is no chance/);
  });

  test('a ceiling of 0 allows no failed request', () => {
    const look = lookAt({ weight: 100, bakedSeconds: 60, green: errors(2000, 1), blue: { intervals: [] } });
    expect(judge(look, RULES).decision).toBe('continue');
    expect(judge(look, { ...RULES, maxErrorRate: 0 })).toMatchObject({ decision: 'rollback', verdict: 'fail' });
  });

  test('an alarm, told by its metric', () => {
    const alarm = { name: 'Stack-GreenErrors-1a2b3c', metric: 'Invocation5XXErrors', state: 'ALARM' };
    const judged = judge(lookAt({ bakedSeconds: 60, green: { alarms: [alarm] } }), RULES);
    expect(judged).toMatchObject({
      decision: 'rollback',
      verdict: 'fail',
      reason: 'the alarm on Invocation5XXErrors went off with green at 5 %',
    });
    expect(judged.evidence.alarms).toContainEqual(alarm);
  });

  test('failed requests are told before the alarm that they set off', () => {
    const alarms = [{ name: 'green-errors', state: 'ALARM' }];
    const { reason } = judge(lookAt({ bakedSeconds: 60, green: { ...errors(11, 11), alarms } }), RULES);
    expect(reason).toMatch(/^11 of 11 requests failed on green at 5 % .*, and the alarm on green-errors went off$/);
  });

  test('one golden row that the tested release answered otherwise, whatever blue says', () => {
    const probes = { ...PROBED, skewed: 1, skew: 'row 7: the endpoint says 0.9, the batch prediction 0.2' };
    expect(judge(lookAt({ bakedSeconds: 60, probes }), RULES)).toMatchObject({
      decision: 'rollback',
      verdict: 'fail',
      reason:
        'green at 5 % answers otherwise than the release that was tested, at row 7: the endpoint says 0.9, the batch prediction 0.2',
    });
  });

  test('answers that break the contract', () => {
    const broken = 'answer to row 7 has no list "predictions": found []';
    const probes = { ...PROBED, answers: { requests: 20, events: 1 }, broken };
    const { decision, reason } = judge(lookAt({ bakedSeconds: 60, probes }), RULES);
    expect(decision).toBe('rollback');
    expect(reason).toMatch(
      /^1 of 20 answers of green to golden requests break the contract, 0 % is allowed: answer to/,
    );
  });
});

describe('what extends the bake, and then lets the default decide', () => {
  const NO_ERRORS = { requests: 100, errors4xx: 0, slow: 0 };
  const NO_LATENCY = { requests: 100, errors4xx: 0, errors5xx: 0, modelErrors: 0 };
  test.each([
    ['no data at all', [], /^no request of green was recorded, while blue answered 19000/],
    ['too few requests', minutes(full(19)), /^green answered 19 requests; 20 are needed/],
    ['no error metric', minutes(NO_ERRORS), /^the error metrics of green have no data/],
    ['no latency', minutes(NO_LATENCY), /^the latency metric of green has no data/],
    ['one failure of ninety', minutes(full(90, { errors5xx: 1 })), /^1 of 90 .*; 1 % is allowed; it may be chance/],
  ])('%s', (_name, intervals, why) => {
    const extended = judge(lookAt({ green: { intervals } }), RULES);
    expect(extended).toMatchObject({ decision: 'extend', verdict: 'inconclusive' });
    expect(extended.reason.replace('bake extended at 5 %: ', '')).toMatch(why);
    const over = lookAt({ green: { intervals }, bakedSeconds: 3600 });
    expect(judge(over, RULES)).toMatchObject({ decision: 'rollback', verdict: 'inconclusive' });
    const lenient = { ...RULES, onInconclusive: 'promote' } as const;
    expect(judge(over, lenient)).toMatchObject({ decision: 'promote', verdict: 'inconclusive' });
  });

  test('a hole in green’s data while blue has some is said', () => {
    const blue = { intervals: minutes(full(500), full(500), full(500)) };
    const { reason } = judge(lookAt({ green: { intervals: minutes(full(5)) }, blue }), RULES);
    expect(reason).toContain('it has no data in 2 of 3 periods with data of blue');
  });

  test('no data of blue to compare with, but at 100 %', () => {
    const blue = { intervals: [] };
    expect(judge(lookAt({ blue }), RULES).reason).toMatch(/error metrics of blue have no data to compare with/);
    expect(judge(lookAt({ blue, weight: 100 }), RULES).decision).toBe('promote');
  });

  test('golden requests that could not be sent', () => {
    const probes = { ...PROBED, stepPairs: 3, unsent: 'ThrottlingException: Rate exceeded' };
    const { decision, reason } = judge(lookAt({ probes }), RULES);
    expect(decision).toBe('extend');
    expect(reason).toContain('3 of 20 golden requests reached green and the old release: ThrottlingException');
    const without = { ...RULES, probes: { ...RULES.probes, maxPerLook: 0 } };
    expect(judge(lookAt({ probes }), without).decision).toBe('promote');
  });

  test('an alarm of blue, which is not blamed on green', () => {
    const alarms = [{ name: 'b', metric: 'Invocation5XXErrors', state: 'ALARM' }];
    expect(judge(lookAt({ blue: { alarms } }), RULES)).toMatchObject({ decision: 'extend', verdict: 'inconclusive' });
    // The same alarm on both is a fault of neither.
    expect(judge(lookAt({ blue: { alarms }, green: { alarms } }), RULES).decision).toBe('extend');
    const latency = [{ name: 'g', metric: 'ModelLatency', state: 'ALARM' }];
    expect(judge(lookAt({ blue: { alarms }, green: { alarms: latency } }), RULES).decision).toBe('rollback');
  });

  test('an alarm that is gone; one without data has no opinion', () => {
    expect(judge(lookAt({ green: { alarms: [{ name: 'g' }] } }), RULES).reason).toMatch(/alarm g does not exist/);
    const silent = { alarms: [{ name: 'g', state: 'INSUFFICIENT_DATA' }] };
    expect(judge(lookAt({ green: silent }), RULES).decision).toBe('promote');
  });

  test('an outage of both is blamed on neither, and nothing of it counts', () => {
    const outage = lookAt({ green: errors(1000, 500), blue: errors(19_000, 9500) });
    const judged = judge(outage, RULES);
    expect(judged).toMatchObject({ decision: 'extend', verdict: 'inconclusive' });
    expect(judged.reason).toMatch(/blue is above its limits as well/);
    // It passes, and green answers enough after it.
    const afterwards = (requests: number) => ({
      intervals: minutes(full(1000, { errors5xx: 500 }), full(requests)),
    });
    const later = { carried: judged.carried, looks: 11, bakedSeconds: 660 };
    const blue = { intervals: minutes(full(19_000, { errors5xx: 9500 }), full(19_000)) };
    expect(judge(lookAt({ ...later, green: afterwards(10), blue }), RULES).decision).toBe('extend');
    expect(judge(lookAt({ ...later, green: afterwards(1000), blue }), RULES).decision).toBe('promote');
  });
});

describe('from look to look', () => {
  test('a look without news changes no evidence', () => {
    const first = judge(lookAt({ bakedSeconds: 60, looks: 1, green: errors(50, 1) }), RULES);
    const second = judge(lookAt({ bakedSeconds: 120, looks: 2, green: errors(50, 1), carried: first.carried }), RULES);
    expect(second.evidence.tests).toEqual(first.evidence.tests);
  });

  test('errors that come after their requests count when they come, and more than came with them do no harm', () => {
    const first = judge(lookAt({ bakedSeconds: 60, looks: 1, green: errors(100, 0), blue: errors(1900, 2) }), RULES);
    const late = { bakedSeconds: 120, looks: 2, carried: first.carried };
    // No new request of green, and eight errors of the old ones: they wait for the next request.
    const waiting = judge(lookAt({ ...late, green: errors(100, 8), blue: errors(1902, 8) }), RULES);
    expect(waiting.decision).toBe('continue');
    const counted = judge(
      lookAt({ bakedSeconds: 180, looks: 3, carried: waiting.carried, green: errors(101, 8), blue: errors(1990, 9) }),
      RULES,
    );
    expect(counted.decision).toBe('rollback');
  });

  test('evidence is carried from step to step, and counts begin anew', () => {
    let carried: ReturnType<typeof judge>['carried'] | undefined;
    const values: unknown[] = [];
    for (const step of [0, 1, 2]) {
      const look = lookAt({ step, green: errors(100, 3), blue: errors(1900, 4) });
      const judged = judge(
        { ...look, probes: { ...PROBED, step }, ...(carried === undefined ? {} : { carried }) },
        RULES,
      );
      values.push(judged.evidence.estimate);
      carried = judged.carried;
    }
    expect(values[1]).toBeGreaterThan(values[0] as number);
    expect(values[2]).toBeGreaterThan(values[1] as number);
  });

  test('what is carried is JSON, and stays small over a thousand looks', () => {
    let carried: ReturnType<typeof judge>['carried'] | undefined;
    for (let looks = 1; looks <= 1000; looks += 1) {
      const look = lookAt({
        looks,
        bakedSeconds: looks * 60,
        green: errors(looks * 50, 0),
        blue: errors(looks * 950, 2),
      });
      const judged = judge({ ...look, ...(carried === undefined ? {} : { carried }) }, { ...RULES, bakeSeconds: 1e6 });
      carried = judged.carried;
    }
    expect(JSON.parse(JSON.stringify(carried))).toEqual(carried);
    expect(JSON.stringify(carried).length).toBeLessThan(8000);
    expect(carried?.series.seconds.at(-1)).toBe(60_000);
    expect(carried?.series.seconds.length).toBeLessThanOrEqual(60);
  });
});
