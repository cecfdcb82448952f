import { identifier, joinSql, literal, sql } from '../../../lib/core/sql/sql';

test('names and values are quoted by construction', () => {
  const name = identifier('a"b; DROP TABLE t --');
  expect(sql`SELECT ${name} FROM t WHERE x = ${literal("O'Hara'; --")}`.text).toBe(
    `SELECT "a""b; DROP TABLE t --" FROM t WHERE x = 'O''Hara''; --'`,
  );
});

test.each([
  [1, '1'],
  [-1, '(-1)'],
  [0.1, '1E-1'],
  [-2.5, '(-2.5E0)'],
  [1e21, '1E21'],
  [-0, '(-0E0)'],
  [Number.NaN, "CAST('NaN' AS DOUBLE)"],
  [Number.NEGATIVE_INFINITY, "CAST('-Infinity' AS DOUBLE)"],
  [2n ** 64n, '18446744073709551616'],
  [null, 'NULL'],
  [true, 'TRUE'],
])('the literal of %p is %s', (value, text) => expect(literal(value).text).toBe(text));

test('a list keeps its order', () => {
  expect(joinSql([literal(1), literal('b')], ', ').text).toBe("1, 'b'");
});

test('a NUL character is refused where it stands', () => {
  expect(() => literal('a\0b')).toThrow('"a\\u0000b" holds a NUL character');
  expect(() => identifier('')).toThrow('"" is no name of a column');
});
