import { AUC_BOOTSTRAP, aucBootstrap } from '../statistics';
import type { CompareOptions, Comparison } from './compare';
import { achievedLevel } from './compare-resampled';
import { binaryRows, type Judged } from './estimates';
import type { Undefined } from './metrics/index';

/** Areas of equally weighted rows are resampled in their order, once sorted. */
export const isPresorted = ({ task, columns }: Judged, { scale, test }: CompareOptions): boolean =>
  task === 'binary' &&
  columns.weights === undefined &&
  scale !== 'relative' &&
  (test === 'bootstrap' || test === 'bca');

/** Paired bootstrap of the difference of two ROC areas; see `aucBootstrap`. */
export function compareAreasByResampling(judged: Judged, { test, confidence }: CompareOptions): Comparison | Undefined {
  const { seed, replicates } = judged.config;
  const { clusters, rows } = judged.columns;
  const found = aucBootstrap({ ...binaryRows(judged), clusters, seed, replicates });
  if (found === null) return { undefined: 'the rows have one class only' };
  const { challenger, champion, difference } = AUC_BOOTSTRAP;
  const bca = test === 'bca';
  const interval = bca ? found.bca(difference, confidence) : found.percentile(difference, confidence);
  return {
    improvement: found.estimates[difference] ?? Number.NaN,
    interval,
    ...(interval === null ? {} : { pValue: achievedLevel(found.replicates[difference]) }),
    method: bca ? 'bootstrap_paired_bca' : 'bootstrap_paired',
    n: rows,
    challenger: found.estimates[challenger] ?? Number.NaN,
    champion: found.estimates[champion] ?? Number.NaN,
  };
}
