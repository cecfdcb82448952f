import { type Expectation, expectation } from './definition';
import type { Value } from './table';

interface LabelStatistics {
  readonly present: number;
  readonly positives: number;
  /** Some of the other values, in the order in which they came. */
  readonly others: ReadonlySet<Value>;
}

/** Values shown of a label that never is the positive one. */
const SHOWN = 5;

/**
 * The contract of a binary label: rows of both classes. Without it a `dataset.positive` that is spelt otherwise than the
 * data ("yes" for "Yes") would make every row negative, and nothing before the metrics would notice.
 */
export function labelContract(positive: Value): Expectation {
  return expectation<LabelStatistics>({
    type: 'label',
    arguments: {},
    collect: (_args, { label }) => {
      const others = new Set<Value>();
      let [present, positives] = [0, 0];
      return {
        add: ({ values }) => {
          const value = values[label] ?? null;
          if (value === null) return;
          present += 1;
          if (value === positive) positives += 1;
          else if (others.size < SHOWN) others.add(value);
        },
        statistics: () => ({ present, positives, others }),
      };
    },
    judge: (_args, { present, positives, others }, { label }) => {
      const evidence = { element_count: present, observed_value: { positives, negatives: present - positives } };
      const wanted = JSON.stringify(positive);
      if (present === 0) return { verdict: 'inconclusive', reason: `${label}: there is no label`, evidence };
      if (positives === 0) {
        const found = [...others].map((value) => JSON.stringify(value)).join(', ');
        return {
          verdict: 'fail',
          reason: `${label}: no row is ${wanted} (dataset.positive); found ${found}`,
          evidence,
        };
      }
      if (positives === present) {
        return { verdict: 'fail', reason: `${label}: every row is ${wanted}; both classes are needed`, evidence };
      }
      return { verdict: 'pass', reason: `${label}: ${positives} of ${present} rows are ${wanted}`, evidence };
    },
  });
}
