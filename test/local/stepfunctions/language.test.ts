import { matchesError, withinLimit } from '../../../lib/local/stepfunctions/language/errors';
import { evaluateField } from '../../../lib/local/stepfunctions/language/evaluate';
import type { Json } from '../../../lib/local/stepfunctions/language/json';

const bindings = {
  states: { input: { price: 12, tags: ['a', 'b'], text: '{"x":[1]}' }, context: { State: { Name: 'Here' } } },
  variables: { threshold: 10 },
};
const evaluate = (value: Json) => evaluateField(value, 'Output', bindings);

describe('expressions', () => {
  test.each<[string, Json, Json]>([
    ['a literal stays itself', 'price', 'price'],
    ['text around an expression makes it a literal', 'total: {% 1 %}', 'total: {% 1 %}'],
    ['$states.input', '{% $states.input.price %}', 12],
    ['a variable', '{% $states.input.price > $threshold %}', true],
    ['any depth', { a: [{ b: '{% $states.context.State.Name %}' }, 3, null] }, { a: [{ b: 'Here' }, 3, null] }],
    ['keys are never expressions', { '{% 1 %}': 1 }, { '{% 1 %}': 1 }],
    ['several lines', '{% (\n  $double := $states.input.price * 2;\n  $double\n) %}', 24],
    ['null is a value', '{% null %}', null],
    ['an empty array is a value', '{% [] %}', []],
    ['a filter that keeps one gives no array', '{% $states.input.tags[$ = "a"] %}', 'a'],
    ['$partition', '{% $partition([1..5], 2) %}', [[1, 2], [3, 4], [5]]],
    ['$partition of nothing', '{% $partition([], 2) %}', []],
    ['$range', '{% $range(0, 10, 5) %}', [0, 5, 10]],
    ['$range downwards', '{% $range(3, 1, -1) %}', [3, 2, 1]],
    ['$hash', '{% $hash("abc", "SHA-256") %}', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$parse', '{% $parse($states.input.text).x[0] %}', 1],
    ['$random with a seed repeats', '{% $random(7) = $random(7) and $random(7) < 1 and $random(7) >= 0 %}', true],
    ['$uuid', '{% $match($uuid(), /^[0-9a-f-]{36}$/) ? "yes" : "no" %}', 'yes'],
  ])('%s', async (_name, value, expected) => {
    await expect(evaluate(value)).resolves.toEqual(expected);
  });

  test('one expression is evaluated twice at a time and again, each with what it sees and its own moment', async () => {
    const slow =
      '{% ($before := $now(); $map([1..2000], function($i) { $i }); {"of": $of, "same": $before = $now()}) %}';
    const one = (of: number) => evaluateField(slow, 'Output', { ...bindings, variables: { of } });
    for (const round of [0, 10]) {
      const first = one(round + 1);
      for (let turn = 0; turn < 300; turn += 1) await undefined;
      for (const end = Date.now() + 5; Date.now() < end; );
      const second = one(round + 2);
      const both = await Promise.all([first, second]);
      expect(both).toEqual([
        { of: round + 1, same: true },
        { of: round + 2, same: true },
      ]);
    }
  });

  test.each<[string, string, RegExp]>([
    [
      'nothing',
      '{% $states.input.missing %}',
      /'\$states\.input\.missing' .*field 'Output' returned nothing \(undefined\)/,
    ],
    ['an error of JSONata', '{% "a" + 1 %}', /threw an error during evaluation\. T2001/],
    ['an error of $error', '{% $error("no data") %}', /no data/],
    ['a function', '{% function($x){$x} %}', /not JSON/],
    ['$eval', '{% $eval("1") %}', /\$eval is not available/],
    ['an endless recursion', '{% ($f := function($n){ 1 + $f($n) }; $f(1)) %}', /D1011|D1012|[Ss]tack|timeout/],
    ['$range beyond 1000', '{% $range(1, 1001, 1) %}', /at most 1000/],
    [
      '$hash with an unknown algorithm',
      '{% $hash("a", "CRC") %}',
      /MD5, SHA-1, SHA-256, SHA-384, SHA-512; found 'CRC'/,
    ],
    ['$parse of no JSON', '{% $parse("{") %}', /JSON/],
  ])('%s is States.QueryEvaluationError', async (_name, value, cause) => {
    await expect(evaluate(value)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(cause),
    });
  });

  test('the place of a nested expression is named', async () => {
    await expect(evaluate({ a: [{ b: '{% $nothing %}' }] })).rejects.toMatchObject({ location: 'Output/a[0]/b' });
  });
});

describe('error names', () => {
  test.each<[string, string, boolean]>([
    ['States.ALL', 'Anything', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.ALL', 'States.Runtime', false],
    ['States.Runtime', 'States.Runtime', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.TaskFailed', 'Custom', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['Custom', 'Custom', true],
    ['custom', 'Custom', false],
  ])('%s against %s: %s', (name, error, matches) => {
    expect(matchesError([name], error)).toBe(matches);
  });
});

test('256 KiB pass, one byte more does not', () => {
  expect(withinLimit('x'.repeat(262_142), 'the input')).toHaveLength(262_142);
  expect(() => withinLimit('x'.repeat(262_143), 'the input')).toThrow(
    /the input has 262145 bytes; a state may hand over 262144/,
  );
});
