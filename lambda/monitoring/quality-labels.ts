import type { WaitingLabel } from '../../lib/core/feedback/join';
import {
  createLabelReader,
  isProblem,
  LabelFileError,
  type LabelReader,
  labelFormat,
} from '../../lib/core/feedback/label-file';
import { MONITORING_FOLDERS } from '../../lib/monitoring/contract';
import { takenKey, waitingKey } from '../../lib/monitoring/quality-contract';
import type { MonitoringBucket, StoredObject } from './bucket';

/** Entity tag of what was taken, by key. */
type Taken = Readonly<Record<string, string>>;

/** What one check takes of the label files. */
export interface TakenLabels {
  /** In the order in which they came: of two for one prediction the later one holds. */
  readonly labels: readonly WaitingLabel[];
  readonly files: number;
  readonly malformed: number;
  readonly examples: readonly string[];
  readonly refused: readonly string[];
  /** Files that wait for the next check. */
  readonly left: number;
  readonly taken: Taken;
}

export interface LabelLimits {
  /** Labels that one check takes at most: what a function holds at once. */
  readonly most: number;
}

export const LABEL_LIMITS: LabelLimits = { most: 500_000 };

const EXAMPLES = 5;

/**
 * Takes the label files that no check took before, the oldest first. A file is known by key and entity tag, so one that was
 * overwritten is taken again, and one that came late is not missed. Files beyond the limit wait; one that alone is beyond
 * it is refused.
 *
 * @param at time of the check, ISO 8601
 */
export async function takeLabels(
  bucket: MonitoringBucket,
  endpoint: string,
  at: string,
  { most }: LabelLimits = LABEL_LIMITS,
): Promise<TakenLabels> {
  const before = JSON.parse((await bucket.readText(takenKey(endpoint))) ?? '{}') as Taken;
  const objects = await labelObjects(bucket);
  const fresh = objects.filter(({ key, etag }) => before[key] !== etag);
  // What is no longer there need not be remembered.
  const taken: Record<string, string> = {};
  for (const { key } of objects) if (before[key] !== undefined) taken[key] = before[key];
  const result = {
    labels: [] as WaitingLabel[],
    files: 0,
    malformed: 0,
    examples: [] as string[],
    refused: [] as string[],
  };
  let left = 0;
  for (const [index, object] of fresh.entries()) {
    const room = most - result.labels.length;
    const read = await readFile(bucket, object, at, room);
    if (read === 'too-many' && result.labels.length > 0) {
      left = fresh.length - index;
      break;
    }
    taken[object.key] = object.etag;
    result.files += 1;
    if (read === 'too-many') {
      result.refused.push(`${object.key}: has more than ${most} labels; cut it into smaller files`);
    } else if ('refused' in read) {
      result.refused.push(`${object.key}: ${read.refused}`);
    } else {
      for (const label of read.labels) result.labels.push(label);
      result.malformed += read.malformed;
      result.examples.push(...read.examples.slice(0, EXAMPLES - result.examples.length));
    }
  }
  return { ...result, left, taken };
}

/** Label files, those that were written first before the others. */
async function labelObjects(bucket: MonitoringBucket): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of bucket.list(MONITORING_FOLDERS.labels)) {
    if (labelFormat(object.key) !== undefined) found.push(object);
  }
  return found.sort((a, b) => a.modified.getTime() - b.modified.getTime() || (a.key < b.key ? -1 : 1));
}

const TOO_LONG = { problem: 'is no line of labels: it does not end' };

type ReadFile =
  | { readonly labels: readonly WaitingLabel[]; readonly malformed: number; readonly examples: readonly string[] }
  | { readonly refused: string }
  | 'too-many';

async function readFile(
  bucket: MonitoringBucket,
  { key }: StoredObject,
  takenAt: string,
  room: number,
): Promise<ReadFile> {
  const read: LabelReader = createLabelReader(labelFormat(key) ?? 'csv');
  const labels: WaitingLabel[] = [];
  const examples: string[] = [];
  let malformed = 0;
  try {
    for await (const line of bucket.lines(key)) {
      const label = 'text' in line ? read(line.text) : TOO_LONG;
      if (label === undefined) continue;
      if (isProblem(label)) {
        malformed += 1;
        if (examples.length < EXAMPLES) examples.push(`${key}, line ${line.number}: ${label.problem}`);
        continue;
      }
      if (labels.length >= room) return 'too-many';
      labels.push({ ...label, takenAt });
    }
  } catch (error) {
    if (error instanceof LabelFileError) return { refused: error.message };
    throw error;
  }
  return { labels, malformed, examples };
}

/** Labels that earlier checks found no prediction for. */
export async function waitingLabels(bucket: MonitoringBucket, endpoint: string): Promise<readonly WaitingLabel[]> {
  const labels: WaitingLabel[] = [];
  for await (const line of bucket.lines(waitingKey(endpoint))) {
    if ('text' in line) labels.push(JSON.parse(line.text) as WaitingLabel);
  }
  return labels;
}

export const keepWaiting = (
  bucket: MonitoringBucket,
  endpoint: string,
  labels: readonly WaitingLabel[],
): Promise<void> =>
  bucket.write(
    waitingKey(endpoint),
    labels.map((label) => `${JSON.stringify(label)}\n`).join(''),
    'application/x-ndjson',
  );

/** Last of all: a check that breaks off before takes the same files again, which changes nothing. */
export const keepTaken = (bucket: MonitoringBucket, endpoint: string, taken: Taken): Promise<void> =>
  bucket.write(takenKey(endpoint), `${JSON.stringify(taken)}\n`, 'application/json');
