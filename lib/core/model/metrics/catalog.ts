import { didYouMean } from '../../nearest';
import { AVERAGED_METRICS } from './catalog-averages';
import { CLASS_METRICS } from './catalog-classes';
import { SCORE_METRICS } from './catalog-scores';
import { VALUE_METRICS } from './catalog-values';
import { METRIC_NAMES, type MetricDefinition, type MetricName, type Task } from './definition';

const DEFINITIONS = [...CLASS_METRICS, ...SCORE_METRICS, ...AVERAGED_METRICS, ...VALUE_METRICS];

/** Every metric of the model gate by name, in the order of METRIC_NAMES. */
export const METRICS: ReadonlyMap<MetricName, MetricDefinition> = new Map(
  METRIC_NAMES.flatMap((name) =>
    DEFINITIONS.filter((definition) => definition.name === name).map((definition) => [name, definition] as const),
  ),
);

/** @throws RangeError for a name that is no metric, with the nearest that is */
export function metricNamed(name: string): MetricDefinition {
  const found = METRICS.get(name as MetricName);
  if (found === undefined) throw new RangeError(`there is no metric "${name}"${didYouMean(name, METRIC_NAMES)}`);
  return found;
}

/** Metrics of a task, in catalogue order. */
export const metricsFor = (task: Task): readonly MetricName[] =>
  METRIC_NAMES.filter((name) => metricNamed(name).tasks.includes(task));
