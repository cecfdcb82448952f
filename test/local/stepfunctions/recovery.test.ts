import { retryDelay } from '../../../lib/local/stepfunctions/interpreter/recovery';
import type { Retrier } from '../../../lib/local/stepfunctions/language/definition';

const delays = (retrier: Omit<Retrier, 'ErrorEquals'>, attempts: number, random?: () => number) => {
  const used = new Map<Retrier, number>();
  const retriers = [{ ErrorEquals: ['E'], ...retrier }];
  return Array.from({ length: attempts }, () => retryDelay(retriers, 'E', used, random));
};

test.each<[string, Omit<Retrier, 'ErrorEquals'>, (number | undefined)[]]>([
  ['the defaults: 1 s, doubled, three times', {}, [1, 2, 4, undefined]],
  [
    'IntervalSeconds and BackoffRate',
    { IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 3 },
    [3, 4.5, 6.75, undefined],
  ],
  [
    'MaxDelaySeconds',
    { IntervalSeconds: 5, BackoffRate: 4, MaxDelaySeconds: 30, MaxAttempts: 3 },
    [5, 20, 30, undefined],
  ],
  ['no attempt at all', { MaxAttempts: 0 }, [undefined, undefined]],
])('%s', (_name, retrier, expected) => {
  expect(delays(retrier, expected.length)).toEqual(expected);
});

test('full jitter draws from zero to the delay', () => {
  expect(delays({ IntervalSeconds: 8, JitterStrategy: 'FULL' }, 2, () => 0.25)).toEqual([2, 4]);
  expect(delays({ IntervalSeconds: 8, JitterStrategy: 'NONE' }, 2, () => 0.25)).toEqual([8, 16]);
});

test('each retrier counts its own attempts; the first that matches decides', () => {
  const retriers: Retrier[] = [
    { ErrorEquals: ['A'], MaxAttempts: 1, IntervalSeconds: 1 },
    { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 9 },
  ];
  const used = new Map<Retrier, number>();
  const next = (error: string) => retryDelay(retriers, error, used);
  expect([next('A'), next('B'), next('A'), next('B')]).toEqual([1, 9, undefined, undefined]);
  expect(next('States.DataLimitExceeded')).toBeUndefined();
});
