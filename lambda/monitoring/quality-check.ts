import {
  type Alarm,
  judgeRelease,
  type LiveMetric,
  NEVER_JUDGED,
  type ReleaseQuality,
  type ReleaseState,
} from '../../lib/core/feedback/judge-release';
import { labelsCheck } from '../../lib/core/feedback/labels-check';
import { buildReport } from '../../lib/core/report/build';
import { renderHtml } from '../../lib/core/report/html';
import type { Check, Report } from '../../lib/core/report/report';
import { liveRelease, type ReleaseHistory, type ReleaseRecord } from '../../lib/core/rollout/releases';
import { qualityReportKey } from '../../lib/monitoring/quality-contract';
import type { MonitorMemory } from './monitor-memory';
import type { AnswerFile } from './quality-captures';
import { type Evidence, type EvidenceSources, gatherEvidence, type Period } from './quality-evidence';

/** What a check reads and does; everything but the decision. */
export interface QualityPorts extends EvidenceSources {
  readonly memory: MonitorMemory<QualityState>;
  history(): Promise<ReleaseHistory>;
  /** Asks for a run. Told the same twice, it is heard once. */
  degraded(alarms: readonly ReleaseAlarm[], report: string): Promise<readonly string[]>;
  measured(metrics: readonly LiveMetric[], quality: Pick<ReleaseQuality, 'rows' | 'coverage'>): Promise<void>;
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
  const evidence = await gatherEvidence(ports, history, await periodOf(ports, live, time));
  const judged = evidence.releases.map(({ gates, ...rest }) => {
    return { release: rest.release, quality: judgeRelease(rest, gates, state.releases[rest.release] ?? NEVER_JUDGED) };
  });
  const serving = servingReleases(evidence.files);
  const report = reportOf(judged, evidence, live, at);
  const uri = await writeReport(ports, report, at);
  await evidence.keep();
  const current = judged.filter(({ release }) => serving.has(release));
  const alarms = current.flatMap(({ release, quality }) => quality.alarms.map((alarm) => ({ ...alarm, release })));
  const events = await ports.degraded(alarms, uri);
  const shown = current.find(({ release }) => release === live?.releaseId);
  if (shown !== undefined) await ports.measured(shown.quality.metrics, shown.quality);
  await evidence.keepTaken();
  const releases = statesOf(judged, serving, state.releases);
  if ((await ports.memory.write(version, { checkedAt: at, report: uri, releases })) === undefined) {
    throw new Error(`another check of ${ports.endpoint} ended meanwhile; this one is repeated`);
  }
  return { report, uri, events };
}

/** Where no release is on record there is nothing to join either. */
const DELAYS = { labelDelayDays: 30, windowDays: 30 };

async function periodOf({ gates }: EvidenceSources, live: ReleaseRecord | undefined, time: number): Promise<Period> {
  const quality = live === undefined ? DELAYS : (await gates(live.runId)).monitoring.quality;
  return {
    time,
    predictedSince: time - quality.labelDelayDays * DAY_MS,
    labelledSince: time - quality.windowDays * DAY_MS,
  };
}

/** Those that answered in the last hour with captures: an alarm about others would come too late. */
function servingReleases(files: readonly AnswerFile[]): ReadonlySet<string> {
  const last = files.reduce((hour, file) => (file.hour > hour ? file.hour : hour), '');
  return new Set(files.flatMap(({ hour, release }) => (hour === last ? [release] : [])));
}

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

function reportOf(
  judged: readonly Judged[],
  { tally, candidates }: Evidence,
  live: ReleaseRecord | undefined,
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
  if (judged.length > 0 && live !== undefined && !judged.some(({ release }) => release === live.releaseId)) {
    // What others answered says nothing about it.
    const reason = `nothing was captured of release ${live.releaseId}, which serves`;
    checks.push({ id: `release-${live.releaseId}.coverage`, verdict: 'inconclusive', reason });
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
