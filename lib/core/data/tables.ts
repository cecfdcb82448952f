import { boundSpecs, boundWords, isBetween, needsBound } from './bounds';
import { type Expectation, expectation } from './definition';

const noRows = { add: () => undefined, statistics: () => undefined };

/** `"b" stands where "a" is expected`, or what is missing or too many. Undefined for equal lists. */
export function columnDifference(found: readonly string[], expected: readonly string[]): string | undefined {
  const missing = expected.filter((column) => !found.includes(column));
  const extra = found.filter((column) => !expected.includes(column));
  const parts = [
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`not expected ${extra.join(', ')}`]),
  ];
  if (parts.length > 0) return parts.join('; ');
  const at = expected.findIndex((column, index) => found[index] !== column);
  return at < 0 ? undefined : `column ${at + 1} is "${found[at]}", expected is "${expected[at]}"`;
}

export const tables: readonly Expectation[] = [
  expectation<undefined>({
    type: 'expect_column_to_exist',
    arguments: { column: { kind: 'columnName', required: true }, column_index: { kind: 'count' } },
    collect: () => noRows,
    judge: (args, _none, table) => {
      const index = table.header.indexOf(args.column);
      const wanted = args.number('column_index');
      const evidence = { observed_value: index < 0 ? null : index };
      if (index < 0) {
        const reason = `${args.column}: there is no such column (${table.header.join(', ')})`;
        return { verdict: 'fail', reason, evidence };
      }
      if (wanted !== undefined && wanted !== index) {
        const reason = `${args.column}: is column ${index}, expected at ${wanted} (counted from 0)`;
        return { verdict: 'fail', reason, evidence };
      }
      return { verdict: 'pass', reason: `${args.column}: exists`, evidence };
    },
  }),
  expectation<undefined>({
    type: 'expect_table_columns_to_match_ordered_list',
    arguments: { column_list: { kind: 'columnNames', required: true } },
    collect: () => noRows,
    judge: (args, _none, table) => {
      const difference = columnDifference(table.header, args.texts('column_list'));
      return {
        verdict: difference === undefined ? 'pass' : 'fail',
        reason: difference === undefined ? 'columns: as listed, in order' : `columns: ${difference}`,
        evidence: { observed_value: table.header },
      };
    },
  }),
  expectation<number>({
    type: 'expect_table_row_count_to_be_between',
    arguments: boundSpecs('count'),
    check: needsBound,
    collect: () => {
      let count = 0;
      return {
        add: () => {
          count += 1;
        },
        statistics: () => count,
      };
    },
    judge: (args, count) => {
      const inside = isBetween(args, (bound) => count - Number(bound));
      const words = inside ? boundWords(args) : `it must be ${boundWords(args)}`;
      return {
        verdict: inside ? 'pass' : 'fail',
        reason: `row count is ${count}${inside ? ', ' : '; '}${words}`,
        evidence: { observed_value: count },
      };
    },
  }),
];
