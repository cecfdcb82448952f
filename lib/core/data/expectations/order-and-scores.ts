import { identifier, literal, type Sql, sql } from '../../sql/sql';
import type { Fault, Steps } from '../plan';
import { type Context, type Expectation, ExpectationError, numeric } from './context';
import { columnMap } from './map';
import { standardDeviation } from './statistics';

const order = (type: string, direction: 'increasing' | 'decreasing'): Expectation =>
  columnMap({
    type,
    arguments: { strictly: { kind: 'flag' } },
    words: (args) =>
      `are not ${args.flag('strictly') ? 'strictly ' : ''}${direction} (each against the value before it)`,
    fault: ({ args }): Fault => ({
      kind: 'step',
      column: args.column,
      broken: (current: Sql, previous: Sql) => {
        const [small, great] = direction === 'increasing' ? [current, previous] : [previous, current];
        return args.flag('strictly') ? sql`${small} <= ${great}` : sql`${small} < ${great}`;
      },
    }),
  });

/** |x − mean| / standard deviation against the threshold; where all values are equal none is below it. */
function* zScoreFault(context: Context): Steps<Fault | string> {
  const { args, dialect } = context;
  const { column } = args;
  const value = numeric(context, column);
  const threshold = args.number('threshold');
  if (threshold === undefined) throw new ExpectationError('threshold must be a number', 'ValueError');
  const { mean, deviation } = yield* standardDeviation(context, column);
  const columns = [column];
  if (mean === null || deviation === null) return 'fewer than two finite values have no standard deviation';
  if (deviation === 0) {
    return { kind: 'row', when: sql`(${identifier(column)} IS NOT NULL)`, columns };
  }
  const score = sql`((${dialect.double(value)} - ${dialect.double(literal(mean))}) / ${dialect.double(literal(deviation))})`;
  const doubleSided = args.kwargs.double_sided !== false;
  const when = doubleSided
    ? sql`(abs(${score}) >= ${literal(Math.abs(threshold))})`
    : sql`(${score} >= ${literal(threshold)})`;
  return { kind: 'row', when, columns };
}

export const orderAndScores: readonly Expectation[] = [
  order('expect_column_values_to_be_increasing', 'increasing'),
  order('expect_column_values_to_be_decreasing', 'decreasing'),
  columnMap({
    type: 'expect_column_value_z_scores_to_be_less_than',
    arguments: { threshold: { kind: 'number', required: true }, double_sided: { kind: 'flag' } },
    words: (args) => `have a z-score of ${args.number('threshold')} or more`,
    fault: zScoreFault,
  }),
];
