import { plural } from '../report/format';
import type { Check } from '../report/report';
import { combineVerdicts } from '../verdict';
import { boundsEvidence, type Judgement, judgeBounds } from './bounds';
import type { MetricBounds, MetricName, SliceConfig } from './config';
import { type Estimate, estimateMetric } from './estimate';
import type { HoldoutRow, Scored } from './input';
import { type Metric, metricNamed, whyUndefined } from './row-metrics';

interface Slice {
  readonly value: string;
  /** Row numbers. */
  readonly rows: Uint32Array;
}

interface JudgedSlice extends Judgement {
  readonly value: string;
  readonly estimate: Estimate;
}

/**
 * One check for each metric of a sliced column: the worst of its values decides. Values with fewer than `minRows` rows are
 * listed in `evidence.thin` and decide nothing; if every value is thin, there is no evidence and the check is inconclusive.
 */
export function judgeSlices(
  config: SliceConfig,
  rows: readonly HoldoutRow[],
  scored: Scored,
  threshold: number,
): readonly Check[] {
  const slices = groupRows(rows, config.column);
  const entries = Object.entries(config.metrics) as [MetricName, MetricBounds | undefined][];
  return entries.flatMap(([name, bounds]) => {
    if (bounds === undefined) return [];
    const metric = metricNamed(name);
    const judged = slices
      .filter((slice) => slice.rows.length >= config.minRows)
      .map((slice) => judgeSlice(slice, config.column, metric, bounds, scored, threshold));
    return [checkOf(config, metric, bounds, slices, judged)];
  });
}

function groupRows(rows: readonly HoldoutRow[], column: string): readonly Slice[] {
  const groups = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    const value = row.slices[column] ?? '(missing)';
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [index]);
    else group.push(index);
  }
  return [...groups]
    .map(([value, numbers]) => ({ value, rows: Uint32Array.from(numbers) }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

function judgeSlice(
  slice: Slice,
  column: string,
  metric: Metric,
  bounds: MetricBounds,
  scored: Scored,
  threshold: number,
): JudgedSlice {
  const estimate = estimateMetric(metric, scored, slice.rows, { threshold, confidence: bounds.confidence });
  const subject = `${metric.title} of ${column} = ${slice.value}`;
  const judgement = judgeBounds(subject, estimate, bounds, whyUndefined(metric, scored, slice.rows));
  return { value: slice.value, estimate, ...judgement };
}

function checkOf(
  config: SliceConfig,
  metric: Metric,
  bounds: MetricBounds,
  slices: readonly Slice[],
  judged: readonly JudgedSlice[],
): Check {
  const id = `slices.${config.column}.${metric.name}`;
  const thin = slices
    .filter((slice) => slice.rows.length < config.minRows)
    .map(({ value, rows }) => ({ value, rows: rows.length }));
  const listed = { slices: judged.map(tableRow), thin, minRows: config.minRows };
  const verdict = combineVerdicts(judged.map((slice) => slice.verdict));
  const deciding = judged.filter((slice) => slice.verdict === verdict);
  const sign = metric.better === 'higher' ? 1 : -1;
  // The worst slice carries the evidence that the page draws.
  const [worst] = deciding.toSorted((a, b) => sign * (a.estimate.value - b.estimate.value));
  if (worst === undefined) {
    const reason = `no value of ${config.column} has ${plural(config.minRows, 'row')} in the holdout, so ${metric.title} was judged for none of ${plural(slices.length, 'slice')}`;
    return { id, verdict, reason, evidence: { statistic: metric.name, ...listed } };
  }
  const lead = verdict === 'pass' ? `${plural(judged.length, 'slice')} judged, the worst: ` : '';
  const others = deciding.length - 1;
  const more = verdict === 'pass' || others === 0 ? '' : `, and ${plural(others, 'other slice')} likewise`;
  const aside = thin.length === 0 ? '' : `; not judged for fewer than ${plural(config.minRows, 'row')}: ${names(thin)}`;
  return {
    id,
    verdict,
    reason: `${lead}${worst.reason}${more}${aside}`,
    evidence: { ...boundsEvidence(metric.name, worst.estimate, bounds), slice: worst.value, ...listed },
  };
}

function tableRow({ value, estimate, verdict }: JudgedSlice) {
  const known = Number.isNaN(estimate.value) ? null : estimate.value;
  return { value, rows: estimate.n, estimate: known, interval: estimate.interval, verdict };
}

/** Three names, and how many more there are: a column with many values must not drown the sentence. */
function names(thin: readonly { readonly value: string }[]): string {
  const shown = thin.slice(0, 3).map(({ value }) => value);
  const rest = thin.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}
