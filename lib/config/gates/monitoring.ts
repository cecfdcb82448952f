import * as z from 'zod';
import { didYouMean } from '../../core/nearest';
import { threshold } from './drift';
import { qualitySchema } from './quality';

/** What a baseline can be compared with: the rows of the reference are not there, its bins are. */
const statistics = {
  psi: threshold.optional(),
  jensen_shannon: threshold.optional(),
  /** Categories alone. */
  l_infinity: threshold.optional(),
  /** Categories alone; for Cramér's V. */
  chi_squared: threshold.optional(),
};

/** When captured traffic counts as drifted from the data of the release. */
export const trafficDriftSchema = z.strictObject({
  /** Columns and predictions that are watched. Absent: all of the baseline. */
  columns: z.array(z.string().min(1)).min(1).optional(),
  /** Bins of a column of numbers, between quantiles of the train file; pinned with the release. */
  bins: z.number().int().min(2).max(100).default(10),
  /** Rows that a check needs; with fewer the window grows. */
  minRows: z.number().int().min(1).default(100),
  /** 1 − the probability that one check calls any column drifted by chance (Holm over the columns). */
  confidence: z.number().gt(0.5).lt(1).default(0.995),
  thresholds: z.strictObject({ ...statistics, psi: threshold.default({ fail: 0.2, warn: 0.1 }) }).prefault({}),
  /** Bounds of single columns, in place of those above. */
  overrides: z.record(z.string(), z.strictObject(statistics)).default({}),
  /** Conclusive checks in a row that must find drift before a run is asked for. */
  consecutive: z.number().int().min(1).max(10).default(2),
  /** Minutes that captures may take to be delivered; a check looks at what is older. */
  settleMinutes: z.number().int().min(0).max(240).default(10),
  /** Longest window of one check. Captures are kept for 90 days. */
  maxWindowDays: z.number().int().min(1).max(60).default(30),
  /** Mebibytes that one check reads; of a larger window every k-th file. */
  maxMiB: z.number().int().min(1).max(4096).default(256),
  /** Of the simulated null distributions. */
  seed: z.number().int().min(0).max(4_294_967_295).default(20_061_103),
});

/** What is watched of the release that serves. */
export const monitoringSchema = z.strictObject({
  capture: z
    .strictObject({
      /** Share of requests whose content is kept with its answer; 0 keeps none, and nothing can be watched. */
      percent: z.number().int().min(0).max(100).default(100),
    })
    .prefault({}),
  drift: trafficDriftSchema.prefault({}),
  quality: qualitySchema.prefault({}),
});

export type MonitoringConfig = z.output<typeof monitoringSchema>;

interface Declared {
  readonly dataset: {
    readonly key: string;
    readonly label: string;
    readonly columns: Readonly<Record<string, string>>;
  };
  readonly monitoring: MonitoringConfig;
}

/** Names of what is watched of predictions, beside the columns of requests. */
const PREDICTIONS = ['prediction.score', 'prediction.class', 'prediction.confidence'];

/** Columns that monitoring names are those of requests, or predictions. */
export function monitoringFitsDataset({ dataset, monitoring: { drift } }: Declared, context: z.RefinementCtx): void {
  const columns = Object.keys(dataset.columns).filter((name) => name !== dataset.key && name !== dataset.label);
  const known = [...columns, ...PREDICTIONS];
  const named = [
    ...(drift.columns ?? []).map((name, i) => [name, ['monitoring', 'drift', 'columns', i]] as const),
    ...Object.keys(drift.overrides).map((name) => [name, ['monitoring', 'drift', 'overrides', name]] as const),
  ];
  for (const [name, path] of named) {
    if (known.includes(name)) continue;
    const message = `names nothing that is watched${didYouMean(name, known)}; watched are ${known.join(', ')}`;
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}
