import type { NoticeDraft } from '../../lib/core/notice/notice';
import type { DecidedEvent, FindingEvent } from '../../lib/observability/contract';
import { objectLink, runbookLink } from './links';

/** What a monitor of production found. */
export function draftFinding({ 'detail-type': type, detail, region, time }: FindingEvent): NoticeDraft {
  const { key, reason, report } = detail;
  const event = type === 'Assay Drift Detected' ? 'drift' : 'degradation';
  const headline =
    event === 'drift' ? 'captured traffic has drifted' : 'the release is below its floor on labels that came later';
  return {
    id: `${event}/${key}`,
    event,
    headline,
    reason,
    environment: 'production',
    at: time,
    facts: { report },
    links: [objectLink(region, 'Report', report), runbookLink(event)],
  };
}

const HEADLINES: Readonly<Record<DecidedEvent['detail']['decision'], (kind: string) => string>> = {
  started: (kind) => `a run was started (${kind})`,
  waits: (kind) => `a run waits (${kind})`,
  refused: (kind) => `a run was refused (${kind})`,
};

/** What became of a request for a run. */
export function draftDecision({ detail, region, time }: DecidedEvent): NoticeDraft {
  const { id, decision, trigger, reason, until } = detail;
  const also = trigger.also?.map((other) => `${other.kind}: ${other.reason}`).join('; ');
  return {
    id: `retraining-${decision}/${id}`,
    event: `retraining-${decision}`,
    headline: HEADLINES[decision](trigger.kind),
    reason: decision === 'started' ? trigger.reason : `${reason}; it was asked for because ${trigger.reason}`,
    at: time,
    facts: {
      trigger: trigger.kind,
      askedAt: trigger.at,
      askedBy: trigger.by,
      notBefore: until,
      also: also === '' ? undefined : also,
      report: trigger.report,
    },
    links: [
      objectLink(region, 'Report', trigger.report),
      ...(decision === 'started' ? [] : [runbookLink(`retraining-${decision}`)]),
    ],
  };
}
