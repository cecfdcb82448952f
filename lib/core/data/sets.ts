import { type Expectation, expectation } from './definition';
import { EXAMPLES } from './rows';
import type { Value } from './table';

interface DistinctStatistics {
  readonly elements: number;
  readonly missing: number;
  readonly values: readonly Value[];
}

export const sets: readonly Expectation[] = [
  expectation<DistinctStatistics>({
    type: 'expect_column_distinct_values_to_be_in_set',
    arguments: { column: { kind: 'column', required: true }, value_set: { kind: 'values', required: true } },
    collect: (args) => {
      const values = new Set<Value>();
      let elements = 0;
      let missing = 0;
      return {
        add: (row) => {
          const value = row.values[args.column] ?? null;
          elements += 1;
          if (value === null) missing += 1;
          else values.add(value);
        },
        statistics: () => ({ elements, missing, values: [...values] }),
      };
    },
    judge: (args, { elements, missing, values }) => {
      const allowed = new Set(args.values('value_set'));
      const strange = values.filter((value) => !allowed.has(value));
      const evidence = {
        element_count: elements,
        missing_count: missing,
        observed_value: values.slice(0, EXAMPLES),
        unexpected_count: strange.length,
        partial_unexpected_list: strange.slice(0, EXAMPLES),
      };
      if (values.length === 0) {
        return { verdict: 'inconclusive', reason: `${args.column}: there is no value to check`, evidence };
      }
      const first = strange[0] === undefined ? '' : ` (first: ${JSON.stringify(strange[0])})`;
      return {
        verdict: strange.length === 0 ? 'pass' : 'fail',
        reason: `${args.column}: ${strange.length === 0 ? 'none' : strange.length} of ${values.length} distinct values are not in the set${first}`,
        evidence,
      };
    },
  }),
];
