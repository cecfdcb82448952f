import { type Areas, areasOf, areasOfSome, compareAreas, type Interval } from '../statistics';
import { compareAreasByResampling, isPresorted } from './compare-areas';
import { compareByResampling } from './compare-resampled';
import { compareShares } from './compare-shares';
import type { MetricName, PromotionTest } from './config';
import { binaryRows, isPlainArea, type Judged } from './estimates';
import { metricNamed, type Undefined } from './metrics/index';

export type ComparisonMethod =
  | 'delong_paired'
  | 'bootstrap_paired'
  | 'bootstrap_paired_bca'
  | 'delta_paired'
  | 'tango'
  | 'mcnemar_mid_p';

/** Challenger against champion on the same rows, oriented so that more is better, whatever the metric. */
export interface Comparison {
  /** How much better the challenger is, in units of the metric or as a share of the champion's value. */
  readonly improvement: number;
  /** `null` where these rows do not allow one. */
  readonly interval: Interval | null;
  /** Two-sided, of equality. */
  readonly pValue?: number | undefined;
  readonly method: ComparisonMethod;
  readonly n: number;
  /** Standard error of the improvement where the interval does not tell it. */
  readonly error?: number;
  /** Values of the metric. */
  readonly challenger: number;
  readonly champion: number;
}

export interface CompareOptions {
  readonly confidence: number;
  /** @default delong for the plain ROC area, tango for the plain accuracy, else resampling */
  readonly test?: PromotionTest | undefined;
  /** `relative`: improvement as a share of the absolute value of the champion's metric. @default absolute */
  readonly scale?: 'absolute' | 'relative' | undefined;
}

/** Areas of the same rows that are at hand already. */
export interface Known {
  readonly areas: Areas | null;
}

/**
 * Compares the models by a metric.
 *
 * @param rows @default all
 * @param known spares ranking the rows again
 */
export function compareModels(
  judged: Judged,
  name: MetricName,
  options: CompareOptions,
  rows?: Uint32Array,
  known?: Known,
): Comparison | Undefined {
  switch (options.test ?? defaultTest(judged, name, options)) {
    case 'delong':
      return compareByDelong(judged, options.confidence, rows, known);
    case 'tango':
    case 'mcnemar':
      return compareShares(judged, options, rows);
    default:
      if (name === 'roc_auc' && rows === undefined && isPresorted(judged, options)) {
        return compareAreasByResampling(judged, options);
      }
      return compareByResampling(judged, metricNamed(name), options, rows);
  }
}

function defaultTest(
  judged: Judged,
  name: MetricName,
  { scale, confidence }: CompareOptions,
): PromotionTest | undefined {
  if (scale === 'relative') return undefined;
  if (isPlainArea(judged, name, { confidence })) return 'delong';
  const { weights, clusters } = judged.columns;
  return name === 'accuracy' && weights === undefined && clusters === undefined ? 'tango' : undefined;
}

function compareByDelong(
  judged: Judged,
  confidence: number,
  rows: Uint32Array | undefined,
  known: Known | undefined,
): Comparison | Undefined {
  const binary = binaryRows(judged);
  const areas = known?.areas ?? (rows === undefined ? areasOf(binary) : areasOfSome(binary, rows));
  if (areas?.champion === undefined) return { undefined: 'the rows have one class only' };
  const { difference, interval, pValue } = compareAreas(areas, confidence);
  return {
    improvement: difference,
    interval,
    ...(pValue === null ? {} : { pValue }),
    method: 'delong_paired',
    n: areas.challenger.positives + areas.challenger.negatives,
    challenger: areas.challenger.auc,
    champion: areas.champion.auc,
  };
}
