import { compileExpression, type Recurrence } from '../../../lib/local/scheduler/expression';

/** The first instants that an expression is due after `from`. */
function due(expression: string, from: string, count = 3, more: Partial<Recurrence> = {}): string[] {
  const next = compileExpression({ expression, timeZone: 'UTC', anchor: new Date(from), ...more });
  const found: string[] = [];
  let after = new Date(from);
  while (found.length < count) {
    const instant = next(after);
    if (instant === undefined) break;
    found.push(instant.toISOString().replace(':00.000Z', 'Z'));
    after = instant;
  }
  return found;
}

const berlin = { timeZone: 'Europe/Berlin' };

describe('cron', () => {
  // 1 January 2026 is a Thursday.
  test.each<[string, string[]]>([
    ['cron(15 10 ? * 6L 2026-2027)', ['2026-01-30T10:15Z', '2026-02-27T10:15Z', '2026-03-27T10:15Z']],
    ['cron(0 10 * * ? *)', ['2026-01-01T10:00Z', '2026-01-02T10:00Z', '2026-01-03T10:00Z']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-01-01T18:00Z', '2026-01-02T18:00Z', '2026-01-05T18:00Z']],
    ['cron(0 18 ? * 2-6 *)', ['2026-01-01T18:00Z', '2026-01-02T18:00Z', '2026-01-05T18:00Z']],
    ['cron(0 8 1 * ? *)', ['2026-01-01T08:00Z', '2026-02-01T08:00Z', '2026-03-01T08:00Z']],
    ['cron(0/15 * * * ? *)', ['2026-01-01T00:15Z', '2026-01-01T00:30Z', '2026-01-01T00:45Z']],
    ['cron(0/5 8-17 ? * MON-FRI *)', ['2026-01-01T08:00Z', '2026-01-01T08:05Z', '2026-01-01T08:10Z']],
    ['cron(0 9 ? * 1 *)', ['2026-01-04T09:00Z', '2026-01-11T09:00Z', '2026-01-18T09:00Z']],
    ['cron(0 9 ? * 7 *)', ['2026-01-03T09:00Z', '2026-01-10T09:00Z', '2026-01-17T09:00Z']],
    ['cron(0 9 ? * L *)', ['2026-01-03T09:00Z', '2026-01-10T09:00Z', '2026-01-17T09:00Z']],
    ['cron(0 9 ? * 2#1 *)', ['2026-01-05T09:00Z', '2026-02-02T09:00Z', '2026-03-02T09:00Z']],
    ['cron(0 9 ? * TUE,THU *)', ['2026-01-01T09:00Z', '2026-01-06T09:00Z', '2026-01-08T09:00Z']],
    ['cron(0 9 L * ? *)', ['2026-01-31T09:00Z', '2026-02-28T09:00Z', '2026-03-31T09:00Z']],
    ['cron(0 9 3W * ? *)', ['2026-01-02T09:00Z', '2026-02-03T09:00Z', '2026-03-03T09:00Z']],
    ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00Z', '2032-02-29T00:00Z', '2036-02-29T00:00Z']],
    ['cron(0 0 1 1 ? 2027/2)', ['2027-01-01T00:00Z', '2029-01-01T00:00Z', '2031-01-01T00:00Z']],
    ['cron(30 6 1 6 ? 2026)', ['2026-06-01T06:30Z']],
    ['cron(0 0 31 2 ? *)', []],
    ['cron(0 0 1 1 ? 2020)', []],
  ])('%s', (expression, expected) => {
    expect(due(expression, '2026-01-01T00:00:00Z')).toEqual(expected);
  });

  test('times are those of the zone, and one that clocks skip is left out', () => {
    expect(due('cron(30 2 * * ? *)', '2026-03-27T12:00:00Z', 3, berlin)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ]);
    expect(due('cron(0 9 ? * MON *)', '2026-11-01T00:00:00Z', 1, { timeZone: 'America/New_York' })).toEqual([
      '2026-11-02T14:00Z',
    ]);
  });

  test('a time that clocks show twice happens once, whenever the engine asks', () => {
    const hours = ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T02:30Z', '2026-10-25T03:30Z'];
    expect(due('cron(30 * * * ? *)', '2026-10-24T23:00:00Z', 4, berlin)).toEqual(hours);
    expect(due('cron(30 2 * * ? *)', '2026-10-25T00:30:00Z', 1, berlin)).toEqual(['2026-10-26T01:30Z']);
    expect(due('cron(30 2 * * ? *)', '2026-10-25T01:15:00Z', 1, berlin)).toEqual(['2026-10-26T01:30Z']);
    expect(due('cron(30 2 * * ? *)', '2026-10-25T00:15:00Z', 1, berlin)).toEqual(['2026-10-25T00:30Z']);
  });

  test('between start and end', () => {
    const bounds = { start: new Date('2026-02-01T10:00:00Z'), end: new Date('2026-02-02T10:00:00Z') };
    expect(due('cron(0 10 * * ? *)', '2026-01-01T00:00:00Z', 9, bounds)).toEqual([
      '2026-02-01T10:00Z',
      '2026-02-02T10:00Z',
    ]);
  });

  test.each([
    ['cron(0 10 * * *)', 'cron(0 10 * * *) has 5 fields; it must have 6: minutes hours day-of-month'],
    ['cron(0 10 * * * *)', 'exactly one of day-of-month and day-of-week must be ?'],
    ['cron(0 10 ? * ? *)', 'exactly one of day-of-month and day-of-week must be ?'],
    ['cron(0 10 ? * 0 *)', 'the day-of-week field cannot be 0'],
    ['cron(0 @ * * ? *)', 'the hours field cannot be @'],
    ['cron(0 10 L-3 * ? *)', 'cron(0 10 L-3 * ? *) cannot be executed'],
    ['cron(0 25 * * ? *)', 'cron(0 25 * * ? *) cannot be executed'],
    ['cron(0 10 ? * FOO *)', 'cron(0 10 ? * FOO *) cannot be executed'],
  ])('%s is refused', (expression, message) => {
    expect(() => due(expression, '2026-01-01T00:00:00Z')).toThrow(message);
  });
});

test('a rate counts from its anchor, which is due itself', () => {
  const anchor = new Date('2026-01-01T00:07:00Z');
  expect(due('rate(15 minutes)', '2026-01-01T00:00:00Z', 3, { anchor })).toEqual([
    '2026-01-01T00:07Z',
    '2026-01-01T00:22Z',
    '2026-01-01T00:37Z',
  ]);
  expect(due('rate(6 hours)', '2026-03-01T00:00:00Z', 2, { anchor })).toEqual([
    '2026-03-01T00:07Z',
    '2026-03-01T06:07Z',
  ]);
  expect(due('rate(1 day)', '2026-03-01T00:00:00Z', 1, { anchor })).toEqual(['2026-03-01T00:07Z']);
  const bounds = { anchor, start: anchor, end: new Date('2026-01-03T00:00:00Z') };
  expect(due('rate(1 day)', '2025-01-01T00:00:00Z', 9, bounds)).toEqual(['2026-01-01T00:07Z', '2026-01-02T00:07Z']);
});

test('one time, in its zone', () => {
  const zone = { timeZone: 'America/New_York' };
  expect(due('at(2026-11-25T09:00:00)', '2026-01-01T00:00:00Z', 9, zone)).toEqual(['2026-11-25T14:00Z']);
  expect(due('at(2026-11-25T09:00:00)', '2026-12-01T00:00:00Z', 9, zone)).toEqual([]);
});

test.each([
  ['rate(0 minutes)', 'rate(0 minutes) must be a whole number of minutes, hours or days'],
  ['rate(1.5 hours)', 'rate(1.5 hours) must be a whole number'],
  ['rate(2 weeks)', 'rate(2 weeks) must be a whole number'],
  ['at(2026-13-01T00:00:00)', 'at(2026-13-01T00:00:00) must be a time such as'],
  ['at(2026-03-29T02:30:00)', 'at(2026-03-29T02:30:00) does not exist in Europe/Berlin: clocks skip it'],
  ['every day', 'the schedule every day must be rate(…), cron(…) or at(…)'],
])('%s is refused', (expression, message) => {
  expect(() => due(expression, '2026-01-01T00:00:00Z', 1, berlin)).toThrow(message);
});

test('an unknown time zone is refused', () => {
  expect(() => due('cron(0 10 * * ? *)', '2026-01-01T00:00:00Z', 1, { timeZone: 'Mars/Base' })).toThrow(
    'the time zone Mars/Base is not known; use an IANA name such as Europe/Berlin',
  );
});
