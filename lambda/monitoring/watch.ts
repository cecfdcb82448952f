import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Baseline, parseBaseline } from '../../lib/core/drift/baseline';
import { type Judged, judgeTraffic } from '../../lib/core/monitoring/outcome';
import { afterCheck, type DriftFinding, isRepeated, type MonitorState } from '../../lib/core/monitoring/state';
import { type Window, windowOf } from '../../lib/core/monitoring/window';
import { renderDriftHtml } from '../../lib/core/report/drift-html';
import type { Report } from '../../lib/core/report/report';
import { liveSince, type ReleaseHistory, type ReleaseRecord } from '../../lib/core/rollout/releases';
import { type DriftCheckResult, type DriftEventDetail, driftReportKey } from '../../lib/monitoring/drift-contract';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { ASSAY_EVENTS } from '../../lib/retraining/contract';
import { gatesOf } from '../rollout/release';
import { releaseIdentity } from '../serving/run-files';
import type { RunDocuments } from '../shared/run-documents';
import { oneLine } from '../shared/text';
import { publishDrift } from './drift-metrics';
import { driftReport, unusableOf } from './drift-report';
import { measureTraffic } from './measure-traffic';
import type { MonitorMemory } from './monitor-memory';

export interface Watch {
  readonly application: string;
  readonly endpoint: string;
  readonly bucket: string;
  readonly s3: S3Client;
  readonly cloudwatch: CloudWatchClient;
  readonly events: EventBridgeClient;
  readonly memory: MonitorMemory<MonitorState>;
  history(): Promise<ReleaseHistory>;
  documents(runId: string): RunDocuments;
}

/**
 * Holds the traffic since the last conclusive check against the data of the release that serves. May be repeated, and
 * cut short anywhere: what a check decided is written down before its event is sent, and sent again until that is done.
 *
 * @param time when the check was due, ISO 8601
 */
export async function checkDrift(watch: Watch, time: string): Promise<DriftCheckResult> {
  const due = new Date(time);
  if (Number.isNaN(due.getTime())) throw new Error(`time is ${JSON.stringify(time)}; an ISO 8601 time is required`);
  const at = due.toISOString();
  const { version, state } = await deliverUnsent(watch);
  if (state !== undefined && isRepeated(state, at)) return repeated(watch, state);
  const live = liveSince(await watch.history());
  if (live === undefined) return { outcome: 'idle', reason: 'no release is on record as serving' };
  const found = await look(watch, live, state, due);
  const next = afterCheck(state, { ...found.checked, at });
  await writeReport(watch, found, next);
  await publishDrift(watch.cloudwatch, found.figures);
  const written = await watch.memory.write(version, next);
  // Another delivery of this very check was faster; what it decided stands.
  if (written === undefined) return repeated(watch, (await deliverUnsent(watch)).state ?? next);
  if (next.unsent !== undefined) await deliver(watch, written, next, next.unsent);
  const { outcome, reason, report } = found.checked;
  return { outcome, reason, report, ...(next.unsent === undefined ? {} : { event: next.unsent.key }) };
}

async function look(
  watch: Watch,
  live: { readonly release: ReleaseRecord; readonly since: string },
  state: MonitorState | undefined,
  due: Date,
) {
  const { endpoint, bucket } = watch;
  const { releaseId, runId, modelPackageArn } = live.release;
  const documents = watch.documents(runId);
  const { document } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const gates = gatesOf(document);
  const { drift } = gates.monitoring;
  const window = windowOf(state, { release: releaseId, since: live.since }, due.getTime(), drift);
  const baseline = await documents.find<unknown>(RUN_KEYS.baseline);
  const reference: Baseline =
    baseline === undefined ? NOTHING : parseBaseline(baseline.document, documents.uri(RUN_KEYS.baseline));
  const measured = await measureTraffic(watch.s3, {
    bucket,
    endpoint,
    release: releaseId,
    gates,
    baseline: reference,
    from: window.from,
    to: window.to,
  });
  const { rows, ...counts } = measured.traffic.found();
  const judged =
    baseline === undefined ? unknownBaseline(releaseId) : judgeTraffic(measured.traffic.columns(), rows, drift);
  const end = new Date(window.to);
  const report = driftReport(judged, { measured, window, at: due }, releaseIdentity(document, modelPackageArn));
  return {
    window,
    report,
    threshold: drift.thresholds.psi.fail,
    figures: { endpoint, at: end, rows, unusable: unusableOf({ rows, ...counts }), features: judged.features },
    checked: {
      endpoint,
      release: releaseId,
      window,
      outcome: judged.outcome,
      reason: oneLine(judged.reason, 500),
      report: `s3://${bucket}/${driftReportKey(endpoint, end.toISOString())}`,
      rows,
      features: judged.features,
      consecutive: drift.consecutive,
    },
  };
}

const NOTHING: Baseline = { schema: 'assay.baseline/1', reference: '', createdAt: '', columns: [] };

function unknownBaseline(release: string): Judged {
  const reason = `release ${release} was registered without a baseline: the next one has it`;
  const checks = [{ id: 'drift.baseline', verdict: 'inconclusive', reason }] as const;
  return { outcome: 'inconclusive', reason, checks, features: [] };
}

interface Found {
  readonly window: Window;
  readonly report: Report;
  readonly threshold: number;
}

async function writeReport(
  { s3, bucket, endpoint }: Watch,
  { window, report, threshold }: Found,
  { series }: MonitorState,
): Promise<void> {
  const [from, to] = [new Date(window.from).toISOString(), new Date(window.to).toISOString()];
  const page = renderDriftHtml(report, { endpoint, window: { from, to }, series, threshold });
  const put = (format: 'json' | 'html', Body: string, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: driftReportKey(endpoint, to, format), Body, ContentType }));
  await put('json', `${JSON.stringify(report, null, 2)}\n`, 'application/json');
  await put('html', page, 'text/html; charset=utf-8');
}

/** An event that an earlier check decided, and that may not have been sent. @returns the memory after it */
async function deliverUnsent(watch: Watch) {
  const { version, state } = await watch.memory.read();
  if (state?.unsent === undefined) return { version, state };
  const { unsent, ...sent } = state;
  return { version: (await deliver(watch, version, state, unsent)) ?? version, state: sent };
}

/** Sends the event, then forgets it. Cut short in between it is sent twice, with one key. @returns the new version */
async function deliver(
  watch: Watch,
  version: number,
  { unsent: _, ...sent }: MonitorState,
  finding: DriftFinding,
): Promise<number | undefined> {
  const { application, endpoint } = watch;
  const detail: DriftEventDetail = { application, kind: 'drift', endpoint, ...finding };
  const { FailedEntryCount = 0, Entries: answers = [] } = await watch.events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: ASSAY_EVENTS.source,
          DetailType: ASSAY_EVENTS.drift,
          Detail: JSON.stringify(detail),
          Time: new Date(finding.at),
        },
      ],
    }),
  );
  if (FailedEntryCount > 0) throw new Error(`the event ${finding.key} was not taken: ${answers[0]?.ErrorMessage}`);
  return watch.memory.write(version, sent);
}

function repeated({ endpoint, bucket }: Watch, { series }: MonitorState): DriftCheckResult {
  const last = series.at(-1);
  if (last === undefined) return { outcome: 'inconclusive', reason: 'this check was made before' };
  const report = `s3://${bucket}/${driftReportKey(endpoint, last.at)}`;
  return { outcome: last.outcome, reason: 'this check was made before', report };
}
