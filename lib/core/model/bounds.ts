import { formatApart, formatInterval, formatPercent } from '../report/format';
import type { Evidence } from '../report/report';
import type { Verdict } from '../verdict';
import type { MetricBounds } from './config';
import type { Estimate } from './estimate';

export interface Judgement {
  readonly verdict: Verdict;
  /** A sentence that begins with `subject`. */
  readonly reason: string;
}

/**
 * Holds an estimate against its bounds. A value that is not defined, or an interval that is needed and missing, is inconclusive.
 *
 * @param subject what was measured, e.g. `ROC AUC of contract_type = annual`
 * @param why why the value is undefined, if it is
 */
export function judgeBounds(subject: string, estimate: Estimate, bounds: MetricBounds, why: string): Judgement {
  const { value, interval } = estimate;
  if (Number.isNaN(value)) return { verdict: 'inconclusive', reason: `${subject} cannot be computed: ${why}` };
  const edges = [bounds.min, bounds.max].filter((edge) => edge !== undefined);
  const range = interval === null ? '' : ` (${formatPercent(bounds.confidence)} interval ${formatInterval(interval)})`;
  const found = `${subject} is ${formatApart(value, edges)}${range}`;
  if (bounds.decide === 'interval' && interval === null) {
    return {
      verdict: 'inconclusive',
      reason: `${found}; its interval, which decides, cannot be computed from so few rows`,
    };
  }
  const [low, high] = bounds.decide === 'interval' && interval !== null ? interval : [value, value];
  const inside = low >= (bounds.min ?? Number.NEGATIVE_INFINITY) && high <= (bounds.max ?? Number.POSITIVE_INFINITY);
  return { verdict: inside ? 'pass' : 'fail', reason: `${found}; ${requirement(bounds)}` };
}

function requirement({ min, max, decide }: MetricBounds): string {
  const parts = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return `${parts.join(' and ')} is required${decide === 'interval' ? ' of the whole interval' : ''}`;
}

/** The measured part of a check's evidence. */
export function boundsEvidence(statistic: string, estimate: Estimate, bounds: MetricBounds): Evidence {
  const { min, max, decide, confidence } = bounds;
  const threshold = min ?? max;
  return {
    statistic,
    estimate: Number.isNaN(estimate.value) ? null : estimate.value,
    interval: estimate.interval,
    confidence,
    method: estimate.method,
    n: estimate.n,
    ...(threshold === undefined ? {} : { threshold }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    decide,
  };
}
