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
