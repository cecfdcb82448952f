import fc from 'fast-check';
import { conditionProblem, parseRowCondition } from '../../../lib/core/data/conditions/row-condition';

const columns = ['x', 'y', 'my col'];
const text = (condition: unknown): string => parseRowCondition(condition, columns).sql.text;

test.each([
  ['col("x") > 5', '("x" > 5)'],
  ['col("y") == \'a\'', `("y" = 'a')`],
  ['col("x").notNull()', '("x" IS NOT NULL)'],
  ['col("y") <= date("2020-01-31")', `("y" <= CAST('2020-01-31' AS DATE))`],
  ['x > 5 and y != "it\'s"', `(("x" > 5) AND ("y" <> 'it''s'))`],
  ['x > 5 & (y == 1 | ~(x < 2))', '(("x" > 5) AND (("y" = 1) OR (NOT ("x" < 2))))'],
  ['`my col` in ["a", "b"]', `("my col" IN ('a', 'b'))`],
  ['y not in (1, 2)', '(NOT ("y" IN (1, 2)))'],
  ['x IS NOT NULL OR y IS NULL', '(("x" IS NOT NULL) OR ("y" IS NULL))'],
  ['x BETWEEN 1 AND 5 AND y LIKE "a%"', `(("x" BETWEEN 1 AND 5) AND ("y" LIKE 'a%'))`],
  ['0 < x <= 5', '((0 < "x") AND ("x" <= 5))'],
  ['x == None', '("x" IS NULL)'],
  ['x * 2 + 1 >= -3', '((("x" * 2) + 1) >= (- 3))'],
  ['y.isin(["a"])', `("y" IN ('a'))`],
  [{ type: 'comparison', column: { name: 'x' }, operator: '>=', parameter: 5 }, '("x" >= 5)'],
  [{ type: 'nullity', column: { name: 'x' }, is_null: false }, '("x" IS NOT NULL)'],
  [
    {
      type: 'or',
      conditions: [
        { type: 'comparison', column: { name: 'x' }, operator: 'IN', parameter: [1, 2] },
        { type: 'nullity', column: { name: 'y' }, is_null: true },
      ],
    },
    '(("x" IN (1, 2)) OR ("y" IS NULL))',
  ],
])('%j', (condition, expected) => {
  expect(text(condition)).toBe(expected);
});

test.each([
  ['x > 5; DROP TABLE t', '";" at character 6'],
  ['xx > 5', 'there is no column "xx" (did you mean "x"?)'],
  ['read_text("/etc/passwd") = 1', 'there is no column "read_text"'],
  ['x > (SELECT 1)', 'there is no column "SELECT"'],
  ['x > 5 y', 'where the end or "and", "or" is expected'],
  ['x -- 5', ''],
  [{ type: 'comparison', column: { name: 'x' }, operator: 'exec', parameter: 1 }, 'has no operator "exec"'],
])('%j is refused', (condition, message) => {
  const problem = conditionProblem(condition, columns);
  if (message === '') expect(problem).toBeUndefined();
  else expect(problem).toContain(message);
});

test('whatever is written, nothing of it is spliced: only known columns and values come out', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (value) => {
      const quoted = `x == '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
      if (value.includes('\0')) return;
      expect(text(quoted)).toBe(`("x" = '${value.replaceAll("'", "''")}')`);
    }),
  );
});
