import { type PairedBootstrap, pairedBootstrap } from '../../statistics';
import { countReplicates } from './count-replicates';
import type { Rows } from './input';
import { evaluate, type Prepared } from './prepared';

export interface ReplicateOptions {
  readonly replicates: number;
  readonly seed: number;
}

/**
 * Bootstrap of metrics of the same rows: within each class for a class task, so that no resample lacks one; in whole
 * clusters, and then over all rows, where rows belong together.
 *
 * @param prepared one metric of one model, or of both models; rows carry both, which pairs them
 * @param statistics what is wanted of the metrics' values, which are NaN where undefined
 */
export function replicatesOf(
  rows: Rows,
  prepared: readonly Prepared[],
  statistics: (values: readonly number[]) => readonly number[],
  options: ReplicateOptions,
): PairedBootstrap {
  const { n, task, labels, weights, clusters } = rows;
  const counted = prepared.filter((each) => each.kind === 'counted');
  if (weights === undefined && clusters === undefined && counted.length === prepared.length) {
    return countReplicates(counted, statistics, options);
  }
  const drawn = weights === undefined ? undefined : new Float64Array(n);
  return pairedBootstrap({
    rows: n,
    ...(task === 'regression' || clusters !== undefined ? {} : { strata: labels }),
    ...(clusters === undefined ? {} : { clusters }),
    ...options,
    statistic: (counts) => {
      const total = weights === undefined || drawn === undefined ? counts : multiply(counts, weights, drawn);
      return statistics(prepared.map((each) => numberOf(each, total)));
    },
  });
}

const numberOf = (prepared: Prepared, weights: Float64Array): number => {
  const measured = evaluate(prepared, weights);
  return 'value' in measured ? measured.value : Number.NaN;
};

function multiply(counts: Float64Array, weights: Float64Array, into: Float64Array): Float64Array {
  for (let row = 0; row < into.length; row += 1) into[row] = (counts[row] as number) * (weights[row] as number);
  return into;
}
