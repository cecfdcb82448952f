import type { NoticeDraft } from '../../lib/core/notice/notice';
import type { AlarmEvent } from '../../lib/observability/contract';
import { runbookLink } from './links';

/** Descriptions of alarms end with their entry of the runbook. */
const ENTRY = /^(.*?)\s*\S*runbook\.md#([\w-]+)$/;

/** Something that Assay does by itself does not work. */
export function draftAlarm({ detail, time }: AlarmEvent): NoticeDraft {
  const { alarmName, state, configuration = {} } = detail;
  const { description = `${alarmName}: ${state.reason ?? 'no reason is known'}` } = configuration;
  const [, reason = description, entry] = ENTRY.exec(description) ?? [];
  return {
    id: `alarm/${alarmName}/${state.timestamp ?? time}`,
    event: 'alarm',
    headline: 'an alarm is on',
    reason,
    at: time,
    facts: { alarm: alarmName, state: state.reason },
    links: [...(entry === undefined ? [] : [runbookLink(entry)])],
  };
}
