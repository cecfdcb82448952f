import {
  formatInterval,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatTime,
  plural,
} from '../../../lib/core/report';

test.each([
  [0, '0'],
  [-0, '0'],
  [0.0021, '0.0021'],
  [-0.004, '−0.004'],
  [0.84214, '0.8421'],
  [0.99996, '1'],
  [-0.00001, '−1.0e−5'],
  [1409, '1,409'],
  [1234.56, '1,235'],
  [-12.3456, '−12.35'],
  [7_043_000, '7,043,000'],
  [1e21, '1.00e+21'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '−infinity'],
])('%d is written %s', (value, text) => expect(formatNumber(value)).toBe(text));

test('percentages, intervals and counts', () => {
  expect(formatPercent(0.95)).toBe('95\u202F%');
  expect(formatPercent(0.0535)).toBe('5.35\u202F%');
  expect(formatInterval([-0.004, 0.008])).toBe('−0.004 to 0.008');
  expect([plural(1, 'row'), plural(2, 'row'), plural(1200, 'query', 'queries')]).toEqual([
    '1 row',
    '2 rows',
    '1,200 queries',
  ]);
});

test('durations and times', () => {
  const spoken = [0.44, 12.4, 59.6, 185, 3840].map((s) => formatSeconds(s).replaceAll('\u202F', ' '));
  expect(spoken).toEqual(['0.4 s', '12 s', '1 min 00 s', '3 min 05 s', '1 h 04 min']);
  expect(formatTime('2026-11-03T14:05:09.123Z')).toBe('2026-11-03 14:05:09 UTC');
  expect(formatTime('<later>')).toBe('<later>');
});
