import type { MetricBounds, MetricName, SliceConfig } from '../model/config';
import { sliceName } from '../model/config';
import { type MetricInput, metricNamed } from '../model/metrics/index';
import { rowsByCode, type Slice, slicesOf } from '../model/slice-rows';
import { groupOf, type JudgedRows } from './columns';
import type { Floor } from './floor';
import { conditionColumn, conditionOf } from './kept-columns';
import { floorsOf, type QualityGates } from './settings';

export interface SliceFloor extends Floor {
  /** Value of the column, or name of the condition. */
  readonly slice: string;
  /** `contract_type=annual`, or name of the condition. */
  readonly name: string;
}

/** The floors of one metric of an entry of `model.slices`. */
export interface SliceFloors {
  readonly id: string;
  readonly title: string;
  readonly metric: MetricName;
  readonly minRows: number;
  readonly floors: readonly SliceFloor[];
  /** Slices with fewer rows. */
  readonly thin: readonly { readonly value: string; readonly rows: number }[];
  /** Why the slice cannot be told on captured requests. */
  readonly refused?: string;
}

/** Bounds on all rows. */
export function overallFloors(judged: JudgedRows, gates: QualityGates): readonly Floor[] {
  const entries = Object.entries(floorsOf(gates)) as [MetricName, MetricBounds | undefined][];
  const input = metricInput(judged, gates);
  return entries.flatMap(([name, bounds]) => {
    if (bounds === undefined) return [];
    const metric = metricNamed(name);
    return [{ id: `metrics.${name}`, subject: metric.title, metric, bounds, input, rows: judged.rows.length }];
  });
}

/** Bounds on slices. `maxDrop` compares with a champion, which live traffic has none of: without min or max it is shown only. */
export function sliceFloors(judged: JudgedRows, gates: QualityGates): readonly SliceFloors[] {
  return gates.model.slices.flatMap((config) => {
    const read = config.where === undefined ? undefined : conditionOf(config.where, gates.dataset.columns);
    const refused = read !== undefined && 'problem' in read ? read.problem : undefined;
    const metrics = Object.entries(config.metrics) as [MetricName, MetricBounds | undefined][];
    return metrics.flatMap(([name, bounds]) => {
      if (bounds === undefined) return [];
      const title = metricNamed(name).title;
      const id = `slices.${sliceName(config)}.${name}`;
      const base = { id, title, metric: name, minRows: config.minRows };
      if (refused !== undefined) return [{ ...base, floors: [], thin: [], refused }];
      return [{ ...base, ...floorsOfSlices(judged, gates, config, { id, name, bounds }) }];
    });
  });
}

interface SliceMetric {
  readonly id: string;
  readonly name: MetricName;
  readonly bounds: NonNullable<SliceConfig['metrics'][MetricName]>;
}

function floorsOfSlices(judged: JudgedRows, gates: QualityGates, config: SliceConfig, asked: SliceMetric) {
  const { group, slices } = groupsOf(judged, config);
  const rowsOf = rowsByCode(group);
  const input = metricInput(judged, gates);
  const metric = metricNamed(asked.name);
  const { min, max, confidence, interval, decide } = asked.bounds;
  const bounds: MetricBounds = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(interval === undefined ? {} : { interval }),
    confidence,
    decide: decide === 'lower-bound' ? 'lower-bound' : 'point',
  };
  const floors = slices
    .filter(({ n }) => n >= config.minRows)
    .map(({ value, code, n }) => ({
      id: config.where === undefined ? `${asked.id}=${value}` : asked.id,
      subject: `${metric.title} of ${config.where === undefined ? `${config.column} = ` : ''}${value}`,
      metric,
      bounds,
      input: { ...input, rows: rowsOf(code) },
      rows: n,
      slice: value,
      name: config.where === undefined ? `${config.column}=${value}` : value,
    }));
  const thin = slices.filter(({ n }) => n < config.minRows).map(({ value, n }) => ({ value, rows: n }));
  return { floors, thin };
}

function groupsOf(judged: JudgedRows, config: SliceConfig) {
  if (config.where === undefined) {
    const group = groupOf(judged.rows, config.column ?? '');
    return { group, slices: slicesOf({}, group) };
  }
  const column = conditionColumn(config.where);
  const codes = Uint16Array.from(judged.rows, ({ columns }) => (columns[column] === 'true' ? 1 : 0));
  const group = { name: column, names: ['false', 'true'], codes };
  const slices: readonly Slice[] = slicesOf({ where: config.where, name: config.name }, group);
  return { group, slices };
}

const metricInput = ({ labels, predictions, classes, clusters }: JudgedRows, { model }: QualityGates): MetricInput => ({
  ...model.parameters,
  threshold: model.threshold,
  labels,
  predictions,
  classes,
  clusters,
});
