export { BASELINE_SCHEMA, type Baseline, BaselineError, baselineOf, parseBaseline } from './baseline';
export { DRIFT_STATISTICS, type DriftStatistic } from './catalog';
export type { CategoricalColumn, ColumnCounts, NumericColumn, UncomparedColumn } from './column';
export { type DriftConfig, STATISTICS, type StatisticName, type Threshold, type Thresholds } from './config';
export type { HistogramEvidence, StatisticEvidence } from './evidence';
export { judgeDrift } from './judge';
