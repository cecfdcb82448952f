import type { MetricDefinition } from './definition';
import type { Rows } from './input';

/** How to get an interval; `auto` takes the metric's own, or what the rows ask for. */
export type IntervalChoice = 'auto' | Method;

export type Method = 'delong' | 'wilson' | 'percentile' | 'bca' | 'delta';

/** From this many rows on, a smooth function of sums has its normal limit as exactly as replicates would tell it. */
export const DELTA_FROM = 20_000;

/** The same for metrics of ranks and bins, which are rougher and whose replicates cost more. */
export const DELTA_OF_RANKS_FROM = 50_000;

const RANKS: readonly string[] = ['roc_auc', 'pr_auc', 'ks', 'lift'];
const SMOOTH: readonly string[] = ['log_loss', 'brier', 'mae', 'rmse', 'r2', 'mape', 'pinball'];

/** @throws RangeError for a method that the metric does not have on these rows */
export function chooseMethod(definition: MetricDefinition, rows: Rows, asked: IntervalChoice): Method {
  const allowed = methodsOf(definition, rows);
  const [first = 'percentile'] = allowed;
  if (asked === 'auto') return first;
  if (allowed.includes(asked)) return asked;
  const weighted = rows.weights === undefined ? '' : ', rows have weights';
  const clustered = rows.clusters === undefined ? '' : ', rows have clusters';
  throw new RangeError(
    `${definition.name} of a ${rows.task} task${weighted}${clustered}: there is no ${asked} interval; ${allowed.join(', ')} can be had`,
  );
}

/** What suits the metric and the rows, the best first. DeLong and Wilson take rows for independent, which those of a cluster are not. */
function methodsOf(definition: MetricDefinition, rows: Rows): readonly Method[] {
  const metric = definition.fixed?.metric ?? definition.name;
  const alone = rows.clusters === undefined;
  // A maximum is biased upwards, a resample's maximum once more: replicates of KS cover 80 % where they say 95 %.
  if (metric === 'ks') return ['delta', 'bca', 'percentile'];
  if (metric === 'ece')
    return rows.n >= DELTA_OF_RANKS_FROM ? ['delta', 'bca', 'percentile'] : ['bca', 'percentile', 'delta'];
  if (SMOOTH.includes(metric)) return deltaFrom(DELTA_FROM, rows);
  if (alone && isShare(definition, rows)) return ['wilson', 'percentile', 'bca'];
  if (!RANKS.includes(metric)) return ['percentile', 'bca'];
  const area = metric === 'roc_auc' && rows.task === 'binary' && rows.weights === undefined;
  return area && alone ? ['delong', 'percentile', 'bca', 'delta'] : deltaFrom(DELTA_OF_RANKS_FROM, rows);
}

const deltaFrom = (limit: number, { n }: Rows): readonly Method[] =>
  n >= limit ? ['delta', 'percentile', 'bca'] : ['percentile', 'bca', 'delta'];

/** Whether the metric is a share of rows: accuracy, micro averages, precision and recall of two classes. */
function isShare({ name, fixed, interval }: MetricDefinition, { task, parameters }: Rows): boolean {
  if (name === 'accuracy' || fixed?.average === 'micro') return true;
  if (task === 'binary') return interval === 'wilson';
  return (name === 'precision' || name === 'recall' || name === 'f1') && parameters.average === 'micro';
}
