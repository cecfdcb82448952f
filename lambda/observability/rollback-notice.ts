import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type ExecutionEvent, NOTIFY_ENV } from '../../lib/observability/contract';
import type { RollbackResult } from '../../lib/rollout/rollback-contract';
import { requiredEnv } from '../shared/text';

/** Longest subject that SNS takes. */
const LONGEST_SUBJECT = 100;

/** Publishes how a rollback ended, reason first. A repeated event repeats the notice. */
export async function handler({ detail }: ExecutionEvent): Promise<void> {
  const application = requiredEnv(NOTIFY_ENV.application);
  const { headline, reason } = outcomeOf(detail);
  await new SNSClient({}).send(
    new PublishCommand({
      TopicArn: requiredEnv(NOTIFY_ENV.topicArn),
      Subject: `${application}: ${headline}`.slice(0, LONGEST_SUBJECT),
      Message: `${reason}\n\nexecution: ${detail.executionArn}\n`,
    }),
  );
}

function outcomeOf({ status, output, error, cause }: ExecutionEvent['detail']): {
  readonly headline: string;
  readonly reason: string;
} {
  if (status === 'SUCCEEDED') {
    const { from, to, verdict, reason } = JSON.parse(output ?? '{}') as RollbackResult;
    return { headline: `production is back at release ${to} (from ${from}), checks: ${verdict}`, reason };
  }
  const reason = cause ?? `the rollback ended as ${status} without a reason; see docs/runbook.md#rollback-failed`;
  // Nothing was touched then.
  if (error === 'Refused') return { headline: 'a rollback was refused', reason };
  return { headline: 'ROLLBACK FAILED', reason };
}
