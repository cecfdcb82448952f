export type { Group, ModelColumns } from './columns';
export type { BoundsByMetric, MetricName, ModelGateConfig, Task } from './config';
export { sliceName } from './config';
export type { AnswerTally, ChampionInput, FeatureArea, ModelGateInput, Tally } from './input';
export { judgeModel } from './judge';
