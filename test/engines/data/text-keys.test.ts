import { about, HEADER, judge, plain, sourcesOf, write } from './large-text';

describe('keys that are too many to be counted', () => {
  const MANY = 124_000;
  const suite = [
    { type: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } },
    about('id', 'values_to_be_unique'),
    about('id', 'values_to_not_be_null', { mostly: 0.5 }),
  ];
  const keys = (name: string, id: (i: number) => string): string =>
    write(name, HEADER + Array.from({ length: MANY }, (_, i) => `${id(i)},${i % 5},,a,\n`).join(''));

  test.each([
    ['numbers', (i: number) => String(i * 7919)],
    ['numbers, some missing', (i: number) => (i % 1000 === 7 ? '' : String(i))],
    ['text', (i: number) => `k${i}`],
    ['text, all rows in quotes, some missing', (i: number) => (i % 1000 === 7 ? '' : `"k\n${i}"`)],
  ])('%s: are proved to differ while they are parsed', async (what, id) => {
    const file = keys(`${what}.csv`, id);
    const scanned = await judge([file], suite, { large: false });
    for (const threads of [1, 2]) {
      const proved = await judge([file], suite, { threads });
      expect(plain(proved)).toEqual(plain(scanned));
      expect(proved.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
      expect([proved.copies, sourcesOf(proved)[1]]).toEqual([0, expect.stringMatching('key check')]);
    }
  });

  test.each([
    ['the last repeats the first', (i: number) => String(i === MANY - 1 ? 0 : i * 7919)],
    ['the first rows repeat', (i: number) => String(i < 10 ? 1 : i)],
  ])('%s: is counted exactly', async (what, id) => {
    const file = keys(`${what}.csv`, id);
    const [scanned, counted] = [await judge([file], suite, { large: false }), await judge([file], suite)];
    expect(plain(counted)).toEqual(plain(scanned));
    expect(counted.checks[1]?.verdict).toBe('fail');
    expect(counted.copies).toBe(1);
  });
});
