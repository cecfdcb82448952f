import { at, aucInterval, bootstrapInterval, type Interval, wilsonInterval } from '../statistics';
import type { Scored } from './input';
import { areaOf, confusion, type Metric } from './row-metrics';

export interface Estimate {
  /** NaN if the metric is undefined for these rows. */
  readonly value: number;
  readonly interval: Interval | null;
  readonly method: 'delong_logit' | 'newcombe_score' | 'wilson' | 'bootstrap_percentile';
  /** Rows behind the estimate. */
  readonly n: number;
}

/**
 * A metric with its confidence interval: DeLong for the ROC area; Wilson for accuracy, precision and recall, each a share of
 * its denominator; a bootstrap stratified by label for the others.
 */
export function estimateMetric(
  metric: Metric,
  rows: Scored,
  selection: Uint32Array,
  options: { readonly threshold: number; readonly confidence: number },
): Estimate {
  const { threshold, confidence } = options;
  const statistic = metric.of(rows, threshold);
  const value = statistic(selection);
  const n = selection.length;
  if (!Number.isFinite(value)) return { value: Number.NaN, interval: null, method: methodOf(metric), n };
  if (metric.name === 'roc_auc') {
    const area = areaOf(rows, selection);
    const found = area === null ? null : aucInterval(area, confidence);
    return { value, interval: found?.interval ?? null, method: found?.method ?? 'delong_logit', n };
  }
  const share = shareOf(metric, rows, selection, threshold);
  if (share !== undefined) {
    const interval = share.of === 0 ? null : wilsonInterval(share.count, share.of, confidence);
    return { value, interval, method: 'wilson', n };
  }
  const interval = bootstrapInterval({ strata: strataOf(metric, rows, selection), statistic, confidence });
  return { value, interval, method: 'bootstrap_percentile', n };
}

function methodOf(metric: Metric): Estimate['method'] {
  if (metric.name === 'roc_auc') return 'delong_logit';
  return ['accuracy', 'precision', 'recall'].includes(metric.name) ? 'wilson' : 'bootstrap_percentile';
}

interface Share {
  readonly count: number;
  readonly of: number;
}

/** The counts of a metric that is a share of rows. */
function shareOf(metric: Metric, rows: Scored, selection: Uint32Array, threshold: number): Share | undefined {
  const c = confusion(rows, selection, threshold);
  switch (metric.name) {
    case 'accuracy':
      return { count: c.truePositives + c.trueNegatives, of: selection.length };
    case 'precision':
      return { count: c.truePositives, of: c.truePositives + c.falsePositives };
    case 'recall':
      return { count: c.truePositives, of: c.truePositives + c.falseNegatives };
    default:
      return undefined;
  }
}

/** Binary rows are resampled within their class, so that no resample lacks one; others all together. */
export function strataOf(metric: Metric, rows: Scored, selection: Uint32Array): readonly Uint32Array[] {
  if (metric.task === 'regression') return [selection];
  return [1, 0].map((target) => selection.filter((row) => at(rows.targets, row) === target));
}
