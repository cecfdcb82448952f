import { difference } from '../../bench/compare';
import { BenchError, isWhole, type Options, parseOptions } from '../../bench/options';
import { conclude, judge, type Line, median, renderMarkdown, renderText } from '../../bench/table';
import type { Row, RowResult } from '../../bench/types';

const contender = { name: 'x', argv: ['true'] };
const row = (goal?: number, measure: Row['measure'] = 'time'): Row => ({
  id: 'data.gx',
  section: 'data',
  work: 'data gate',
  beside: measure === 'memory' ? '–' : 'pandas',
  ours: contender,
  ...(measure === 'memory' ? {} : { theirs: contender }),
  measure,
  ...(goal === undefined ? {} : { goal }),
});
const runs = (...ms: readonly number[]) => ms.map((value) => ({ ms: value, peakMb: value, others: 0 }));
const result = (ours: readonly number[], theirs: readonly number[], problem?: string): RowResult => ({
  id: 'data.gx',
  ours: runs(...ours),
  theirs: runs(...theirs),
  figures: {},
  ...(problem === undefined ? {} : { problem }),
});
const whole = parseOptions([]);

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[], undefined],
])('the median of %j is %p', (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe('a row', () => {
  test('holds by the ratio of the medians', () => {
    expect(judge(row(0.5), result([1, 1, 90], [2, 2, 2]))).toMatchObject({ ratio: 0.5, holds: true });
    expect(judge(row(0.5), result([1.01], [2]))).toMatchObject({ ratio: 0.505, holds: false });
  });

  test('without a goal is only printed', () => {
    expect(judge(row(), result([1], [2])).holds).toBeUndefined();
  });

  test('does not hold when something went wrong, however fast it was', () => {
    expect(judge(row(0.5), result([0.1], [2], 'the answers differ')).holds).toBe(false);
    expect(judge(row(0.5), result([], [])).holds).toBe(false);
  });

  test('about memory holds in every run, not in the median one', () => {
    expect(judge(row(600, 'memory'), result([100, 100, 601], [])).holds).toBe(false);
    expect(judge(row(600, 'memory'), result([100, 100, 600], [])).holds).toBe(true);
  });
});

describe('the last line', () => {
  const held: Line = judge(row(0.5), result([1], [4]));
  const missed: Line = judge(row(0.5), result([3], [4]));
  const conclusion = (lines: readonly Line[], options: Options = whole) => conclude(lines, options);

  test('counts, and only a whole benchmark with every goal held ends with 0', () => {
    expect(conclusion([held, held])).toEqual({ text: '2 of 2 goals hold', code: 0 });
    expect(conclusion([held, missed])).toEqual({ text: '1 of 2 goals hold', code: 1 });
    expect(conclusion([held], parseOptions(['--only', 'data']))).toMatchObject({ code: 2 });
    expect(conclusion([held], parseOptions(['--runs', '3']))).toMatchObject({ code: 2 });
    const quick = conclusion([held], parseOptions(['--quick']));
    expect(quick.code).toBe(2);
    expect(quick.text).toContain('goals are judged at full size only');
    expect(conclusion([judge(row(0.5), result([1], [4], 'no'))], parseOptions(['--quick'])).code).toBe(1);
  });

  test('a broken row without a goal is no success either', () => {
    expect(conclusion([held, judge(row(), result([1], [1], 'the answers differ'))]).code).toBe(1);
  });
});

test('the table names work, rival, both times, ratio, goal and whether it holds, and what went wrong below', () => {
  const lines = [judge(row(0.5), result([123], [12_345])), judge(row(0.5), result([1], [4], 'no such package'))];
  const text = renderText(lines, whole.scale);
  expect(text).toMatch(/work +beside +ours +theirs +ratio +goal +holds/);
  expect(text).toMatch(/data gate +pandas +123 ms +12\.3 s +0\.0100 +≤ 0\.5 +yes/);
  expect(text).toContain('* data gate, beside pandas: no such package');
  expect(renderText(lines, { ...whole.scale, quick: true })).not.toMatch(/yes|NO/);
  expect(renderMarkdown(lines, ['facts'], whole.scale)).toContain(
    '| data gate | pandas | 123 ms | 12.3 s | 0.0100 | ≤ 0.5 | yes |',
  );
});

describe('answers', () => {
  test('agree exactly in counts and closely in other figures', () => {
    expect(difference({ rows: 10, mean: 1 + 1e-12 }, { rows: 10, mean: 1 })).toBeUndefined();
    expect(difference({ rows: 10 }, { rows: 11 })).toContain('rows is 10, beside it 11');
    expect(difference({ mean: 1.001 }, { mean: 1.1 })).toContain('mean');
    expect(difference({ mean: 1.05 }, { mean: 1.1 }, { mean: 0.1 })).toBeUndefined();
  });

  test('that are missing or not numbers differ', () => {
    expect(difference({}, { rows: 1 })).toContain('rows is missing');
    expect(difference({ mean: Number.NaN }, { mean: 1.5 })).toContain('mean');
    expect(difference({ rows: 1 }, {})).toContain('no figure');
  });
});

describe('arguments', () => {
  test('wrong ones are told with what is allowed', () => {
    expect(() => parseOptions(['--only', 'dta'])).toThrow(BenchError);
    expect(() => parseOptions(['--only', 'dta'])).toThrow(/--only dta: one of data, /);
    expect(() => parseOptions(['--runs', '0'])).toThrow('--runs 0: a whole number from 1');
    expect(() => parseOptions(['--nope'])).toThrow(BenchError);
  });

  test('only full size with at least five runs of everything is the benchmark', () => {
    expect(isWhole(whole)).toBe(true);
    for (const less of [['--quick'], ['--runs', '4'], ['--only', 'data,model']]) {
      expect(isWhole(parseOptions(less))).toBe(false);
    }
  });
});
