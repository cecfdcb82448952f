import { formatNumber, formatPercent, plural } from '../report/format';
import type { Check } from '../report/report';
import type { JoinedRow } from './joined-row';
import type { QualitySettings } from './settings';

/** Count, mean and sum of squared deviations of scores, which can be added to one at a time. */
export interface ScoreMoments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

export const NO_SCORES: ScoreMoments = { count: 0, mean: 0, squares: 0 };

/** Source: B. P. Welford, Technometrics 4 (1962), pp. 419–420. */
export function addScore({ count, mean, squares }: ScoreMoments, score: number): ScoreMoments {
  const delta = score - mean;
  const next = mean + delta / (count + 1);
  return { count: count + 1, mean: next, squares: squares + delta * (score - next) };
}

/** Predictions of one release that were captured in the last `labelDelayDays`. */
export interface CapturedTally {
  readonly predictions: number;
  /** Of these, the ones without an inference id: no label can be joined with them. */
  readonly withoutId: number;
  /** Ids that came with more than one request; the last answer counts. */
  readonly repeatedIds: number;
  readonly scores: ScoreMoments;
}

export const NOTHING_CAPTURED: CapturedTally = { predictions: 0, withoutId: 0, repeatedIds: 0, scores: NO_SCORES };

export interface Coverage {
  /** Labelled share of the captured predictions; 0 where nothing was captured. */
  readonly share: number;
  readonly check: Check;
  /** Why there can be no verdict; completes a sentence. Absent: there can. */
  readonly lacking?: string;
}

/** A difference of mean scores of this many standard deviations is worth a sentence. */
const NOTICED = 0.1;

/**
 * Whether enough of what the release answered has a label by now. Labels are seldom a fair sample of the answers: some
 * outcomes are known sooner than others, so the mean scores of predictions with a label and of all stand side by side.
 *
 * @param joined rows of the same period as the tally
 * @param judged rows whose labels are judged
 */
export function coverageOf(
  joined: readonly JoinedRow[],
  judged: number,
  captured: CapturedTally,
  { minRows, minCoverage, labelDelayDays }: QualitySettings,
): Coverage {
  const { predictions } = captured;
  const share = predictions === 0 ? 0 : Math.min(1, joined.length / predictions);
  const found = `${formatNumber(joined.length)} of ${plural(predictions, 'prediction')} captured in the last ${plural(labelDelayDays, 'day')} (${formatPercent(share)}) have a label`;
  const lacking =
    judged < minRows
      ? `${formatNumber(minRows)} labelled predictions are needed for a verdict`
      : share < minCoverage
        ? `labels of ${formatPercent(minCoverage)} of the predictions are needed for a verdict, and ${formatPercent(share)} have one`
        : undefined;
  const bias = biasOf(joined, captured);
  const anonymous =
    captured.withoutId === 0 ? '' : `; ${formatNumber(captured.withoutId)} came without an inference id and never can`;
  const reason = [`${found}${anonymous}`, ...(lacking === undefined ? [] : [lacking]), ...bias.words].join('; ');
  return {
    share,
    ...(lacking === undefined ? {} : { lacking }),
    check: {
      id: 'coverage',
      verdict: lacking === undefined ? 'pass' : 'inconclusive',
      reason,
      evidence: {
        statistic: 'label_coverage',
        estimate: share,
        n: predictions,
        threshold: minCoverage,
        min: minCoverage,
        judged,
        minRows,
        labelled: joined.length,
        withoutId: captured.withoutId,
        repeatedIds: captured.repeatedIds,
        ...bias.evidence,
      },
    },
  };
}

/** Standardized difference of mean scores: (labelled − all)/standard deviation of all. Binary and regression. */
function biasOf(joined: readonly JoinedRow[], { scores: all }: CapturedTally) {
  const single = joined.filter(({ scores }) => scores.length === 1);
  const labelled = single.reduce((moments, { scores }) => addScore(moments, scores[0] ?? 0), NO_SCORES);
  if (labelled.count === 0 || all.count < 2) return { words: [], evidence: {} };
  const deviation = Math.sqrt(all.squares / (all.count - 1));
  const difference = deviation > 0 ? (labelled.mean - all.mean) / deviation : 0;
  const evidence = { meanScore: all.mean, meanScoreLabelled: labelled.mean, standardizedDifference: difference };
  if (Math.abs(difference) < NOTICED) return { words: [], evidence };
  const words = `those with a label score ${formatNumber(labelled.mean)} on average, all of them ${formatNumber(all.mean)}: labels come for some cases sooner than for others, so the metrics are those of the labelled ones`;
  return { words: [words], evidence };
}
