export type { ExpectationConfig } from './expectations';
export { expectationEntry } from './expectations';
export type { LandingConfig } from './landing';
export { modelDefaults } from './model';
export type { ColumnType, DatasetConfig, Gates } from './schema';
export { COLUMN_TYPES, gatesSchema } from './schema';
export type { ServingConfig } from './serving';
