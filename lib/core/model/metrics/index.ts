export { METRICS, metricNamed, metricsFor } from './catalog';
export {
  type Average,
  type Binning,
  DEFAULT_PARAMETERS,
  isUndefined,
  METRIC_NAMES,
  type Measured,
  type MetricDefinition,
  type MetricName,
  type MetricParameters,
  type ParameterName,
  type Task,
  type Undefined,
} from './definition';
export { type Estimate, type EstimateOptions, estimate, type IntervalMethod } from './estimate';
export type { MetricInput } from './input';
export { measure } from './measure';
export type { IntervalChoice } from './method';
