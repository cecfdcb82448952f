import type { Report } from '../core/report/report';
import { LANDING_GATES, reportKey, runPrefix } from '../pipeline/contract';
import type { ObjectStore } from './objects';

/** What a gate of a run said about one version of a dataset; undefined when it did not judge that. */
export async function judged(
  store: ObjectStore,
  bucket: string,
  { runId, version }: { readonly runId: string; readonly version: string },
  gate: (typeof LANDING_GATES)[number],
): Promise<Report | undefined> {
  const text = await store.readTextIfPresent(bucket, runPrefix(runId) + reportKey(gate));
  if (text === undefined) return undefined;
  const report = JSON.parse(text) as Report;
  // A retried run may have left the report of its first attempt.
  return report.release.dataset?.version === version ? report : undefined;
}

/** Why a version did not pass, in one line; undefined when no gate said so. */
export async function refusalOf(
  store: ObjectStore,
  bucket: string,
  made: { readonly runId: string; readonly version: string },
): Promise<string | undefined> {
  for (const gate of LANDING_GATES) {
    const report = await judged(store, bucket, made, gate);
    if (report === undefined || report.verdict === 'pass') continue;
    const [line = ''] = report.reason.split('\n');
    return `${gate} gate: ${report.verdict}: ${line}`;
  }
  return undefined;
}
