import type { Expectation } from './expectations';
import { columnDifference, headerOf } from './expectations/tables';
import { ask, rows, type Steps } from './plan';
import { type Outcome, place } from './result';

/**
 * The schema contract, checked without asking: `schema` compares columns and order, `types` finds values that cannot be
 * read as declared. They are no expectations of a suite and take no arguments.
 */
export const schemaContract = (declared: readonly string[]): Expectation => ({
  type: 'schema',
  arguments: {},
  // biome-ignore lint/correctness/useYield: it has nothing to ask.
  *run({ table }): Steps<Outcome> {
    const header = headerOf(table);
    const difference = columnDifference(header, declared);
    return {
      success: difference === undefined,
      verdict: difference === undefined ? 'pass' : 'fail',
      reason:
        difference === undefined
          ? `has the ${header.length} declared columns in order`
          : `columns differ from dataset.columns: ${difference}`,
      result: { observed_value: header },
    };
  },
});

export const typeContract: Expectation = {
  type: 'types',
  arguments: {},
  *run({ table }): Steps<Outcome> {
    const [count] = yield* ask(rows());
    if (count === 0) {
      return { success: false, verdict: 'fail', reason: 'has no rows', result: { element_count: 0 } };
    }
    const faults = table.unreadable ?? [];
    const reasons = faults.map(
      ({ column, type, count: broken, first }) =>
        `${column}: ${broken} of ${count} values cannot be read as ${type} (first: ${JSON.stringify(first.text)} ${place(first, table)})`,
    );
    const success = reasons.length === 0;
    return {
      success,
      verdict: success ? 'pass' : 'fail',
      reason: success ? `all values of ${count} rows have their declared type` : reasons.join('; '),
      result: {
        element_count: count * table.columns.length,
        unexpected_count: faults.reduce((sum, fault) => sum + fault.count, 0),
        partial_unexpected_list: faults.map(({ first }) => first.text),
      },
    };
  },
};
