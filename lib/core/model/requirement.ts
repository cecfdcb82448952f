import { formatApart, formatInterval, formatNumber, formatPercent } from '../report/format';
import { normalCdf, twoSidedQuantile } from '../statistics/normal';
import type { Verdict } from '../verdict';
import type { Comparison } from './compare';
import type { SliceBounds } from './config';
import { type Estimate, isUndefined, type MetricDefinition, type Undefined } from './metrics/index';

export type SliceDecide = 'point' | 'lower-bound' | 'significant';

/** One thing that is asked of one slice: a floor, a ceiling, or a largest drop against the champion. */
export interface Requirement {
  readonly kind: 'min' | 'max' | 'maxDrop';
  readonly threshold: number;
  readonly decide: SliceDecide;
  readonly confidence: number;
  /** Beginning of a sentence: `ROC AUC of contract = annual is 0.81 (95 % interval 0.78 to 0.84)`. */
  readonly found: string;
  /** How far inside the bound the estimate lies, in units of the metric; negative: outside. NaN if it is undefined. */
  readonly margin: number;
  /** One-sided, by the rule that decides; undefined if the estimate alone does or there is no interval. */
  readonly pValue?: number | undefined;
}

type Measured = Estimate | Undefined;

/**
 * What the bounds ask of a slice.
 *
 * @param drop comparison with the champion; undefined if there is none
 */
export function requirementsOf(
  subject: string,
  metric: MetricDefinition,
  bounds: SliceBounds,
  estimate: Measured,
  drop: Comparison | Undefined | undefined,
): readonly Requirement[] {
  const decide = bounds.decide ?? 'point';
  const { confidence, min, max, maxDrop } = bounds;
  const found = describe(subject, estimate, confidence, [min, max]);
  const limits = (['min', 'max'] as const).flatMap((kind): readonly Requirement[] => {
    const threshold = bounds[kind];
    if (threshold === undefined) return [];
    const sign = kind === 'min' ? 1 : -1;
    const placed = place(isUndefined(estimate) ? undefined : estimate, sign, threshold, decide, confidence);
    return [{ kind, threshold, decide, confidence, found, ...placed }];
  });
  if (maxDrop === undefined || drop === undefined) return limits;
  const own = bounds.decide ?? 'significant';
  const improvement = isUndefined(drop) ? undefined : { value: drop.improvement, interval: drop.interval };
  const placed = place(improvement, 1, -maxDrop, own, confidence);
  const sentence = describeDrop(subject, metric, drop, confidence);
  return [...limits, { kind: 'maxDrop', threshold: maxDrop, decide: own, confidence, found: sentence, ...placed }];
}

/**
 * The p-value that inverts the interval on the side that matters: with se = (distance from the estimate to that end)/z,
 * alone it decides exactly as the interval does. `lower-bound` tests against "the bound is missed", `significant` against
 * "the bound is met".
 */
function place(
  found: { readonly value: number; readonly interval: readonly [number, number] | null } | undefined,
  sign: 1 | -1,
  threshold: number,
  decide: SliceDecide,
  confidence: number,
): Pick<Requirement, 'margin' | 'pValue'> {
  if (found === undefined) return { margin: Number.NaN };
  const margin = sign * (found.value - threshold);
  if (decide === 'point' || found.interval === null) return { margin };
  const [low, high] = found.interval;
  const inner = sign === 1 ? found.value - low : high - found.value;
  const outer = sign === 1 ? high - found.value : found.value - low;
  const z = twoSidedQuantile(confidence);
  const standardized = (distance: number, reach: number): number =>
    reach > 0 ? (z * distance) / reach : distance * Number.POSITIVE_INFINITY || 0;
  const pValue =
    decide === 'lower-bound' ? normalCdf(-standardized(margin, inner)) : normalCdf(standardized(margin, outer));
  return { margin, pValue };
}

function describe(
  subject: string,
  estimate: Measured,
  confidence: number,
  edges: readonly (number | undefined)[],
): string {
  if (isUndefined(estimate)) return `${subject} cannot be computed: ${estimate.undefined}`;
  const { value, interval } = estimate;
  const apart = formatApart(
    value,
    edges.filter((edge) => edge !== undefined),
  );
  return `${subject} is ${apart}${range(interval, confidence)}`;
}

function describeDrop(
  subject: string,
  metric: MetricDefinition,
  drop: Comparison | Undefined,
  confidence: number,
): string {
  if (isUndefined(drop)) return `${subject} cannot be compared with the champion's: ${drop.undefined}`;
  const { improvement, interval } = drop;
  if (improvement === 0) return `${subject} equals the champion's${range(interval, confidence)}`;
  const word = metric.better === 'higher' ? ['above', 'below'] : ['better than', 'worse than'];
  return `${subject} is ${formatNumber(Math.abs(improvement))} ${word[improvement > 0 ? 0 : 1]} the champion's${range(interval, confidence)}`;
}

const range = (interval: readonly [number, number] | null, confidence: number): string =>
  interval === null ? '' : ` (${formatPercent(confidence)} interval ${formatInterval(interval)})`;

/** How many tests share the error that a confidence allows, and this one's p-value after Holm's correction. */
export interface Corrected {
  readonly adjusted: number;
  readonly tests: number;
}

export interface Decided {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** @param corrected needed where a p-value decides */
export function decideRequirement(requirement: Requirement, corrected: Corrected | undefined): Decided {
  const { kind, threshold, decide, confidence, found, margin } = requirement;
  if (Number.isNaN(margin)) return { verdict: 'inconclusive', reason: found };
  const limit = `${kind === 'min' ? 'at least' : 'at most'} ${threshold}${kind === 'maxDrop' ? ' worse' : ''}`;
  const asked = kind === 'maxDrop' ? `${limit} is allowed` : `${limit} is required`;
  if (decide === 'point') return { verdict: margin >= 0 ? 'pass' : 'fail', reason: `${found}; ${asked}` };
  if (corrected === undefined) {
    const reason = `${found}; its interval, which decides, cannot be computed from these rows`;
    return { verdict: 'inconclusive', reason };
  }
  const { adjusted, tests } = corrected;
  const alpha = (1 - confidence) / 2;
  const among =
    tests === 1
      ? `p = ${formatNumber(adjusted)}`
      : `p = ${formatNumber(adjusted)} after Holm's correction for ${tests} slice tests`;
  if (decide === 'lower-bound') {
    const shown = adjusted <= alpha;
    const reason = `${found}; ${asked} and ${shown ? 'shown' : 'not shown'} (${among}, ${formatNumber(alpha)} needed)`;
    return { verdict: shown ? 'pass' : 'fail', reason };
  }
  if (margin >= 0) return { verdict: 'pass', reason: `${found}; ${asked}` };
  const breach = adjusted <= alpha;
  const reason = `${found}; ${asked}, and ${breach ? 'the breach is more than chance' : 'the breach may be chance'} (${among})`;
  return { verdict: breach ? 'fail' : 'pass', reason };
}
