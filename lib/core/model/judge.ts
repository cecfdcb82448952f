import type { Check } from '../report/report';
import { boundsEvidence, judgeBounds } from './bounds';
import {
  DEFAULT_PROMOTION_METRIC,
  type MetricBounds,
  type MetricName,
  type ModelGateConfig,
  type Task,
} from './config';
import { estimateMetric } from './estimate';
import { allRows, type ModelGateInput, type Scored } from './input';
import { metricNamed, whyUndefined } from './row-metrics';
import { firstRelease, judgePromotion, type PromotionRule } from './promotion';
import { rocPoints } from './roc-curve';
import { type Answers, checkAnswers, checkHoldout } from './sanity';
import { judgeSlices } from './slices';

/**
 * Everything a release's model must prove on the golden holdout: sane answers, bounds on metrics, the same on slices, and
 * a comparison with the champion on the same rows. Predictions that cannot be matched to rows end it after the sanity checks.
 */
export function judgeModel(input: ModelGateInput, config: ModelGateConfig): readonly Check[] {
  const holdout = checkHoldout(input.rows);
  if (holdout.verdict !== 'pass') return [holdout];
  const answers = checkAnswers(input.rows, input.challenger, input.task);
  const sanity = [holdout, ...answers.checks];
  if (answers.scores === undefined) return sanity;
  const rule = { ...config.promotion, metric: config.promotion.metric ?? DEFAULT_PROMOTION_METRIC[input.task] };
  const unfit = wrongTask(config, rule, input.task);
  if (unfit.length > 0) return [...sanity, ...unfit];
  const scored = { targets: Float64Array.from(input.rows, (row) => row.target ?? Number.NaN), scores: answers.scores };
  return [
    ...sanity,
    ...judgeMetrics(scored, config),
    ...config.slices.flatMap((slice) => judgeSlices(slice, input.rows, scored, config.threshold)),
    judgeChampion(input, scored, config.threshold, rule),
  ];
}

/** Metrics that the task does not have; nothing can be judged by them. */
function wrongTask(config: ModelGateConfig, rule: PromotionRule, task: Task): readonly Check[] {
  const names = [config.metrics, ...config.slices.map((slice) => slice.metrics)].flatMap(Object.keys) as MetricName[];
  return [...new Set([...names, rule.metric])]
    .map(metricNamed)
    .filter((metric) => metric.task !== task)
    .map((metric) => ({
      id: `metrics.${metric.name}`,
      verdict: 'inconclusive',
      reason: `${metric.name} belongs to ${metric.task} models; dataset.task is ${task}`,
    }));
}

function judgeMetrics(scored: Scored, config: ModelGateConfig): readonly Check[] {
  const entries = Object.entries(config.metrics) as [MetricName, MetricBounds | undefined][];
  return entries.flatMap(([name, bounds]) => {
    if (bounds === undefined) return [];
    const metric = metricNamed(name);
    const rows = allRows(scored);
    const options = { threshold: config.threshold, confidence: bounds.confidence };
    const estimate = estimateMetric(metric, scored, rows, options);
    const judgement = judgeBounds(metric.title, estimate, bounds, whyUndefined(metric, scored, rows));
    const drawn = name === 'roc_auc' && Number.isFinite(estimate.value);
    const roc = drawn ? { roc: [{ name: 'challenger', points: rocPoints(scored) }] } : {};
    return [{ id: `metrics.${name}`, ...judgement, evidence: { ...boundsEvidence(name, estimate, bounds), ...roc } }];
  });
}

function judgeChampion(input: ModelGateInput, challenger: Scored, threshold: number, rule: PromotionRule): Check {
  const { champion, rows, task } = input;
  if (champion === undefined) return firstRelease(rule);
  const { checks, scores } =
    'unreadable' in champion ? missing(champion.unreadable) : checkAnswers(rows, champion.predictions, task);
  if (scores === undefined) {
    const found = checks.find((check) => check.verdict !== 'pass')?.reason ?? 'it has no scores';
    const reason = `the champion ${champion.name} cannot be compared: ${found}`;
    return { id: `promotion.${rule.metric}`, verdict: 'inconclusive', reason };
  }
  const check = judgePromotion(challenger, { targets: challenger.targets, scores }, threshold, rule);
  return { ...check, evidence: { ...check.evidence, championModel: champion.name } };
}

const missing = (reason: string): Answers => ({ checks: [{ id: 'sanity.complete', verdict: 'inconclusive', reason }] });
