import type { ColumnType } from '../data/table';
import type { BoundsByMetric, ModelGateConfig, Task } from '../model/config';
import type { TrafficShape } from '../monitoring/payload';

type LabelValue = string | number | boolean;

/** What the monitor of live quality reads of `gates.yaml`; the validated configuration of a workload fits as it is. */
export interface QualityGates {
  readonly dataset: {
    readonly task: Task;
    readonly key: string;
    readonly label: string;
    readonly positive: LabelValue;
    readonly classes?: readonly LabelValue[] | undefined;
    readonly columns: Readonly<Record<string, ColumnType>>;
  };
  readonly model: Pick<ModelGateConfig, 'threshold' | 'parameters' | 'seed' | 'replicates' | 'metrics' | 'slices'> & {
    readonly clusters?: string | undefined;
    readonly weights?: string | undefined;
  };
  readonly serving: { readonly fields: TrafficShape['fields'] };
  readonly monitoring: { readonly quality: QualitySettings };
}

export interface QualitySettings {
  /** @default model.metrics */
  readonly metrics?: BoundsByMetric | undefined;
  readonly minRows: number;
  /** Share of the captured predictions that have a label. */
  readonly minCoverage: number;
  readonly labelDelayDays: number;
  readonly windowDays: number;
  /** Over all looks at one release and all its bounds. */
  readonly falseAlarm: number;
  readonly consecutive: number;
}

/** Bounds of live metrics: their own, or those that the release had to meet on golden data. */
export const floorsOf = ({ model, monitoring }: QualityGates): BoundsByMetric =>
  monitoring.quality.metrics ?? model.metrics;
