import { type Area, areaInterval, areasByGroup, areasOf } from '../statistics';
import type { Group, ModelColumns, Predictions } from './columns';
import type { IntervalChoice, MetricName, ModelGateConfig, Task } from './config';
import { type Estimate, estimate, type MetricInput, type Undefined } from './metrics/index';

/** The judged rows with what is asked of them. */
export interface Judged {
  readonly task: Task;
  readonly columns: ModelColumns;
  readonly config: ModelGateConfig;
  /** Why there is a champion and none of its answers; absent in a first release. */
  readonly unreadable?: string | undefined;
}

/** How an interval is wanted. */
export interface Wanted {
  readonly confidence: number;
  readonly interval?: IntervalChoice | undefined;
}

/** The group that an entry looks at. @throws RangeError if none was read: nothing may be left out in silence */
export function groupAt({ columns }: Judged, index: number | undefined, entry: string): Group {
  const group = columns.groups[index ?? -1];
  if (group === undefined) throw new RangeError(`no group was read for ${entry}`);
  return group;
}

/** What the metrics look at. @param rows @default all */
export function metricInput({ columns, config }: Judged, predictions: Predictions, rows?: Uint32Array): MetricInput {
  const { labels, classes, weights, clusters } = columns;
  return { ...config.parameters, threshold: config.threshold, labels, classes, weights, clusters, predictions, rows };
}

const estimateOptions = ({ config }: Judged, { confidence, interval }: Wanted) => ({
  confidence,
  method: interval,
  seed: config.seed,
  replicates: config.replicates,
});

/** A metric of the challenger on all rows. */
export function estimateAll(judged: Judged, name: MetricName, wanted: Wanted): Estimate | Undefined {
  if (!isPlainArea(judged, name, wanted)) {
    return estimate(name, metricInput(judged, judged.columns.challenger), estimateOptions(judged, wanted));
  }
  const { labels } = judged.columns;
  return areaEstimate(areasOf(binaryRows(judged))?.challenger, () => labels[0], wanted.confidence);
}

/** A metric of the challenger on some rows. */
export function estimateSome(
  judged: Judged,
  name: MetricName,
  wanted: Wanted,
  rows: Uint32Array,
): Estimate | Undefined {
  return estimate(name, metricInput(judged, judged.columns.challenger, rows), estimateOptions(judged, wanted));
}

/**
 * The ROC area of every group from one ranking of all rows; of the champion, too, where a drop against it is bounded.
 *
 * @returns undefined where that does not apply: another metric, weights, clusters, or an interval by resampling
 */
export function areasOfGroups(
  judged: Judged,
  name: MetricName,
  wanted: Wanted & { readonly maxDrop?: number | undefined },
  group: Group,
): ReturnType<typeof areasByGroup> | undefined {
  if (!isPlainArea(judged, name, wanted)) return undefined;
  const { champion, ...rows } = binaryRows(judged);
  return areasByGroup(wanted.maxDrop === undefined ? rows : { ...rows, champion }, group);
}

export function isPlainArea({ task, columns }: Judged, name: MetricName, { interval = 'auto' }: Wanted): boolean {
  const { weights, clusters } = columns;
  const plain = task === 'binary' && weights === undefined && clusters === undefined;
  return name === 'roc_auc' && plain && (interval === 'auto' || interval === 'delong');
}

export function binaryRows({ columns }: Judged) {
  const [scores = new Float64Array()] = columns.challenger.columns;
  return { labels: columns.labels, scores, champion: columns.champion?.columns[0] };
}

/** @param sole the label that all rows have where there is no area */
export function areaEstimate(
  area: Area | undefined,
  sole: () => number | undefined,
  confidence: number,
): Estimate | Undefined {
  if (area === undefined) {
    const label = sole();
    return {
      undefined: label === undefined ? 'there are no rows' : `every row is ${label === 1 ? 'positive' : 'negative'}`,
    };
  }
  const n = area.positives + area.negatives;
  const found = areaInterval(area, confidence);
  if (found !== null) return { value: area.auc, n, ...found };
  return { value: area.auc, n, interval: null, method: 'delong_logit', note: 'a class has one row only' };
}
