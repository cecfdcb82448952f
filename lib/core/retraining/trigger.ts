/** What can start a run of the pipeline. */
export const TRIGGER_KINDS = ['push', 'schedule', 'new-data', 'drift', 'degradation', 'webhook', 'manual'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** Why a run was started. Part of the release's lineage. */
export interface Trigger {
  readonly kind: TriggerKind;
  /** One line for people, e.g. `PSI of monthly_spend is 0.41 (null 95 %: 0.03)`. */
  readonly reason: string;
  /** When it was asked for, ISO 8601. */
  readonly at: string;
  /** Equal for repetitions of one request: they start one run together. */
  readonly key: string;
  /** Who asked, where that is known: a user's ARN, the source of a webhook. */
  readonly by?: string;
  /** s3:// URI of the document that shows it, e.g. the drift report. */
  readonly report?: string;
  /** Other requests that this run answers as well. */
  readonly also?: readonly Pick<Trigger, 'kind' | 'reason'>[];
}
