export type {
  BoundsByMetric,
  MetricBounds,
  MetricName,
  ModelGateConfig,
  PromotionConfig,
  SliceConfig,
  Task,
} from './config';
export type { ChampionInput, HoldoutRow, ModelGateInput, Prediction } from './input';
export { judgeModel } from './judge';
