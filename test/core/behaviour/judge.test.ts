import fc from 'fast-check';
import {
  type Answer,
  type BehaviourConfig,
  type BehaviourTest,
  baseRows,
  type Decisions,
  judgeBehaviour,
  planBehaviour,
  probeRows,
} from '../../../lib/core/behaviour';

const BINARY: Decisions = { task: 'binary', threshold: 0.5, classes: ['0', '1'] };
const types = { id: 'string', x: 'number' } as const;
const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `r${i}`, row: { id: `r${i}`, x: i } }));

const behaviourTest = (changes: Partial<BehaviourTest>): BehaviourTest => ({
  name: 'a test',
  type: 'invariance',
  sampleRows: 200,
  minRows: 20,
  perturb: [{ add: { column: 'x', by: 1000 } }],
  draws: 1,
  expect: { tolerance: 0.1 },
  minPassRate: 1,
  decide: 'point',
  ...changes,
});

/** Judges a model on `count` rows. */
function judge(
  changes: Partial<BehaviourTest>,
  model: (x: number) => Answer,
  { count = 100, repeats = 0, how = BINARY }: { count?: number; repeats?: number; how?: Decisions } = {},
) {
  const config: BehaviourConfig = {
    seed: 1,
    confidence: 0.95,
    determinism: { rows: repeats, tolerance: 0 },
    tests: [behaviourTest(changes)],
  };
  const golden = rows(count);
  const plan = planBehaviour(config, [{ matched: count, sample: golden }], golden.slice(0, repeats), types);
  const ask = (row: Readonly<Record<string, unknown>>) => model(Number(row.x));
  const base = new Map(baseRows(plan).map(({ key, row }) => [key, ask(row)]));
  const checks = judgeBehaviour(plan, { base, probes: probeRows(plan).map(ask) }, config, how);
  return { check: checks[0], checks, plan };
}

const score = (value: number): Answer => ({ scores: [value] });

describe('minimum functionality', () => {
  const test80 = { type: 'minimum-functionality', perturb: [], expect: { max: 0.3 }, minPassRate: 0.8 } as const;

  test('counts the rows whose answer lies in the range', () => {
    const { check } = judge(test80, (x) => score(x < 85 ? 0.3 : 0.3 + x / 1000));
    expect(check).toMatchObject({
      id: 'behaviour.a-test',
      verdict: 'pass',
      evidence: { statistic: 'pass_rate', estimate: 0.85, n: 100, passed: 85, method: 'wilson', threshold: 0.8 },
    });
    // SciPy: binomtest(85, 100).proportion_ci(method='wilson').
    expect(check?.evidence?.interval?.[0]).toBeCloseTo(0.7671644040916763, 12);
    expect(check?.evidence?.interval?.[1]).toBeCloseTo(0.9069401471634337, 12);
    const worst = check?.evidence?.worst as { key: string }[];
    expect(worst.map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, i) => `r${99 - i}`));
  });

  test('the lower bound may decide instead', () => {
    const { check } = judge({ ...test80, decide: 'lower-bound' }, (x) => score(x < 85 ? 0.1 : 0.9));
    expect(check?.verdict).toBe('fail');
    expect(check?.reason).toMatch(
      /^a test: 85 of 100 rows hold .* of the lower bound is required; worst: row r\d+ is answered 0.9$/,
    );
  });

  test('rows that all hold, but are too few for the bound, are inconclusive', () => {
    const few = { ...test80, decide: 'lower-bound', minPassRate: 0.95 } as const;
    expect(judge(few, () => score(0.1), { count: 30 }).check).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('more rows are needed'),
    });
    expect(judge(few, () => score(0.1), { count: 200 }).check?.verdict).toBe('pass');
  });

  test('a decision is the threshold’s, or the class of the highest probability', () => {
    const label = { ...test80, expect: { label: 1 }, minPassRate: 1 };
    expect(judge(label, () => score(0.5)).check?.verdict).toBe('pass');
    expect(judge(label, () => score(0.499)).check?.verdict).toBe('fail');
    const how: Decisions = { task: 'multiclass', threshold: 0.5, classes: ['0', '1', '2'] };
    expect(judge(label, () => ({ scores: [0.3, 0.4, 0.3] }), { how }).check?.verdict).toBe('pass');
    expect(judge(label, () => ({ scores: [0.3, 0.3, 0.4] }), { how }).check?.verdict).toBe('fail');
    expect(judge(label, () => ({ scores: [0.5, 0.5] }), { how }).check).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('the answer has 2 probabilities; the label has 3 classes (0, 1, 2)'),
    });
  });
});

describe('invariance', () => {
  test('holds within the tolerance, either way', () => {
    expect(judge({}, (x) => score(x >= 1000 ? 0.6 : 0.5)).check?.verdict).toBe('pass');
    expect(judge({}, (x) => score(x >= 1000 ? 0.4 : 0.5)).check?.verdict).toBe('pass');
    const { check } = judge({}, (x) => score(x >= 1000 ? 0.61 : 0.5));
    expect(check).toMatchObject({ verdict: 'fail', evidence: { estimate: 0 } });
    expect(check?.reason).toContain('worst: row r0, x: 0 → 1,000, moves from 0.5 to 0.61 (+0.11)');
  });

  test('may ask for the decision alone', () => {
    const same = { expect: { decision: 'same' } } as const;
    expect(judge(same, (x) => score(x >= 1000 ? 0.99 : 0.5)).check?.verdict).toBe('pass');
    expect(judge(same, (x) => score(x >= 1000 ? 0.5 : 0.499)).check?.verdict).toBe('fail');
  });

  test('a row is as good as its worst variant', () => {
    const swap = { perturb: [{ swap: { column: 'x', values: [0, 1, 2, 3] } }], minRows: 1 } as const;
    const { check } = judge(swap, (x) => score(x === 3 ? 0.9 : 0.5), { count: 4 });
    expect(check).toMatchObject({ verdict: 'fail', evidence: { n: 4, passed: 0 } });
    const worst = check?.evidence?.worst as { changed: string }[];
    expect(worst.filter(({ changed }) => changed.endsWith('→ 3'))).toHaveLength(3);
  });
});

describe('directional', () => {
  const up = { type: 'directional', expect: { direction: 'up', atLeast: 0.1, atMost: 0.3 } } as const;

  test.each([
    [0.05, 'fail'],
    [0.1, 'pass'],
    [0.3, 'pass'],
    [0.35, 'fail'],
    [-0.2, 'fail'],
  ])('a move of %f: %s', (move, verdict) => {
    expect(judge(up, (x) => score(x >= 1000 ? move : 0)).check?.verdict).toBe(verdict);
    const down = { ...up, expect: { ...up.expect, direction: 'down' } } as const;
    expect(judge(down, (x) => score(x >= 1000 ? -move : 0)).check?.verdict).toBe(verdict);
  });

  test('without bounds it must not go the other way', () => {
    const free = { type: 'directional', expect: { direction: 'up' } } as const;
    expect(judge(free, () => score(0.4)).check?.verdict).toBe('pass');
    expect(judge(free, (x) => score(x >= 1000 ? 0.399 : 0.4)).check?.verdict).toBe('fail');
  });
});

describe('is never a pass', () => {
  test('with too few rows', () => {
    expect(judge({}, () => score(0.5), { count: 19 }).check).toMatchObject({
      verdict: 'inconclusive',
      reason: 'a test: 19 golden rows in the holdout; 20 are required',
    });
    expect(judge({}, () => score(0.5), { count: 0 }).check?.verdict).toBe('inconclusive');
  });

  test('when the perturbation changes nothing', () => {
    const { check } = judge({ perturb: [{ set: { column: 'x', value: 7 } }], minRows: 100 }, () => score(0.5));
    expect(check).toMatchObject({
      verdict: 'inconclusive',
      reason: 'a test: the perturbation changes 99 of 100 rows; 100 are required',
      evidence: { unchangedRows: 1, n: 99 },
    });
  });

  test('when a row has no answer', () => {
    expect(judge({}, (x) => (x === 1003 ? { problem: 'KeyError' } : score(0.5))).check).toMatchObject({
      verdict: 'fail',
      reason: 'a test: row r3 has no answer: KeyError (x: 3 → 1,003)',
    });
    expect(judge({}, (x) => score(x === 1003 ? Number.NaN : 0.5)).check?.verdict).toBe('fail');
    expect(judge({}, (x) => (x === 1003 ? undefined : score(0.5))).check).toMatchObject({
      verdict: 'inconclusive',
      reason: 'a test: 99 of 100 rows were asked',
    });
    expect(judge({}, (x) => (x === 3 ? undefined : score(0.5))).check?.verdict).toBe('inconclusive');
  });
});

describe('the same row twice', () => {
  const determinism = (answers: (call: number) => Answer, repeats = 10) => {
    let call = 0;
    return judge({}, () => answers(call++), { repeats }).checks.at(-1);
  };

  test('gets the same answer', () => {
    expect(determinism(() => score(0.25))).toMatchObject({
      id: 'behaviour.determinism',
      verdict: 'pass',
      evidence: { n: 10, estimate: 0, threshold: 0 },
    });
  });

  test('fails by the largest difference, and without an answer', () => {
    expect(determinism((call) => score(call / 1000))?.verdict).toBe('fail');
    expect(determinism((call) => (call === 104 ? { problem: 'gone' } : score(0.5)))).toMatchObject({
      verdict: 'fail',
      reason: 'row r4 has no answer: gone',
    });
    expect(determinism((call) => (call === 104 ? undefined : score(0.5)))?.verdict).toBe('inconclusive');
  });

  test('is left out on request', () => {
    expect(judge({}, () => score(0.5)).checks).toHaveLength(1);
  });
});

test('a monotone model passes a directional test whatever its rows; its mirror image fails it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.integer({ min: 20, max: 60 }), (slope, count) => {
      const rises = (sign: number) =>
        judge({ type: 'directional', expect: { direction: 'up' } }, (x) => score(sign * slope * x), { count }).check;
      expect(rises(1)?.verdict).toBe('pass');
      expect(rises(-1)?.evidence?.passed).toBe(0);
    }),
    { numRuns: 30 },
  );
});
