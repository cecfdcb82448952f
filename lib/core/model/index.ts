export type { Group, ModelColumns, Predictions } from './columns';
export type {
  BoundsByMetric,
  FairnessConfig,
  MetricBounds,
  MetricName,
  ModelGateConfig,
  PromotionConfig,
  SliceConfig,
  Task,
} from './config';
export { sliceName } from './config';
export type { AnswerTally, ChampionInput, FeatureArea, HoldoutTally, ModelGateInput, Tally } from './input';
export { judgeModel } from './judge';
