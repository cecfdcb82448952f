import type { Check } from '../report/report';
import { boundsEvidence, judgeBounds } from './bounds';
import type { ModelColumns } from './columns';
import type { MetricBounds, MetricName, ModelGateConfig } from './config';
import { binaryRows, estimateAll, type Judged } from './estimates';
import { judgeFairness } from './fairness';
import type { AnswerTally, ModelGateInput } from './input';
import { checkLeakage } from './leakage';
import { isUndefined, metricNamed } from './metrics/index';
import { calibrationBins, rocPoints } from './pictures';
import { judgePromotion } from './promotion';
import { checkAnswers, checkBudget, checkHoldout, checkScores } from './sanity';
import { judgeSlices } from './slices';

/**
 * Everything a release's model must prove on the golden holdout: sane answers, bounds on metrics, the same on slices, groups
 * treated alike, and a comparison with the champion on the same rows. Predictions that cannot be matched to rows end it after
 * the sanity checks.
 */
export function judgeModel(input: ModelGateInput, config: ModelGateConfig): readonly Check[] {
  const holdout = checkHoldout(input.holdout);
  if (holdout.verdict !== 'pass') return [holdout];
  const answers = checkAnswers(input.holdout, input.challenger, config.sanity);
  const { columns, task, groupOf } = input;
  const sanity = [holdout, ...answers];
  if (columns === undefined || !isComplete(input.challenger)) return sanity;
  const judged = judgedOf(input, columns, config);
  return [
    ...sanity,
    ...checkScores(columns.challenger, task, config.sanity),
    ...checkLeakage(input.features, config.sanity.leakage),
    ...checkBudget(input.uses, config.holdout),
    ...judgeMetrics(judged),
    ...judgeSlices(judged, groupOf?.slices ?? []),
    ...judgeFairness(judged, groupOf?.fairness ?? []),
    judgePromotion(judged, input.champion),
  ];
}

const isComplete = ({ missing, unknown, invalid }: AnswerTally): boolean =>
  missing.count + unknown.count + invalid.count === 0;

/** A champion whose answers are not complete is not compared. */
function judgedOf(input: ModelGateInput, columns: ModelColumns, config: ModelGateConfig): Judged {
  const { champion, task, holdout } = input;
  if (champion === undefined) return { task, columns, config };
  if ('unreadable' in champion) return { task, columns: alone(columns), config, unreadable: champion.unreadable };
  const failed = checkAnswers(holdout, champion.tally, config.sanity).find(({ verdict }) => verdict === 'fail');
  if (failed === undefined) return { task, columns, config };
  return { task, columns: alone(columns), config, unreadable: failed.reason };
}

function alone({ champion: _, ...columns }: ModelColumns): ModelColumns {
  return columns;
}

function judgeMetrics(judged: Judged): readonly Check[] {
  const entries = Object.entries(judged.config.metrics) as [MetricName, MetricBounds | undefined][];
  return entries.flatMap(([name, bounds]) => {
    if (bounds === undefined) return [];
    const estimate = estimateAll(judged, name, bounds);
    const judgement = judgeBounds(metricNamed(name).title, estimate, bounds);
    const pictures = isUndefined(estimate) ? {} : picturesOf(judged, name, bounds.confidence);
    return [
      { id: `metrics.${name}`, ...judgement, evidence: { ...boundsEvidence(name, estimate, bounds), ...pictures } },
    ];
  });
}

/** The first of these that is asked for carries the reliability diagram. */
const CALIBRATED: readonly MetricName[] = ['ece', 'brier', 'log_loss'];

/** What a page draws beside the metric. */
function picturesOf(judged: Judged, name: MetricName, confidence: number) {
  if (judged.task !== 'binary') return {};
  const { labels, scores, champion } = binaryRows(judged);
  if (name === 'roc_auc') return { roc: [{ name: 'challenger', points: rocPoints({ labels, scores }) }] };
  if (name !== CALIBRATED.find((metric) => judged.config.metrics[metric] !== undefined)) return {};
  const models = [
    { name: 'challenger', scores },
    ...(champion === undefined ? [] : [{ name: 'champion', scores: champion }]),
  ];
  return {
    calibration: models.map((model) => ({
      name: model.name,
      bins: calibrationBins({ labels, scores: model.scores }, confidence),
    })),
  };
}
