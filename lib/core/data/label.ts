import { sql } from '../sql/sql';
import type { Expectation } from './expectations';
import { comparison } from './expectations/context';
import { ask, countWhere, missing, rows, type Steps, values } from './plan';
import type { Outcome } from './result';
import type { Value } from './table';

/** Values shown of a label that never is the positive one. */
const SHOWN = 5;

/**
 * The contract of a binary label: rows of both classes. Without it a `dataset.positive` that is spelt otherwise than the
 * data ("yes" for "Yes") would make every row negative, and nothing before the metrics would notice.
 */
export const labelContract = (label: string, positive: Exclude<Value, null>): Expectation => ({
  type: 'label',
  arguments: {},
  *run(context): Steps<Outcome> {
    const { left, right } = comparison(context, label, positive, true);
    const [elements, gaps, positives, others] = yield* ask(
      rows(),
      missing(label),
      countWhere(sql`(${left} = ${right})`, [label]),
      values(label, 'value', SHOWN),
    );
    const present = elements - gaps;
    const result = { element_count: present, observed_value: { positives, negatives: present - positives } };
    const wanted = JSON.stringify(positive);
    const end = (verdict: Outcome['verdict'], reason: string): Outcome => ({
      success: verdict === 'pass',
      verdict,
      reason: `${label}: ${reason}`,
      result,
    });
    if (present === 0) return end('inconclusive', 'there is no label');
    if (positives === 0) {
      const found = others.map(({ value }) => JSON.stringify(value)).join(', ');
      return end('fail', `no row is ${wanted} (dataset.positive); found ${found}`);
    }
    if (positives === present) return end('fail', `every row is ${wanted}; both classes are needed`);
    return end('pass', `${positives} of ${present} rows are ${wanted}`);
  },
});
