export type {
  BoundsByMetric,
  MetricBounds,
  MetricName,
  ModelGateConfig,
  PromotionConfig,
  SliceConfig,
  Task,
} from './config';
export type { HoldoutRow, ModelGateInput, Prediction } from './input';
export { judgeModel } from './judge';
