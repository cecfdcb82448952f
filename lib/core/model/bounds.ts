import { formatApart, formatInterval, formatPercent } from '../report/format';
import type { Evidence } from '../report/report';
import type { Verdict } from '../verdict';
import type { MetricBounds } from './config';
import { type Estimate, isUndefined, type Undefined } from './metrics/index';

export interface Judgement {
  readonly verdict: Verdict;
  /** A sentence that begins with `subject`. */
  readonly reason: string;
}

type Bounds = Pick<MetricBounds, 'min' | 'max' | 'decide' | 'confidence'>;

/**
 * Holds an estimate against its bounds. A value that is not defined, or an interval that is needed and missing, is inconclusive.
 *
 * @param subject what was measured, e.g. `ROC AUC of contract_type = annual`
 */
export function judgeBounds(subject: string, estimate: Estimate | Undefined, bounds: Bounds): Judgement {
  if (isUndefined(estimate)) {
    return { verdict: 'inconclusive', reason: `${subject} cannot be computed: ${estimate.undefined}` };
  }
  const { value, interval } = estimate;
  const found = `${subject} is ${measured(value, interval, bounds)}`;
  if (bounds.decide === 'lower-bound' && interval === null) {
    const reason = `${found}; its interval, which decides, cannot be computed from these rows`;
    return { verdict: 'inconclusive', reason };
  }
  const [low, high] = bounds.decide === 'lower-bound' && interval !== null ? interval : [value, value];
  const inside = low >= (bounds.min ?? Number.NEGATIVE_INFINITY) && high <= (bounds.max ?? Number.POSITIVE_INFINITY);
  return { verdict: inside ? 'pass' : 'fail', reason: `${found}; ${requirement(bounds)}` };
}

/** `0.812 (95 % interval 0.79 to 0.83)`. */
export function measured(
  value: number,
  interval: readonly [number, number] | null,
  { min, max, confidence }: Pick<Bounds, 'min' | 'max' | 'confidence'>,
): string {
  const edges = [min, max].filter((edge) => edge !== undefined);
  const range = interval === null ? '' : ` (${formatPercent(confidence)} interval ${formatInterval(interval)})`;
  return `${formatApart(value, edges)}${range}`;
}

function requirement({ min, max, decide }: Bounds): string {
  if (min === undefined && max === undefined) return 'no bound is set';
  const parts = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return `${parts.join(' and ')} is required${decide === 'lower-bound' ? ' of the whole interval' : ''}`;
}

/** The measured part of a check's evidence. */
export function boundsEvidence(
  statistic: string,
  estimate: Estimate | Undefined,
  { min, max, decide, confidence }: Bounds,
): Evidence {
  const threshold = min ?? max;
  const found = isUndefined(estimate)
    ? { estimate: null, interval: null }
    : { estimate: estimate.value, interval: estimate.interval, method: estimate.method, n: estimate.n };
  return {
    statistic,
    ...found,
    confidence,
    ...(threshold === undefined ? {} : { threshold }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    decide,
  };
}
