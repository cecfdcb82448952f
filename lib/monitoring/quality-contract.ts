import { MONITORING_FOLDERS } from './contract';

/** CloudWatch metrics of live quality. Dimensions: `Endpoint`; of a slice also `Slice`. */
export const QUALITY_METRICS = {
  namespace: 'Assay/Quality',
  /** Of the release that serves; the metrics of gates.yaml stand beside them under their own names, e.g. `roc_auc`. */
  labelled: 'LabelledPredictions',
  coverage: 'LabelCoverage',
  endpoint: 'Endpoint',
  slice: 'Slice',
} as const;

/** What the schedule sends. */
export interface QualityEvent {
  /** When the check is due, ISO 8601. */
  readonly time: string;
}

export interface QualityResult {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly reason: string;
  /** s3:// URI. */
  readonly report: string;
  /** Keys of the events that were sent. */
  readonly events: readonly string[];
}

/** Folder of an endpoint's live quality in the monitoring bucket. */
export const qualityFolder = (endpoint: string): string => `${MONITORING_FOLDERS.quality}${endpoint}/`;

/** Report of one check, e.g. `quality/churn-production/2026-11-21T06:00:00Z.json`. */
export const qualityReportKey = (endpoint: string, time: string, format: 'json' | 'html' = 'json'): string =>
  `${qualityFolder(endpoint)}${time}.${format}`;

/** Predictions of a release with their labels, JSON lines of `JoinedRow`. */
export const joinedKey = (endpoint: string, release: string): string =>
  `${qualityFolder(endpoint)}${release}/joined.jsonl`;

/** Labels without a prediction, JSON lines of `WaitingLabel`. */
export const waitingKey = (endpoint: string): string => `${qualityFolder(endpoint)}labels/waiting.jsonl`;

/** Which versions of which label files were taken: entity tag by key. */
export const takenKey = (endpoint: string): string => `${qualityFolder(endpoint)}labels/taken.json`;

/** Item of the retraining table. */
export const qualityItem = (endpoint: string): string => `monitor#quality#${endpoint}`;
