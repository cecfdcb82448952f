import { Join, type WaitingLabel } from '../../lib/core/feedback/join';
import { isKept, type JoinedRow, readJoinedRow, writeJoinedRow } from '../../lib/core/feedback/joined-row';
import {
  type Alarm,
  judgeRelease,
  type LiveMetric,
  NEVER_JUDGED,
  type ReleaseQuality,
  type ReleaseState,
} from '../../lib/core/feedback/judge-release';
import { type LabelTally, labelsCheck } from '../../lib/core/feedback/labels-check';
import type { QualityGates } from '../../lib/core/feedback/settings';
import { buildReport } from '../../lib/core/report/build';
import { renderHtml } from '../../lib/core/report/html';
import type { Check, Report } from '../../lib/core/report/report';
import { liveRelease, type ReleaseHistory, type ReleaseRecord } from '../../lib/core/rollout/releases';
import { joinedKey, qualityFolder, qualityReportKey } from '../../lib/monitoring/quality-contract';
import type { MonitoringBucket } from './bucket';
import type { MonitorMemory } from './monitor-memory';
import { type AnswerFile, answerFiles, answersIn } from './quality-captures';
import { keepTaken, keepWaiting, LABEL_LIMITS, type LabelLimits, takeLabels, waitingLabels } from './quality-labels';

/** What a check reads and does; everything but the decision. */
export interface QualityPorts {
  readonly endpoint: string;
  readonly bucket: MonitoringBucket;
  readonly memory: MonitorMemory<QualityState>;
  history(): Promise<ReleaseHistory>;
  /** The gates of a run. */
  gates(runId: string): Promise<QualityGates>;
  /** Asks for a run. Told the same twice, it is heard once. */
  degraded(alarms: readonly ReleaseAlarm[], report: string): Promise<readonly string[]>;
  measured(metrics: readonly LiveMetric[], quality: Pick<ReleaseQuality, 'rows' | 'coverage'>): Promise<void>;
  readonly limits?: LabelLimits;
}

/** What a check leaves to the next one, beside the files. */
export interface QualityState {
  /** ISO 8601; empty before the first check. */
  readonly checkedAt: string;
  /** s3:// URI of the last report. */
  readonly report: string;
  readonly releases: Readonly<Record<string, ReleaseState>>;
}

const NEVER_CHECKED: QualityState = { checkedAt: '', report: '', releases: {} };

export interface ReleaseAlarm extends Alarm {
  readonly release: string;
}

export interface QualityOutcome {
  readonly report: Report;
  /** s3:// URI. */
  readonly uri: string;
  readonly events: readonly string[];
}

const DAY_MS = 86_400_000;

/** Files that are read at once. */
const PARALLEL = 4;

/** Rows of one release that are kept at most, the latest labels first. */
const MOST_JOINED = 500_000;

/** A release whose predictions are joined. */
interface Watched {
  readonly record: ReleaseRecord;
  readonly gates: QualityGates;
}

/**
 * One check: takes the labels that came, finds their predictions in what was captured, and judges each release. Everything
 * but the last write may be done again: a check that broke off is repeated as a whole, and changes nothing twice.
 *
 * @param time when the check is due, milliseconds since 1970
 */
export async function checkQuality(ports: QualityPorts, time: number): Promise<QualityOutcome> {
  const at = new Date(time).toISOString();
  const { version, state = NEVER_CHECKED } = await ports.memory.read();
  const history = await ports.history();
  const live = liveRelease(history);
  const { labelDelayDays, windowDays } =
    live === undefined ? DELAYS : (await ports.gates(live.runId)).monitoring.quality;
  const predictedSince = time - labelDelayDays * DAY_MS;
  const labelledSince = time - windowDays * DAY_MS;
  const query = { endpoint: ports.endpoint, from: predictedSince, to: time };
  const files = await answerFiles(ports.bucket, query);
  const watched = await watchedReleases(ports, history, files);
  const join = new Join();
  for (const [release, { gates }] of watched) join.addRelease(release, gates, await joinedRows(ports, release));
  const taken = await takeLabels(ports.bucket, ports.endpoint, at, ports.limits ?? LABEL_LIMITS);
  const earlier = await waitingLabels(ports.bucket, ports.endpoint);
  for (const label of [...earlier, ...taken.labels]) join.addLabel(label);
  const malformedCaptures = await scan(ports, files, watched, join, predictedSince);
  const waiting = join.unmatched().filter((label) => Date.parse(label.takenAt) >= predictedSince);
  const rows = new Map(
    [...watched.keys()].map((release) => [release, latest(join.rows(release), { labelledSince, predictedSince })]),
  );
  const judged = [...watched].map(([release, { gates }]) => {
    const all = rows.get(release) ?? [];
    const evidence = {
      release,
      rows: all.filter(({ labelledAt }) => Date.parse(labelledAt) >= labelledSince),
      joined: all.filter(({ predictedAt }) => Date.parse(predictedAt) >= predictedSince),
      captured: join.tally(release),
    };
    return { release, quality: judgeRelease(evidence, gates, state.releases[release] ?? NEVER_JUDGED) };
  });
  const tally = tallyOf(taken, join.unmatched().length, waiting, { malformedCaptures, captureFiles: files.length, at });
  const serving = servingReleases(files);
  const report = reportOf(judged, tally, live, unrecorded(files, watched), at);
  const uri = await writeReport(ports, report, at);
  for (const [release, kept] of rows) await writeRows(ports, release, kept);
  await keepWaiting(ports.bucket, ports.endpoint, waiting);
  const current = judged.filter(({ release }) => serving.has(release));
  const alarms = current.flatMap(({ release, quality }) => quality.alarms.map((alarm) => ({ ...alarm, release })));
  const events = await ports.degraded(alarms, uri);
  const shown = current.find(({ release }) => release === live?.releaseId);
  if (shown !== undefined) await ports.measured(shown.quality.metrics, shown.quality);
  await keepTaken(ports.bucket, ports.endpoint, taken.taken);
  const releases = statesOf(judged, serving, state.releases);
  if ((await ports.memory.write(version, { checkedAt: at, report: uri, releases })) === undefined) {
    throw new Error(`another check of ${ports.endpoint} ended meanwhile; this one is repeated`);
  }
  return { report, uri, events };
}

/** Where no release is on record there is nothing to join either. */
const DELAYS = { labelDelayDays: 30, windowDays: 30 };

/** Releases with captures or joined rows that are on record: a candidate in its canary is none yet. */
async function watchedReleases(
  { bucket, endpoint, gates }: QualityPorts,
  { releases }: ReleaseHistory,
  files: readonly AnswerFile[],
): Promise<ReadonlyMap<string, Watched>> {
  const folders = await bucket.folders(qualityFolder(endpoint));
  const joined = folders.map((folder) => folder.split('/').at(-2) ?? '');
  const watched = new Map<string, Watched>();
  for (const release of [...new Set([...joined, ...files.map((file) => file.release)])].sort()) {
    const record = releases.find(({ releaseId }) => releaseId === release);
    if (record !== undefined) watched.set(release, { record, gates: await gates(record.runId) });
  }
  return watched;
}

async function joinedRows({ bucket, endpoint }: QualityPorts, release: string): Promise<readonly JoinedRow[]> {
  const rows: JoinedRow[] = [];
  for await (const line of bucket.lines(joinedKey(endpoint, release))) {
    if ('text' in line) rows.push(readJoinedRow(line.text));
  }
  return rows;
}

/** @returns how many lines could not be used */
async function scan(
  { bucket }: QualityPorts,
  files: readonly AnswerFile[],
  watched: ReadonlyMap<string, Watched>,
  join: Join,
  since: number,
): Promise<number> {
  let malformed = 0;
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const file of queue) {
      const release = watched.get(file.release);
      if (release === undefined) continue;
      const count = (): void => {
        malformed += 1;
      };
      for await (const answer of answersIn(bucket, file, release.gates, since, count))
        join.addAnswer(file.release, answer);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return malformed;
}

function latest(rows: readonly JoinedRow[], retention: Parameters<typeof isKept>[1]): readonly JoinedRow[] {
  const kept = rows.filter((row) => isKept(row, retention));
  if (kept.length <= MOST_JOINED) return kept;
  return kept.toSorted((a, b) => (a.labelledAt < b.labelledAt ? 1 : -1)).slice(0, MOST_JOINED);
}

async function writeRows(
  { bucket, endpoint }: QualityPorts,
  release: string,
  rows: readonly JoinedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await bucket.write(joinedKey(endpoint, release), rows.map(writeJoinedRow).join(''), 'application/x-ndjson');
}

/** Those that answered in the last hour with captures: an alarm about others would come too late. */
function servingReleases(files: readonly AnswerFile[]): ReadonlySet<string> {
  const last = files.reduce((hour, file) => (file.hour > hour ? file.hour : hour), '');
  return new Set(files.flatMap(({ hour, release }) => (hour === last ? [release] : [])));
}

const unrecorded = (files: readonly AnswerFile[], watched: ReadonlyMap<string, Watched>): readonly string[] =>
  [...new Set(files.map(({ release }) => release))].filter((release) => !watched.has(release)).sort();

interface Judged {
  readonly release: string;
  readonly quality: ReleaseQuality;
}

/** What a release that does not serve would have raised is not held against it when it serves again. */
function statesOf(
  judged: readonly Judged[],
  serving: ReadonlySet<string>,
  before: Readonly<Record<string, ReleaseState>>,
): Readonly<Record<string, ReleaseState>> {
  return Object.fromEntries(
    judged.map(({ release, quality }) => [
      release,
      serving.has(release) ? quality.state : (before[release] ?? NEVER_JUDGED),
    ]),
  );
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

function reportOf(
  judged: readonly Judged[],
  tally: LabelTally,
  live: ReleaseRecord | undefined,
  candidates: readonly string[],
  at: string,
): Report {
  const checks: Check[] = [labelsCheck(tally)];
  for (const { release, quality } of judged) {
    checks.push(...quality.checks.map((check) => ({ ...check, id: `release-${release}.${check.id}` })));
  }
  if (judged.length === 0) {
    const nothing = candidates.length === 0 ? 'nothing was captured of a release on record' : waits(candidates);
    checks.push({ id: 'coverage', verdict: 'inconclusive', reason: nothing });
  } else if (candidates.length > 0) {
    checks.push({ id: 'candidates', verdict: 'pass', reason: waits(candidates) });
  }
  const release = live === undefined ? {} : { commit: live.commit, model: live.modelPackageArn };
  return buildReport({ gate: 'model', release, checks }, new Date(at));
}

const waits = (releases: readonly string[]): string =>
  `release ${releases.join(', ')} answers requests and is not on record yet: its labels wait`;

async function writeReport({ bucket, endpoint }: QualityPorts, report: Report, at: string): Promise<string> {
  await bucket.write(qualityReportKey(endpoint, at, 'html'), renderHtml(report), 'text/html; charset=utf-8');
  const key = qualityReportKey(endpoint, at);
  await bucket.write(key, `${JSON.stringify(report, null, 2)}\n`, 'application/json');
  return bucket.uri(key);
}
