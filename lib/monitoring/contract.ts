/**
 * Folders of the monitoring bucket.
 *
 * | Folder | Holds |
 * | --- | --- |
 * | `capture/blue=<release>/green=<release>/<endpoint>/<variant>/yyyy/mm/dd/hh/…jsonl` | captured requests and answers |
 * | `labels/…` | ground truth that arrives later |
 * | `drift/<endpoint>/…` | drift reports |
 * | `quality/<endpoint>/…` | reports of live metrics |
 *
 * A release is the version of its model package; `none` where a variant has none.
 */
export const MONITORING_FOLDERS = {
  capture: 'capture/',
  labels: 'labels/',
  drift: 'drift/',
  quality: 'quality/',
} as const;

/** Environment variables of the monitors' functions; endpoint and rollout table have the rollout's names. */
export const MONITOR_ENV = {
  application: 'ASSAY_APPLICATION',
  artifactBucket: 'ASSAY_ARTIFACT_BUCKET',
  monitoringBucket: 'ASSAY_MONITORING_BUCKET',
  retrainingTable: 'ASSAY_RETRAINING_TABLE',
} as const;
