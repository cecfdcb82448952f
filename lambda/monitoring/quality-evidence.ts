import { Join, type WaitingLabel } from '../../lib/core/feedback/join';
import {
  isKept,
  type JoinedRow,
  type Retention,
  readJoinedRow,
  writeJoinedRow,
} from '../../lib/core/feedback/joined-row';
import type { ReleaseEvidence } from '../../lib/core/feedback/judge-release';
import type { LabelTally } from '../../lib/core/feedback/labels-check';
import type { QualityGates } from '../../lib/core/feedback/settings';
import type { ReleaseHistory } from '../../lib/core/rollout/releases';
import { joinedKey, qualityFolder } from '../../lib/monitoring/quality-contract';
import type { MonitoringBucket } from './bucket';
import { type AnswerFile, answerFiles, answersIn } from './quality-captures';
import { keepTaken, keepWaiting, LABEL_LIMITS, takeLabels, waitingLabels } from './quality-labels';

/** What the function holds at once; its memory is chosen for this. */
export interface QualityLimits {
  /** Labels that one check takes. */
  readonly labels: number;
  /** Labels that wait for their prediction; of more the latest. */
  readonly waiting: number;
  /** Joined rows of all releases together; of more the latest labels of each. */
  readonly joined: number;
}

const QUALITY_LIMITS: QualityLimits = { labels: LABEL_LIMITS.most, waiting: 500_000, joined: 1_000_000 };

export interface EvidenceSources {
  readonly endpoint: string;
  readonly bucket: MonitoringBucket;
  /** The gates of a run. */
  gates(runId: string): Promise<QualityGates>;
  readonly limits?: QualityLimits;
}

/** When a check is due, and how long labels may take and count; milliseconds since 1970. */
export interface Period extends Retention {
  readonly time: number;
}

/** A release whose predictions are joined. */
interface Watched {
  readonly release: string;
  readonly gates: QualityGates;
  /** Rows that earlier checks joined. */
  readonly earlier: readonly JoinedRow[];
}

/** Labels and predictions of each release that answered or has labels. */
export interface Evidence {
  readonly releases: readonly (ReleaseEvidence & { readonly gates: QualityGates })[];
  readonly tally: LabelTally;
  readonly files: readonly AnswerFile[];
  /** Releases with captures that are not on record: candidates in their canary. */
  readonly candidates: readonly string[];
  /** Writes down what the next check goes on with. May be repeated. */
  keep(): Promise<void>;
  /** Last of all: a check that breaks off before takes the same files again, which changes nothing. */
  keepTaken(): Promise<void>;
}

/** Files that are read at once. */
const PARALLEL = 4;

/** Takes the labels that came, and finds their predictions in what was captured. */
export async function gatherEvidence(
  sources: EvidenceSources,
  history: ReleaseHistory,
  period: Period,
): Promise<Evidence> {
  const { bucket, endpoint, limits = QUALITY_LIMITS } = sources;
  const at = new Date(period.time).toISOString();
  const files = await answerFiles(bucket, { endpoint, from: period.predictedSince, to: period.time });
  const watched = await watchedReleases(sources, history, files);
  const join = new Join();
  for (const { release, gates, earlier } of watched) join.addRelease(release, gates, earlier);
  const taken = await takeLabels(bucket, endpoint, at, { most: limits.labels });
  const earlier = await waitingLabels(bucket, endpoint);
  for (const label of [...earlier, ...taken.labels]) join.addLabel(label);
  const malformedCaptures = await scan(bucket, files, watched, join, period.predictedSince);
  const unmatched = join.unmatched();
  const waiting = unmatched
    .filter((label) => Date.parse(label.takenAt) >= period.predictedSince)
    .slice(-limits.waiting);
  const rows = keptRows(watched, join, period, limits.joined);
  const known = new Set(watched.map(({ release }) => release));
  return {
    releases: watched.flatMap((each) =>
      evidenceOf(each.release, rows.get(each.release) ?? [], join, period, each.gates),
    ),
    tally: tallyOf(taken, unmatched.length, waiting, { malformedCaptures, captureFiles: files.length, at }),
    files,
    candidates: [...new Set(files.map(({ release }) => release))].filter((release) => !known.has(release)).sort(),
    keep: async () => {
      for (const each of watched) await writeRows(sources, each, rows.get(each.release) ?? []);
      await keepWaiting(bucket, endpoint, waiting);
    },
    keepTaken: () => keepTaken(bucket, endpoint, taken.taken),
  };
}

/** Releases with captures or joined rows that are on record: a candidate in its canary is none yet. */
async function watchedReleases(
  { bucket, endpoint, gates }: EvidenceSources,
  { releases }: ReleaseHistory,
  files: readonly AnswerFile[],
): Promise<readonly Watched[]> {
  const folders = await bucket.folders(qualityFolder(endpoint));
  const joined = folders.map((folder) => folder.split('/').at(-2) ?? '');
  const watched: Watched[] = [];
  for (const release of [...new Set([...joined, ...files.map((file) => file.release)])].sort()) {
    const record = releases.find(({ releaseId }) => releaseId === release);
    if (record === undefined) continue;
    const earlier = await joinedRows(bucket, joinedKey(endpoint, release));
    // Long gone: nothing of it was asked or labelled within the period.
    if (earlier.length === 0 && !files.some((file) => file.release === release)) continue;
    watched.push({ release, gates: await gates(record.runId), earlier });
  }
  return watched;
}

async function joinedRows(bucket: MonitoringBucket, key: string): Promise<readonly JoinedRow[]> {
  const rows: JoinedRow[] = [];
  for await (const line of bucket.lines(key)) {
    if ('text' in line) rows.push(readJoinedRow(line.text));
  }
  return rows;
}

/** @returns how many lines could not be used */
async function scan(
  bucket: MonitoringBucket,
  files: readonly AnswerFile[],
  watched: readonly Watched[],
  join: Join,
  since: number,
): Promise<number> {
  const gatesOf = new Map(watched.map(({ release, gates }) => [release, gates]));
  let malformed = 0;
  const count = (): void => {
    malformed += 1;
  };
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const file of queue) {
      const gates = gatesOf.get(file.release);
      if (gates === undefined) continue;
      for await (const answer of answersIn(bucket, file, gates, since, count)) join.addAnswer(file.release, answer);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return malformed;
}

/** Rows that are still judged or counted, by release; of too many the latest labels of each release. */
function keptRows(
  watched: readonly Watched[],
  join: Join,
  retention: Retention,
  most: number,
): ReadonlyMap<string, readonly JoinedRow[]> {
  const kept = watched.map(({ release }) => {
    return [release, join.rows(release).filter((row) => isKept(row, retention))] as const;
  });
  const present = kept.filter(([, rows]) => rows.length > 0).length;
  const share = Math.floor(most / Math.max(1, present));
  return new Map(kept.map(([release, rows]) => [release, rows.length <= share ? rows : latest(rows, share)]));
}

const latest = (rows: readonly JoinedRow[], most: number): readonly JoinedRow[] =>
  rows.toSorted((a, b) => (a.labelledAt < b.labelledAt ? 1 : -1)).slice(0, most);

/** None for a release of which nothing is left: it would be too few rows for ever. */
function evidenceOf(
  release: string,
  all: readonly JoinedRow[],
  join: Join,
  { labelledSince, predictedSince }: Retention,
  gates: QualityGates,
): Evidence['releases'] {
  const captured = join.tally(release);
  if (all.length === 0 && captured.predictions === 0) return [];
  const rows = all.filter(({ labelledAt }) => Date.parse(labelledAt) >= labelledSince);
  const joined = all.filter(({ predictedAt }) => Date.parse(predictedAt) >= predictedSince);
  return [{ release, rows, joined, captured, gates }];
}

/** What was there before and is too old now leaves an empty file, or it would be read for ever. */
async function writeRows(
  { bucket, endpoint }: EvidenceSources,
  { release, earlier }: Watched,
  rows: readonly JoinedRow[],
): Promise<void> {
  if (rows.length === 0 && earlier.length === 0) return;
  await bucket.write(joinedKey(endpoint, release), rows.map(writeJoinedRow).join(''), 'application/x-ndjson');
}

function tallyOf(
  taken: Awaited<ReturnType<typeof takeLabels>>,
  unmatched: number,
  waiting: readonly WaitingLabel[],
  { at, ...captures }: Pick<LabelTally, 'malformedCaptures' | 'captureFiles'> & { readonly at: string },
): LabelTally {
  const { files, malformed, examples, refused, left } = taken;
  const read = { files, labels: taken.labels.length, malformed, examples, refused, left };
  const unmatchedNew = waiting.filter(({ takenAt }) => takenAt === at).length;
  return { ...read, ...captures, unmatched: waiting.length, unmatchedNew, expired: unmatched - waiting.length };
}
