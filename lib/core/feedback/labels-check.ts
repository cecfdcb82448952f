import { formatNumber, formatPercent, plural } from '../report/format';
import type { Check } from '../report/report';

/** What became of the label files of one check. */
export interface LabelTally {
  readonly files: number;
  /** Labels that were read, repetitions included. */
  readonly labels: number;
  /** Lines that cannot be read, over all files. */
  readonly malformed: number;
  /** `labels/may.csv, line 7: row is "x"; …` */
  readonly examples: readonly string[];
  /** Files of which nothing was taken, with the reason. */
  readonly refused: readonly string[];
  /** Labels whose prediction was not captured, or has not arrived. They wait for `labelDelayDays`. */
  readonly unmatched: number;
  /** Of these, the ones that this check took. */
  readonly unmatchedNew: number;
  /** Waited in vain, or longest of too many, and are given up. */
  readonly expired: number;
  /** Files that wait for the next check, which takes no more than so many labels at once. */
  readonly left: number;
  /** Lines of captures that cannot be read. */
  readonly malformedCaptures: number;
  readonly captureFiles: number;
}

/** From this share on, most callers cannot have sent the ids that the labels have. */
const MOST_UNMATCHED = 0.5;

/** What was taken, and what could not be. A file or half of the labels lost makes it inconclusive. */
export function labelsCheck(tally: LabelTally): Check {
  const { labels, refused, unmatched, unmatchedNew, left } = tally;
  const lost = labels > 0 && unmatchedNew / labels >= MOST_UNMATCHED;
  const parts = [
    `${plural(labels, 'label')} of ${plural(tally.files, 'new file')} taken`,
    ...(refused.length === 0 ? [] : [`${plural(refused.length, 'file')} refused: ${refused[0]}`]),
    ...(tally.malformed === 0
      ? []
      : [`${plural(tally.malformed, 'line')} cannot be read, e.g. ${tally.examples[0] ?? ''}`]),
    ...(unmatched === 0
      ? []
      : [`${plural(unmatched, 'label')} wait for a captured prediction with their inference id and row`]),
    ...(lost
      ? [`${formatPercent(unmatchedNew / labels)} of the new labels are among them: do callers send these ids?`]
      : []),
    ...(tally.expired === 0 ? [] : [`${plural(tally.expired, 'label')} waited in vain and are given up`]),
    ...(left === 0 ? [] : [`${plural(left, 'file')} wait for the next check`]),
    ...(tally.malformedCaptures === 0
      ? []
      : [`${formatNumber(tally.malformedCaptures)} captured lines cannot be read and are left out`]),
  ];
  return {
    id: 'labels.files',
    verdict: refused.length > 0 || lost ? 'inconclusive' : 'pass',
    reason: parts.join('; '),
    evidence: { ...tally },
  };
}
