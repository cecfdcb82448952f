import { formatApart, formatInterval, formatNumber, formatPercent } from '../report/format';
import type { Check } from '../report/report';
import { bootstrapInterval, compareAuc, type Interval } from '../statistics';
import type { MetricName, PromotionConfig } from './config';
import { strataOf } from './estimate';
import { allRows, type Scored } from './input';
import { areaOf, type Metric, metricNamed, whyUndefined } from './row-metrics';
import { rocPoints } from './roc-curve';

/** The configured promotion with its metric known. */
export interface PromotionRule extends PromotionConfig {
  readonly metric: MetricName;
}

export interface Comparison {
  /** How much better the challenger is, in units of the metric; negative if it is worse. NaN if undefined. */
  readonly improvement: number;
  readonly interval: Interval | null;
  readonly pValue?: number;
  readonly method: 'delong_paired' | 'bootstrap_paired';
}

/** Without a champion there is nothing to compare, which is known and not missing. */
export function firstRelease(config: PromotionRule): Check {
  return {
    id: `promotion.${config.metric}`,
    verdict: 'pass',
    reason: 'first release: no champion to compare with',
    evidence: { champion: null },
  };
}

/**
 * Challenger against champion on the same rows. The interval decides: its lower end must lie above `margin` (superior) or not
 * below −`margin` (non-inferior), which with a two-sided 95 % interval is a one-sided test at 2.5 %.
 */
export function judgePromotion(challenger: Scored, champion: Scored, threshold: number, config: PromotionRule): Check {
  const metric = metricNamed(config.metric);
  const id = `promotion.${config.metric}`;
  const rows = allRows(challenger);
  const [own, other] = [challenger, champion].map((scored) => metric.of(scored, threshold)(rows));
  const comparison = compare(metric, challenger, champion, threshold, config.confidence);
  const { improvement, interval } = comparison;
  const needed = config.rule === 'superior' ? config.margin : -config.margin;
  const evidence = {
    statistic: metric.better === 'higher' ? `${config.metric}_difference` : `${config.metric}_reduction`,
    estimate: Number.isFinite(improvement) ? improvement : null,
    interval,
    confidence: config.confidence,
    method: comparison.method,
    ...(comparison.pValue === undefined ? {} : { pValue: comparison.pValue }),
    n: rows.length,
    threshold: needed,
    min: needed,
    rule: config.rule,
    challenger: own ?? null,
    champion: other ?? null,
    ...(config.metric === 'roc_auc' && Number.isFinite(improvement)
      ? { roc: [curve('challenger', challenger), curve('champion', champion)] }
      : {}),
  };
  if (!Number.isFinite(improvement)) {
    const reason = `${metric.title} of challenger and champion cannot be compared: ${whyUndefined(metric, challenger, rows)}`;
    return { id, verdict: 'inconclusive', reason, evidence };
  }
  const found = `challenger is ${difference(metric, improvement, config.margin)}`;
  if (interval === null) {
    return {
      id,
      verdict: 'inconclusive',
      reason: `${found}, but its interval cannot be computed from these rows`,
      evidence,
    };
  }
  const holds = config.rule === 'superior' ? interval[0] > needed : interval[0] >= needed;
  const range = `(${formatPercent(config.confidence)} interval ${formatInterval(interval)})`;
  return { id, verdict: holds ? 'pass' : 'fail', reason: `${found} ${range}; ${requirement(config)}`, evidence };
}

const curve = (name: string, scored: Scored) => ({ name, points: rocPoints(scored) });

/** Oriented so that more is better, whatever the metric. */
function compare(
  metric: Metric,
  challenger: Scored,
  champion: Scored,
  threshold: number,
  confidence: number,
): Comparison {
  const rows = allRows(challenger);
  if (metric.name === 'roc_auc') {
    const [a, b] = [areaOf(challenger, rows), areaOf(champion, rows)];
    if (a === null || b === null) return { improvement: Number.NaN, interval: null, method: 'delong_paired' };
    const { difference: improvement, interval, pValue } = compareAuc(a, b, confidence);
    return { improvement, interval, ...(pValue === null ? {} : { pValue }), method: 'delong_paired' };
  }
  const sign = metric.better === 'higher' ? 1 : -1;
  const [own, other] = [metric.of(challenger, threshold), metric.of(champion, threshold)];
  const statistic = (drawn: Uint32Array): number => sign * (own(drawn) - other(drawn));
  const interval = bootstrapInterval({ strata: strataOf(metric, challenger, rows), statistic, confidence });
  return { improvement: statistic(rows), interval, method: 'bootstrap_paired' };
}

function difference(metric: Metric, improvement: number, margin: number): string {
  if (improvement === 0) return `equal to champion in ${metric.title}`;
  const size = formatApart(Math.abs(improvement), [margin]);
  if (metric.better === 'higher') return `${size} ${improvement > 0 ? 'above' : 'below'} champion in ${metric.title}`;
  return `${size} ${improvement > 0 ? 'better' : 'worse'} than champion in ${metric.title}`;
}

function requirement({ rule, margin }: PromotionConfig): string {
  if (rule === 'superior') return `better by more than ${formatNumber(margin)} is required`;
  return `not worse by more than ${formatNumber(margin)} is required`;
}
