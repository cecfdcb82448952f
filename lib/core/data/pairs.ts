import { compareValues } from './arguments';
import { type Expectation, expectation } from './definition';
import { countRows, judgeRows, type RowStatistics } from './rows';

const IGNORE = ['both_values_are_missing', 'either_value_is_missing', 'neither'] as const;

export const pairs: readonly Expectation[] = [
  expectation<RowStatistics>({
    type: 'expect_column_pair_values_a_to_be_greater_than_b',
    arguments: {
      column_A: { kind: 'column', required: true },
      column_B: { kind: 'column', required: true },
      or_equal: { kind: 'flag' },
      ignore_row_if: { kind: IGNORE },
      mostly: { kind: 'share' },
    },
    collect: (args, table) => {
      const [columnA, columnB] = [args.text('column_A') ?? '', args.text('column_B') ?? ''];
      const type = args.columnType(columnA);
      const rule = args.text('ignore_row_if') ?? 'both_values_are_missing';
      return countRows(table, (row) => {
        const [a, b] = [row.values[columnA] ?? null, row.values[columnB] ?? null];
        const gaps = Number(a === null) + Number(b === null);
        if ((rule === 'both_values_are_missing' && gaps === 2) || (rule === 'either_value_is_missing' && gaps > 0)) {
          return undefined;
        }
        const order = gaps > 0 ? Number.NaN : compareValues(a, b, type);
        return { unexpected: !(args.flag('or_equal') ? order >= 0 : order > 0), value: [a, b] };
      });
    },
    judge: (args, statistics, table) => {
      const fault = args.flag('or_equal') ? 'are not greater or equal' : 'are not greater';
      return judgeRows(`${args.text('column_A')} > ${args.text('column_B')}`, fault, args, statistics, table);
    },
  }),
];
