import { measured } from '../model/bounds';
import type { MetricBounds } from '../model/config';
import {
  type Estimate,
  type EstimateOptions,
  estimate,
  isUndefined,
  type MetricDefinition,
  type MetricInput,
  type Undefined,
} from '../model/metrics/index';
import { formatInterval, formatPercent, plural } from '../report/format';
import type { Evidence } from '../report/report';
import { type Interval, twoSidedQuantile } from '../statistics';
import type { Verdict } from '../verdict';
import type { Finding } from './looks';

/** One metric of some rows with the bounds it has to meet. */
export interface Floor {
  /** Unique in a release: `metrics.roc_auc`, `slices.contract_type.roc_auc=annual`. */
  readonly id: string;
  /** Begins a sentence: `ROC AUC of contract_type = annual`. */
  readonly subject: string;
  readonly metric: MetricDefinition;
  readonly bounds: MetricBounds;
  readonly input: MetricInput;
  readonly rows: number;
}

export interface JudgedFloor {
  readonly floor: Floor;
  readonly finding: Finding;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly estimate: Estimate | Undefined;
  readonly evidence: Evidence;
}

/** How far a look may go. */
export interface Look {
  /** From 1: how often the release has been judged, this time included. */
  readonly number: number;
  /** One-sided probability of a false alarm that each bound may spend at this look. */
  readonly level: number;
}

type Resampling = Pick<EstimateOptions, 'seed' | 'replicates'>;

/** Above this confidence the tails of 2,000 replicates hold too few of them. */
const BOOTSTRAP_CONFIDENCE = 0.99;

/**
 * Holds a live metric against its bounds. The bound is missed where even the favourable end of the interval lies outside,
 * at the confidence 1 − 2·level that the look has; that is proof, and the only thing that raises an alarm. It is met where
 * the estimate lies inside (`point`), or the whole interval at `confidence` (`lower-bound`). Between the two nothing is
 * known yet: inconclusive.
 */
export function judgeFloor(floor: Floor, look: Look, resampling: Resampling): JudgedFloor {
  const { bounds, input, metric, subject } = floor;
  const options = { ...resampling, confidence: bounds.confidence, method: bounds.interval };
  const found = estimate(metric.name, input, options);
  const evidence = evidenceOf(floor, found);
  if (isUndefined(found)) {
    const reason = `${subject} cannot be computed: ${found.undefined}`;
    return { floor, finding: 'unknown', verdict: 'inconclusive', reason, estimate: found, evidence };
  }
  const sentence = sentenceOf(floor, found);
  const proof = proofInterval(floor, look, options);
  if (proof === null || found.interval === null) {
    const reason = `${sentence}; its interval, which decides, cannot be computed from these rows`;
    return { floor, finding: 'unknown', verdict: 'inconclusive', reason, estimate: found, evidence };
  }
  const decided = decide(found, found.interval, proof, floor, look);
  return {
    floor,
    finding: decided.finding,
    verdict: decided.finding === 'breach' ? 'fail' : decided.finding === 'met' ? 'pass' : 'inconclusive',
    reason: `${sentence}; ${decided.words}`,
    estimate: found,
    evidence: { ...evidence, look: look.number, proofInterval: proof, proofConfidence: 1 - 2 * look.level },
  };
}

/** The same of too few rows: the estimate is shown and decides nothing. @param why completes `…; ` */
export function showFloor(floor: Floor, why: string, resampling: Resampling): JudgedFloor {
  const { bounds, input, metric, subject } = floor;
  const found = estimate(metric.name, input, { ...resampling, confidence: bounds.confidence, method: bounds.interval });
  const evidence = evidenceOf(floor, found);
  const words = isUndefined(found) ? `${subject} cannot be computed: ${found.undefined}` : sentenceOf(floor, found);
  return { floor, finding: 'unknown', verdict: 'inconclusive', reason: `${words}; ${why}`, estimate: found, evidence };
}

const sentenceOf = ({ subject, bounds, rows }: Floor, { value, interval }: Estimate): string =>
  `${subject} is ${measured(value, interval, bounds)} on ${plural(rows, 'labelled prediction')}`;

function decide(
  found: Estimate,
  interval: Interval,
  proof: Interval,
  { bounds }: Floor,
  look: Look,
): { readonly finding: Finding; readonly words: string } {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, decide: rule } = bounds;
  const confidence = formatPercent(bounds.confidence);
  const [low, high] = rule === 'lower-bound' ? interval : [found.value, found.value];
  const asked = [
    ...(bounds.min === undefined ? [] : [`at least ${bounds.min}`]),
    ...(bounds.max === undefined ? [] : [`at most ${bounds.max}`]),
  ].join(' and ');
  if (proof[1] < min || proof[0] > max) {
    const words = `${asked} is required, and at look ${look.number} even the interval that stays valid over all looks, ${formatInterval(proof)}, lies outside`;
    return { finding: 'breach', words };
  }
  if (low >= min && high <= max) {
    const shown = rule === 'lower-bound' ? ` of the whole ${confidence} interval` : '';
    return { finding: 'met', words: asked === '' ? 'no bound is set' : `${asked} is required${shown}` };
  }
  const words = `${asked} is required, which is neither shown nor disproved: the interval that stays valid over all looks is ${formatInterval(proof)} at look ${look.number}`;
  return { finding: 'unproven', words };
}

/**
 * The interval at confidence 1 − 2·level. By formula where the metric has one; from replicates, whose tails are too thin for
 * that, each end of the 99 % interval is moved out as a normal distribution would: (end − estimate)·z(1 − level)/z(0.995).
 */
function proofInterval({ metric, input }: Floor, { level }: Look, options: EstimateOptions): Interval | null {
  const confidence = 1 - 2 * level;
  const found = estimate(metric.name, input, { ...options, confidence: Math.min(confidence, BOOTSTRAP_CONFIDENCE) });
  if (isUndefined(found) || found.interval === null) return null;
  if (confidence <= BOOTSTRAP_CONFIDENCE) return found.interval;
  if (!found.method.startsWith('bootstrap')) {
    const exact = estimate(metric.name, input, { ...options, confidence });
    return isUndefined(exact) ? null : exact.interval;
  }
  const [low, high] = found.interval;
  const factor = twoSidedQuantile(confidence) / twoSidedQuantile(BOOTSTRAP_CONFIDENCE);
  // The interval of a biased metric may lie beside its estimate: then its middle is what it is about.
  const centre = low <= found.value && found.value <= high ? found.value : (low + high) / 2;
  return [centre + (low - centre) * factor, centre + (high - centre) * factor];
}

function evidenceOf({ metric, bounds, rows }: Floor, found: Estimate | Undefined): Evidence {
  const { min, max, confidence, decide: rule } = bounds;
  const threshold = min ?? max;
  return {
    statistic: metric.name,
    ...(isUndefined(found)
      ? { estimate: null, interval: null, n: rows }
      : { estimate: found.value, interval: found.interval, method: found.method, n: found.n }),
    confidence,
    ...(threshold === undefined ? {} : { threshold }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    decide: rule,
  };
}

/** How many proofs a floor may give: one for each bound. */
export const limitsOf = ({ bounds }: Pick<Floor, 'bounds'>): number =>
  (bounds.min === undefined ? 0 : 1) + (bounds.max === undefined ? 0 : 1);
