import type { RetrainingRequest } from '../../lib/core/retraining/state';
import type { Trigger } from '../../lib/core/retraining/trigger';
import { isTrigger } from '../../lib/core/retraining/trigger-text';
import { LANDING_FOLDER } from '../../lib/golden-data/contract';
import { ASSAY_EVENTS, type RetrainingEvent, type ScheduledEvent } from '../../lib/retraining/contract';
import { oneLine } from '../shared/text';

/** An event of the default bus. */
interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  /** ISO 8601. */
  readonly time: string;
  readonly detail: unknown;
}

/** Detail of CodePipeline's "Pipeline Execution State Change". */
export interface RunChange {
  readonly runId: string;
  readonly state: string;
  /** ISO 8601. */
  readonly time: string;
}

/** What an event asks of the function. */
export type Wanted =
  | { readonly what: 'request'; readonly request: RetrainingRequest; readonly now: string }
  | { readonly what: 'run'; readonly change: RunChange }
  | { readonly what: 'tick'; readonly now: string }
  | { readonly what: 'nothing'; readonly why: string };

const LONGEST_REASON = 300;
/** An s3:// URI. */
const LONGEST_REPORT = 1200;
const MOST_ALSO = 10;

/** @throws Error: the event is none of those that rules and schedules send */
export function readEvent(event: unknown): Wanted {
  if (isScheduled(event)) return ofSchedule(event);
  if (isBusEvent(event)) {
    if (event.source === ASSAY_EVENTS.source) return ofRequest(event);
    if (event.source === 'aws.s3') return ofUpload(event);
    if (event.source === 'aws.codepipeline') return ofRun(event);
  }
  throw new Error(`unknown event: ${oneLine(JSON.stringify(event), LONGEST_REASON)}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isTime = (value: unknown): value is string => typeof value === 'string' && Number.isFinite(Date.parse(value));

const isScheduled = (event: unknown): event is ScheduledEvent =>
  isObject(event) && (event.kind === 'schedule' || event.kind === 'tick') && isTime(event.time);

const isBusEvent = (event: unknown): event is BusEvent =>
  isObject(event) && typeof event['detail-type'] === 'string' && isTime(event.time) && 'source' in event;

function ofSchedule({ kind, time, schedule }: ScheduledEvent): Wanted {
  if (kind === 'tick') return { what: 'tick', now: time };
  const reason = schedule === undefined ? 'schedule' : `schedule ${schedule}`;
  return { what: 'request', now: time, request: { trigger: { kind, reason, at: time, key: `schedule/${time}` } } };
}

function ofRequest({ detail, time }: BusEvent): Wanted {
  if (!isTrigger(detail)) {
    throw new Error(`the event's detail is no request for a run: ${oneLine(JSON.stringify(detail), LONGEST_REASON)}`);
  }
  const { kind, reason, at, key, by, report, also, force } = detail as RetrainingEvent;
  const trigger = {
    kind,
    reason: oneLine(reason, LONGEST_REASON),
    at,
    key,
    ...(by === undefined ? {} : { by: oneLine(by, LONGEST_REASON) }),
    ...(report === undefined ? {} : { report: oneLine(report, LONGEST_REPORT) }),
    ...(also === undefined ? {} : { also: also.slice(0, MOST_ALSO).map(bounded) }),
  };
  if (kind === 'push') return { what: 'nothing', why: 'pushes start runs themselves' };
  return {
    what: 'request',
    now: time,
    request: { trigger, ...(kind === 'manual' && force === true && { forced: true }) },
  };
}

const bounded = ({ kind, reason }: Pick<Trigger, 'kind' | 'reason'>) => ({
  kind,
  reason: oneLine(reason, LONGEST_REASON),
});

/** Detail of S3's "Object Created". */
interface Upload {
  readonly bucket: { readonly name: string };
  readonly object: {
    readonly key: string;
    readonly size?: number;
    readonly 'version-id'?: string;
    readonly etag?: string;
  };
}

const isUpload = (detail: unknown): detail is Upload =>
  isObject(detail) &&
  isObject(detail.bucket) &&
  typeof detail.bucket.name === 'string' &&
  isObject(detail.object) &&
  typeof detail.object.key === 'string';

function ofUpload({ detail, time }: BusEvent): Wanted {
  if (!isUpload(detail))
    throw new Error(`the event's detail is no upload: ${oneLine(JSON.stringify(detail), LONGEST_REASON)}`);
  const { bucket, object } = detail;
  const { key, size = 0 } = object;
  if (!key.startsWith(LANDING_FOLDER)) return { what: 'nothing', why: `${key} is not under ${LANDING_FOLDER}` };
  if (size === 0 || key.endsWith('/')) return { what: 'nothing', why: `${key} is empty, or a folder` };
  const version = object['version-id'] ?? object.etag ?? time;
  const trigger = {
    kind: 'new-data' as const,
    reason: oneLine(`new data ${key}, ${size} bytes`, LONGEST_REASON),
    at: time,
    key: `${bucket.name}/${key}/${version}`,
  };
  return { what: 'request', now: time, request: { trigger } };
}

function ofRun({ detail, time }: BusEvent): Wanted {
  if (!isObject(detail) || typeof detail['execution-id'] !== 'string' || typeof detail.state !== 'string') {
    throw new Error(`the event's detail is no run of a pipeline: ${oneLine(JSON.stringify(detail), LONGEST_REASON)}`);
  }
  return { what: 'run', change: { runId: detail['execution-id'], state: detail.state, time } };
}
