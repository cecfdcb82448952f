import { ask, query, rows, type Steps } from '../plan';
import { EXAMPLES, type Outcome } from '../result';
import type { Expectation } from './context';

/** A query of a person that returns the rows which should not be there; `{batch}` stands for the table. */
export const unexpectedRows: Expectation = {
  type: 'unexpected_rows_expectation',
  arguments: { unexpected_rows_query: { kind: 'text', required: true } },
  check: (args) => {
    const text = args.text('unexpected_rows_query') ?? '';
    if (!/^\s*(--[^\n]*\n\s*)*(select|with|from)\b/i.test(text)) {
      return 'unexpected_rows_query is one SELECT statement; {batch} stands for the table';
    }
    return undefined;
  },
  *run({ args }): Steps<Outcome> {
    const [{ count, rows: found }, all] = yield* ask(query(args.text('unexpected_rows_query') ?? '', EXAMPLES), rows());
    const observed = `${count} unexpected row${count === 1 ? '' : 's'}`;
    const first = found[0] === undefined ? '' : ` (first: ${JSON.stringify(found[0])})`;
    return {
      success: count === 0,
      verdict: count > 0 ? 'fail' : all === 0 ? 'inconclusive' : 'pass',
      reason: `${args.text('description') ?? 'query'}: ${observed}${first}${all === 0 ? ': there are no rows' : ''}`,
      result: { observed_value: observed, details: { unexpected_rows: found } },
    };
  },
};
