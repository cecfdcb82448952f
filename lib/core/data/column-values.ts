import { compareValues } from './arguments';
import { boundSpecs, boundWords, isBetween, needsBound } from './bounds';
import { type Expectation, expectation } from './definition';
import { columnCondition, countRows, judgeRows, type RowStatistics } from './rows';
import { hasType } from './table';

const required = true;

/** Expectations about the presence of values; unlike the others they count missing values themselves. */
const presence = (type: string, wanted: 'present' | 'missing'): Expectation =>
  expectation<RowStatistics>({
    type,
    arguments: { column: { kind: 'column', required }, mostly: { kind: 'share' } },
    collect: (args, table) =>
      countRows(table, (row) => {
        const value = row.values[args.column] ?? null;
        return { unexpected: (value === null) === (wanted === 'present'), value };
      }),
    judge: (args, statistics, table) =>
      judgeRows(args.column, wanted === 'present' ? 'are missing' : 'are not missing', args, statistics, table),
  });

export const columnValues: readonly Expectation[] = [
  presence('expect_column_values_to_not_be_null', 'present'),
  presence('expect_column_values_to_be_null', 'missing'),
  columnCondition({
    type: 'expect_column_values_to_be_in_set',
    arguments: { value_set: { kind: 'values', required } },
    fault: () => 'are not in the set',
    expected: (args) => {
      const set = new Set(args.values('value_set'));
      return (value) => set.has(value);
    },
  }),
  columnCondition({
    type: 'expect_column_values_to_not_be_in_set',
    arguments: { value_set: { kind: 'values', required } },
    fault: () => 'are in the forbidden set',
    expected: (args) => {
      const set = new Set(args.values('value_set'));
      return (value) => !set.has(value);
    },
  }),
  columnCondition({
    type: 'expect_column_values_to_be_between',
    arguments: boundSpecs('value'),
    check: needsBound,
    fault: (args) => `are not ${boundWords(args)}`,
    expected: (args) => {
      const type = args.columnType();
      return (value) => isBetween(args, (bound) => compareValues(value, bound, type));
    },
  }),
  columnCondition({
    type: 'expect_column_values_to_match_regex',
    arguments: { regex: { kind: 'regex', required } },
    fault: (args) => `do not match ${args.text('regex')}`,
    expected: (args) => {
      const regex = new RegExp(args.text('regex') ?? '', 'u');
      return (value) => regex.test(String(value));
    },
  }),
  columnCondition({
    type: 'expect_column_values_to_be_of_type',
    arguments: { type_: { kind: 'typeName', required } },
    fault: (args) => `are not of type ${args.typeName('type_')}`,
    expected: (args) => {
      const type = args.typeName('type_');
      return (value) => hasType(value, type);
    },
  }),
  columnCondition({
    type: 'expect_column_value_lengths_to_be_between',
    arguments: boundSpecs('count'),
    check: needsBound,
    fault: (args) => `do not have a length ${boundWords(args)}`,
    expected: (args) => (value) => {
      // Characters as people count them, not UTF-16 units.
      const { length } = [...String(value)];
      return isBetween(args, (bound) => length - Number(bound));
    },
  }),
];
