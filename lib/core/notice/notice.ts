export const NOTICE_SCHEMA = 'assay.notice/1';

/**
 * How much a notice matters.
 *
 * | Severity | Means |
 * | --- | --- |
 * | `info` | all is as it was asked for |
 * | `warning` | somebody should look, production is as it was |
 * | `critical` | callers of production are or were affected |
 */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Everything that people are told, with its severity. */
export const NOTICE_EVENTS = {
  released: 'info',
  'stage-failed': 'warning',
  'data-refused': 'warning',
  'rolled-back': 'critical',
  'rollback-refused': 'warning',
  'rollback-failed': 'critical',
  'retraining-started': 'info',
  'retraining-waits': 'info',
  'retraining-refused': 'warning',
  drift: 'warning',
  alarm: 'warning',
  degradation: 'critical',
} as const satisfies Readonly<Record<string, Severity>>;
export type NoticeEvent = keyof typeof NOTICE_EVENTS;

/** Where to read on. */
export interface NoticeLink {
  readonly label: string;
  /** A page of the console, or a place in this project's documents, e.g. `docs/runbook.md#refused`. */
  readonly url: string;
}

/** What people and programs are told about one event. */
export interface Notice {
  readonly schema: typeof NOTICE_SCHEMA;
  /** Equal for repetitions of one event, which is told once. */
  readonly id: string;
  readonly severity: Severity;
  readonly event: NoticeEvent;
  readonly application: string;
  /** Absent where the event is about no endpoint. */
  readonly environment?: 'staging' | 'production';
  /** One line of printable ASCII, as SNS takes it. */
  readonly subject: string;
  /** One line: why. */
  readonly reason: string;
  /** When it happened, ISO 8601. */
  readonly at: string;
  readonly links: readonly NoticeLink[];
  /** By name, e.g. `run`, `commit`, `stage`, `modelPackage`, `report`. */
  readonly facts: Readonly<Record<string, string>>;
}

/** What is said about an event, before it becomes a notice. */
export interface NoticeDraft extends Pick<Notice, 'id' | 'event' | 'reason' | 'at' | 'environment'> {
  /** The subject without the application's name. */
  readonly headline: string;
  /** @default - none */
  readonly links?: readonly (NoticeLink | undefined)[];
  /** @default - none */
  readonly facts?: Readonly<Record<string, string | undefined>>;
}
