import { formatApart, formatInterval, formatNumber, formatPercent } from '../report/format';
import type { Check, Evidence } from '../report/report';
import type { Verdict } from '../verdict';
import { type Comparison, compareModels } from './compare';
import { DEFAULT_PROMOTION_METRIC, type MetricName, type PromotionConfig } from './config';
import { binaryRows, type Judged } from './estimates';
import type { ChampionInput } from './input';
import { isUndefined, type MetricDefinition, metricNamed } from './metrics/index';
import { rocPoints } from './pictures';
import { type PowerNote, powerOf, powerSentence } from './power';

/** Challenger against champion on the same rows. Without a champion there is nothing to compare, which is known and not missing. */
export function judgePromotion(judged: Judged, champion: ChampionInput | undefined): Check {
  const { config, columns, task } = judged;
  const name: MetricName = config.promotion.metric ?? DEFAULT_PROMOTION_METRIC[task];
  const id = `promotion.${name}`;
  if (champion === undefined) {
    const reason = 'first release: no champion to compare with';
    return { id, verdict: 'pass', reason, evidence: { champion: null } };
  }
  if (columns.champion === undefined) {
    const reason = `the champion ${champion.name} cannot be compared: ${judged.unreadable ?? 'it has no scores'}`;
    return { id, verdict: 'inconclusive', reason };
  }
  const check = compareWith(judged, name, id);
  return { ...check, evidence: { ...check.evidence, championModel: champion.name } };
}

function compareWith(judged: Judged, name: MetricName, id: string): Check {
  const { promotion } = judged.config;
  const metric = metricNamed(name);
  const { confidence, test, scale } = promotion;
  const comparison = compareModels(judged, name, { confidence, test, scale });
  if (isUndefined(comparison)) {
    const reason = `${metric.title} of challenger and champion cannot be compared: ${comparison.undefined}`;
    return { id, verdict: 'inconclusive', reason, evidence: { statistic: statisticOf(metric, scale), estimate: null } };
  }
  const power = powerOf(comparison, differenceToSee(promotion), confidence);
  const { verdict, reason } = decide(metric, promotion, comparison, power);
  return {
    id,
    verdict,
    reason,
    evidence: { ...evidenceOf(metric, promotion, comparison, power), ...curves(judged, name) },
  };
}

const differenceToSee = ({ rule, margin, minDelta }: PromotionConfig): number =>
  rule === 'superior' && margin === 0 ? (minDelta ?? 0) : margin;

/**
 * Both must hold where both are asked: the estimate reaches `minDelta`, and the interval's lower end lies above `margin`
 * (superior) or not below −`margin` (non-inferior), which with a two-sided 95 % interval is a one-sided test at 2.5 %.
 * McNemar decides superiority by its own p-value.
 */
function decide(
  metric: MetricDefinition,
  config: PromotionConfig,
  comparison: Comparison,
  power: PowerNote | undefined,
): { readonly verdict: Verdict; readonly reason: string } {
  const { improvement, interval, n } = comparison;
  const found = `challenger is ${difference(metric, config, comparison)}`;
  if (interval === null) {
    const reason = `${found}, but its interval cannot be computed from these rows`;
    return { verdict: 'inconclusive', reason };
  }
  const range = `${found} (${formatPercent(config.confidence)} interval ${figures(interval, config)})`;
  const short = config.minDelta !== undefined && improvement < config.minDelta;
  if (short) return { verdict: 'fail', reason: `${range}; ${amount(config.minDelta ?? 0, config)} is required` };
  const holds = ruleHolds(config, comparison, interval);
  const reason = `${range}; ${requirement(config)}${holds ? '' : powerSentence(n, power)}`;
  return { verdict: holds ? 'pass' : 'fail', reason };
}

function ruleHolds(config: PromotionConfig, comparison: Comparison, [low]: readonly [number, number]): boolean {
  if (comparison.method === 'mcnemar_mid_p') {
    return comparison.improvement > 0 && (comparison.pValue ?? 1) <= 1 - config.confidence;
  }
  return config.rule === 'superior' ? low > config.margin : low >= -config.margin;
}

const statisticOf = (metric: MetricDefinition, scale: PromotionConfig['scale']): string =>
  `${metric.name}_${scale === 'relative' ? 'relative_' : ''}${metric.better === 'higher' ? 'difference' : 'reduction'}`;

function evidenceOf(
  metric: MetricDefinition,
  config: PromotionConfig,
  comparison: Comparison,
  power: PowerNote | undefined,
): Evidence {
  const { improvement, interval, method, pValue, n, challenger, champion } = comparison;
  const needed = config.rule === 'superior' ? config.margin : -config.margin;
  const threshold = config.minDelta === undefined ? needed : Math.max(needed, config.minDelta);
  return {
    statistic: statisticOf(metric, config.scale),
    estimate: improvement,
    interval,
    confidence: config.confidence,
    method,
    ...(pValue === undefined ? {} : { pValue }),
    n,
    threshold,
    min: threshold,
    rule: config.rule,
    margin: config.margin,
    ...(config.minDelta === undefined ? {} : { minDelta: config.minDelta }),
    scale: config.scale,
    challenger,
    champion,
    ...(power === undefined ? {} : { detectable: power.detectable, rowsNeeded: power.rowsNeeded, power: 0.8 }),
  };
}

/** Both models' ROC curves, which a page draws. */
function curves(judged: Judged, name: MetricName) {
  if (name !== 'roc_auc' || judged.task !== 'binary') return {};
  const { labels, scores, champion } = binaryRows(judged);
  const roc = [
    { name: 'challenger', points: rocPoints({ labels, scores }) },
    ...(champion === undefined ? [] : [{ name: 'champion', points: rocPoints({ labels, scores: champion }) }]),
  ];
  return { roc };
}

function difference(metric: MetricDefinition, config: PromotionConfig, { improvement }: Comparison): string {
  if (improvement === 0) return `equal to champion in ${metric.title}`;
  const edges = [config.margin, config.minDelta].flatMap((edge) => (edge === undefined ? [] : [Math.abs(edge)]));
  const size =
    config.scale === 'relative' ? formatPercent(Math.abs(improvement)) : formatApart(Math.abs(improvement), edges);
  const words = metric.better === 'higher' ? ['above', 'below', 'champion'] : ['better', 'worse', 'than champion'];
  return `${size} ${words[improvement > 0 ? 0 : 1]} ${words[2]} in ${metric.title}`;
}

const figures = ([low, high]: readonly [number, number], { scale }: PromotionConfig): string =>
  scale === 'relative' ? `${formatPercent(low)} to ${formatPercent(high)}` : formatInterval([low, high]);

const amount = (value: number, { scale }: PromotionConfig): string =>
  scale === 'relative' ? formatPercent(value) : formatNumber(value);

function requirement(config: PromotionConfig): string {
  const { rule, margin } = config;
  if (rule === 'superior') return `better by more than ${amount(margin, config)} is required`;
  return `not worse by more than ${amount(margin, config)} is required`;
}
