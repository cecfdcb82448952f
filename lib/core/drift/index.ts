export { type Baseline, BaselineError, baselineOf, parseBaseline } from './baseline';
export { DRIFT_STATISTICS, type DriftStatistic } from './catalog';
export type { ColumnCounts } from './column';
export type { DriftConfig } from './config';
export { judgeDrift } from './judge';
