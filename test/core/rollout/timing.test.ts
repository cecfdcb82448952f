import { DURATIONS, type Durations, describeSeconds, looksIn, rolloutTimes } from '../../../lib/core/rollout/timing';

const seconds = (value: number) => ({ seconds: value, basis: 'test' });
/** Primes, so that every summand shows in the sum. */
const PRIMES: Durations = {
  changeVariants: seconds(211),
  changeWeights: seconds(23),
  checks: seconds(17),
  look: seconds(3),
  metricPeriod: seconds(61),
  metricDelay: seconds(41),
  prepare: seconds(7),
};
const pace = { steps: [5, 25, 100], bakeSeconds: 600, maxBakeSeconds: 3600, judgeEverySeconds: 60 };

test('times are the documented sums', () => {
  const times = rolloutTimes(pace, PRIMES);
  expect(times.promote.seconds).toBe(211 + 17 + 3 * (23 + 10 * (60 + 3)));
  expect(times.promoteAtMost.seconds).toBe(211 + 17 + 3 * (23 + 60 * (60 + 3)));
  expect(times.rollBackAtMost.seconds).toBe(61 + 41 + 60 + 3 + 23);
  expect(times.rollBackWarm.seconds).toBe(7 + 23);
  expect(times.rollBackCold.seconds).toBe(7 + 211);
});

test('every formula names numbers whose sum is the time', () => {
  for (const { seconds: total, formula } of Object.values(rolloutTimes(pace, PRIMES))) {
    const sum = formula
      .replaceAll(/ s\b/g, '')
      .replaceAll('×', '*')
      .replaceAll(/[a-z]+/g, '');
    expect([formula, Function(`return ${sum}`)()]).toEqual([formula, total]);
  }
});

test('a bake that is no multiple of the judge’s interval ends with the look after it', () => {
  expect([looksIn(120, 60), looksIn(121, 60), looksIn(1, 60)]).toEqual([2, 3, 1]);
  expect(rolloutTimes({ ...pace, bakeSeconds: 601 }, PRIMES).promote.seconds).toBe(211 + 17 + 3 * (23 + 11 * (60 + 3)));
});

test('the documentation’s figures for the defaults', () => {
  const { promote, promoteAtMost, rollBackAtMost } = rolloutTimes(pace);
  expect([promote, promoteAtMost, rollBackAtMost].map((span) => describeSeconds(span.seconds))).toEqual([
    '46 min 15 s',
    '3 h 28 min',
    '4 min',
  ]);
  for (const { basis } of Object.values(DURATIONS)) expect(basis.length).toBeGreaterThan(10);
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [125, '2 min 5 s'],
  [3600, '1 h'],
  [5430, '1 h 30 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are %s', (value, text) => expect(describeSeconds(value)).toBe(text));
