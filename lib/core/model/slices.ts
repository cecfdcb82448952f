import type { Check } from '../report/report';
import { holmAdjusted } from '../statistics';
import type { Group } from './columns';
import { type Comparison, compareModels, type Known } from './compare';
import { type MetricName, type SliceBounds, type SliceConfig, sliceName } from './config';
import { areaEstimate, areasOfGroups, estimateSome, groupAt, type Judged } from './estimates';
import { type Estimate, type MetricDefinition, metricNamed, type Undefined } from './metrics/index';
import { type Corrected, type Requirement, requirementsOf } from './requirement';
import { sliceCheck } from './slice-check';
import { rowsByCode, type Slice, slicesOf } from './slice-rows';

export interface MeasuredSlice {
  readonly slice: Slice;
  readonly estimate: Estimate | Undefined;
  readonly drop: Comparison | Undefined | undefined;
  readonly requirements: readonly Requirement[];
}

/** One metric of one entry of `model.slices`, measured on all its slices. */
export interface MeasuredEntry {
  readonly config: SliceConfig;
  readonly metric: MetricDefinition;
  readonly bounds: SliceBounds;
  readonly slices: readonly Slice[];
  readonly measured: readonly MeasuredSlice[];
}

/**
 * One check for each metric of a sliced column or condition: the worst of its slices decides. Slices with fewer than
 * `minRows` rows are listed in `evidence.thin` and decide nothing; if every slice is thin there is no evidence and the check
 * is inconclusive. P-values that decide are corrected over all slices, metrics and entries: by Holm's procedure, once for
 * what has to be shown (`lower-bound`) and once for what is held against the model (`significant`).
 *
 * @param groupOf for each entry of `model.slices` its group of the columns
 */
export function judgeSlices(judged: Judged, groupOf: readonly number[]): readonly Check[] {
  const entries = judged.config.slices.flatMap((config, index) =>
    measureEntry(judged, config, groupAt(judged, groupOf[index], `slices.${sliceName(config)}`)),
  );
  const corrections = correct(entries.flatMap(({ measured }) => measured.flatMap((slice) => slice.requirements)));
  return entries.map((entry) => sliceCheck(entry, corrections));
}

function measureEntry(judged: Judged, config: SliceConfig, group: Group): readonly MeasuredEntry[] {
  const slices = slicesOf(config, group);
  const rowsOf = rowsByCode(group);
  const metrics = Object.entries(config.metrics) as [MetricName, SliceBounds | undefined][];
  return metrics.flatMap(([name, bounds]) => {
    if (bounds === undefined) return [];
    const metric = metricNamed(name);
    const areas = areasOfGroups(judged, name, bounds, group);
    const measured = slices
      .filter(({ n }) => n >= config.minRows)
      .map((slice): MeasuredSlice => {
        const known = areas === undefined ? undefined : { areas: areas[slice.code] ?? null };
        const rows = () => rowsOf(slice.code);
        const estimate = estimateSlice(judged, name, bounds, rows, known);
        const drop = dropOf(judged, name, bounds, rows, known);
        const subject = `${metric.title} of ${config.where === undefined ? `${config.column} = ` : ''}${slice.value}`;
        return { slice, estimate, drop, requirements: requirementsOf(subject, metric, bounds, estimate, drop) };
      });
    return [{ config, metric, bounds, slices, measured }];
  });
}

type Rows = () => Uint32Array;

function estimateSlice(judged: Judged, name: MetricName, bounds: SliceBounds, rows: Rows, known?: Known) {
  if (known === undefined) return estimateSome(judged, name, bounds, rows());
  return areaEstimate(known.areas?.challenger, () => judged.columns.labels[rows()[0] ?? -1], bounds.confidence);
}

function dropOf(judged: Judged, name: MetricName, bounds: SliceBounds, rows: Rows, known?: Known) {
  if (bounds.maxDrop === undefined) return undefined;
  if (judged.columns.champion === undefined) {
    return judged.unreadable === undefined ? undefined : { undefined: judged.unreadable };
  }
  return compareModels(
    judged,
    name,
    { confidence: bounds.confidence },
    known === undefined ? rows() : undefined,
    known,
  );
}

export type Corrections = ReadonlyMap<Requirement, Corrected>;

/** Holm's correction over all tests of one direction. */
function correct(requirements: readonly Requirement[]): Corrections {
  return new Map(
    (['lower-bound', 'significant'] as const).flatMap((decide) => {
      const family = requirements.filter(({ decide: own, pValue }) => own === decide && pValue !== undefined);
      const adjusted = holmAdjusted(family.map(({ pValue = 1 }) => pValue));
      return family.map(
        (requirement, i) => [requirement, { adjusted: adjusted[i] ?? 1, tests: family.length }] as const,
      );
    }),
  );
}
