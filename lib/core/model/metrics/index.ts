export { METRICS, metricNamed, metricsFor } from './catalog';
export {
  isUndefined,
  type MetricDefinition,
  type MetricName,
  type MetricParameters,
  type Task,
  type Undefined,
} from './definition';
export { type Estimate, type EstimateOptions, estimate } from './estimate';
export type { MetricInput } from './input';
export { measure } from './measure';
export type { IntervalChoice } from './method';
