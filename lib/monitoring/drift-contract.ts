import type { DriftOutcome } from '../core/monitoring/outcome';
import type { DriftFinding } from '../core/monitoring/state';
import type { RetrainingEvent } from '../retraining/contract';
import { MONITORING_FOLDERS } from './contract';

/** CloudWatch metrics of a check. Dimensions: `Endpoint`, and of a feature also `Feature`. */
export const DRIFT_METRICS = {
  namespace: 'Assay/Drift',
  endpoint: 'Endpoint',
  feature: 'Feature',
  /** Of a feature: the index, and what 95 % of samples of these sizes without drift stay below. */
  psi: 'PSI',
  null95: 'PSINull95',
  /** Of the endpoint: rows of the window, features that drifted, lines that could not be used. */
  rows: 'Rows',
  drifted: 'DriftedFeatures',
  unusable: 'UnusableLines',
} as const;

/** What the schedule sends. */
export interface DriftCheckEvent {
  /** When the check is due, ISO 8601. */
  readonly time: string;
}

export interface DriftCheckResult {
  /** `idle`: nothing serves. */
  readonly outcome: DriftOutcome | 'idle';
  readonly reason: string;
  /** s3:// URI. @default - there is none: nothing serves */
  readonly report?: string;
  /** Key of the event that this check sent. @default - it sent none */
  readonly event?: string;
}

/** Detail of the event: a request for a run, with what drifted. */
export interface DriftEventDetail extends RetrainingEvent, Pick<DriftFinding, 'release' | 'features'> {
  readonly kind: 'drift';
  readonly endpoint: string;
}

/** Report of one check, e.g. `drift/churn-production/2026-11-21T06:00:00.000Z.json`; the time is the window's end. */
export const driftReportKey = (endpoint: string, time: string, format: 'json' | 'html' = 'json'): string =>
  `${MONITORING_FOLDERS.drift}${endpoint}/${time}.${format}`;

/** Item of the retraining table: the monitor's memory, with the series for the chart over time. */
export const driftItem = (endpoint: string): string => `monitor#drift#${endpoint}`;
