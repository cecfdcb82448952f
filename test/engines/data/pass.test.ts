import {
  type Ask,
  atRanks,
  countFaults,
  countWhere,
  distinct,
  examples,
  extreme,
  missing,
  query,
  rows,
} from '../../../lib/core/data/plan';
import { identifier, sql } from '../../../lib/core/sql/sql';
import { type Pass, passOf } from '../../../lib/engines/data/pass';
import { expectedDistinct, repeats } from '../../../lib/engines/data/sample';

const unique = (column: string): Ask<number> =>
  countFaults({ kind: 'repeat', columns: [column], among: sql`(${identifier(column)} IS NOT NULL)` });
const where = { sql: sql`("a" > 1)`, columns: ['a'] };
const above = countWhere(sql`"id" > 5`, ['id']);

/** Of columns `a` and `b`, whose values are few, and `id`. */
const pass = (...asks: readonly Ask[]): Pass | undefined => passOf(asks, ['a', 'b'], ['a', 'b', 'id']);

describe('one pass over text', () => {
  test('counts the values of columns that are asked about, and looks at every cell that must be readable', () => {
    const found = pass(rows(), extreme('min', 'a'), atRanks('a', [3]));
    expect(found).toEqual({ counted: ['a'], faults: [missing('b'), missing('id')], distinct: [] });
  });

  test('counts rows of other columns, or of several, by their condition', () => {
    const both = countWhere(sql`"a" = "b"`, ['a', 'b']);
    const found = pass(above, both, rows(where), missing('id'), distinct('b'));
    // `rows(where)` reads `a` alone.
    expect(found?.counted).toEqual(['a', 'b']);
    expect(found?.faults).toEqual([missing('id'), above, both]);
  });

  test('proves keys distinct, but not those of columns that are counted', () => {
    expect(pass(unique('id'), unique('a'))).toEqual({
      counted: ['a'],
      faults: [missing('b'), missing('id')],
      distinct: [unique('id')],
    });
  });

  test.each([
    ['extremes of a column with many values', extreme('max', 'id')],
    ['places of its order', atRanks('id', [0])],
    ['its distinct values', distinct('id')],
    ['places of the order of some rows', atRanks('a', [0], where)],
    ['rows that are shown', examples({ kind: 'row', when: sql`"a" > 1`, columns: ['a'] }, ['a'], 20)],
    ['a step from row to row', countFaults({ kind: 'step', column: 'a', broken: (x, y) => sql`${x} < ${y}` })],
    ['a function of a value', countFaults({ kind: 'decided', column: 'id', name: 'f', breaks: () => true })],
    ['a query', query('SELECT 1', 5)],
  ])('is not made where something else is asked: %s', (_what, ask) => {
    expect(pass(rows(), missing('a'))).toBeDefined();
    expect(pass(rows(), missing('a'), ask)).toBeUndefined();
  });

  test('is not made where it would count too much at once', () => {
    const conditions = Array.from({ length: 33 }, (_, i) => countWhere(sql`"id" > ${identifier(`c${i}`)}`, ['id']));
    expect(pass(...conditions.slice(0, 29))).toBeDefined();
    expect(pass(...conditions)).toBeUndefined();
  });
});

describe('a sample', () => {
  const sample = { seen: 100_000, whole: false };

  test('of a column that has shown all its values expects no more', () => {
    expect(expectedDistinct({ ...sample, distinct: 72, inHalf: 72 }, 1e9)).toBe(72);
    expect(expectedDistinct({ ...sample, distinct: 0, inHalf: 0 }, 1e9)).toBe(0);
  });

  test('of one that shows new values all the time expects as many more as there are rows', () => {
    expect(expectedDistinct({ ...sample, distinct: 1000, inHalf: 500 }, 10_000_000)).toBeCloseTo(100_000);
    // Twice the values in four times the rows.
    expect(expectedDistinct({ ...sample, distinct: 1000, inHalf: 1000 / Math.SQRT2 }, 400_000)).toBeCloseTo(2000);
  });

  test('of all rows is the truth', () => {
    expect(expectedDistinct({ seen: 10, whole: true, distinct: 10, inHalf: 5 }, 20)).toBe(10);
    expect(repeats({ seen: 10, whole: true, distinct: 10, inHalf: 5 })).toBe(true);
    expect(repeats({ ...sample, distinct: 40_001, inHalf: 30_000 })).toBe(false);
  });
});
