import type { NoticeDraft } from '../../lib/core/notice/notice';
import type { ExecutionEvent } from '../../lib/observability/contract';
import type { RollbackResult } from '../../lib/rollout/rollback-contract';
import { executionLink, runbookLink } from './links';

/** How a rollback ended that a person or a rejection started. */
export function draftRollback({ detail, region, time }: ExecutionEvent): NoticeDraft {
  const { executionArn, status } = detail;
  const { runbook, facts = {}, ...outcome } = outcomeOf(detail);
  return {
    id: `rollback/${executionArn}`,
    ...outcome,
    environment: 'production',
    at: time,
    facts: { ...facts, execution: executionArn, status },
    links: [executionLink(region, executionArn), runbookLink(runbook)],
  };
}

interface Outcome extends Pick<NoticeDraft, 'event' | 'headline' | 'reason' | 'facts'> {
  readonly runbook: string;
}

function outcomeOf({ status, output, error, cause }: ExecutionEvent['detail']): Outcome {
  if (status === 'SUCCEEDED') {
    const { from, to, verdict, reason } = JSON.parse(output ?? '{}') as RollbackResult;
    return {
      event: 'rolled-back',
      headline: `production is back at release ${to} (from ${from}), checks: ${verdict}`,
      reason,
      facts: { release: String(to), from: String(from), checks: verdict },
      runbook: 'go-back-by-hand',
    };
  }
  const reason = cause ?? `the rollback ended as ${status} without a reason; see docs/runbook.md#rollback-failed`;
  // Nothing was touched then.
  if (error === 'Refused')
    return { event: 'rollback-refused', headline: 'a rollback was refused', reason, runbook: 'refused' };
  return { event: 'rollback-failed', headline: 'ROLLBACK FAILED', reason, runbook: 'rollback-failed' };
}
