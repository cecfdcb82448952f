import { prepareEce } from './calibration';
import { metricNamed } from './catalog';
import { isCounted, prepareCounted } from './confusion';
import type { MetricName } from './definition';
import type { Rows } from './input';
import type { Prepared } from './prepared';
import { prepareRanked } from './scores';
import { isSummed, prepareSummed } from './sums';

/** Prepares any metric; `f1_micro` and its like as the metric and average that they name. */
export function prepare(name: MetricName, rows: Rows): Prepared {
  const metric = metricNamed(name).fixed?.metric ?? name;
  if (isCounted(metric)) return prepareCounted(metric, rows);
  if (isSummed(metric)) return prepareSummed(metric, rows);
  switch (metric) {
    case 'roc_auc':
    case 'pr_auc':
    case 'ks':
    case 'lift':
      return prepareRanked(metric, rows);
    case 'ece':
      return prepareEce(rows);
    default:
      throw new RangeError(`${metric} is in the catalogue and cannot be measured`);
  }
}
