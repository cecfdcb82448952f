export type { ExpectationConfig } from './expectations';
export { expectationEntry } from './expectations';
export type { Combination, LandingConfig } from './landing';
export type { MetricBounds, ModelConfig } from './model';
export { modelDefaults } from './model';
export type { MonitoringConfig, TrafficDriftConfig } from './monitoring';
export type { ColumnType, DatasetConfig, Gates } from './schema';
export { COLUMN_TYPES, gatesSchema } from './schema';
export type { CanaryConfig, ServingConfig } from './serving';
