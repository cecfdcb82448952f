import { handler } from '../../lambda/observability/notify';
import type { ExecutionEvent } from '../../lib/observability/contract';
import { EXECUTION, rollbackEnded } from './events';
import { mockTopic } from './topic';

const topic = mockTopic();

test.each<[string, Partial<ExecutionEvent['detail']>, object]>([
  [
    'done',
    {
      status: 'SUCCEEDED',
      output: JSON.stringify({ from: '7', to: '6', verdict: 'pass', reason: 'rolled back from 7 to 6 in 31 s' }),
    },
    {
      event: 'rolled-back',
      severity: 'critical',
      subject: 'churn: production is back at release 6 (from 7), checks: pass',
      reason: 'rolled back from 7 to 6 in 31 s',
      facts: { release: '6', from: '7', checks: 'pass', execution: EXECUTION },
    },
  ],
  [
    'refused',
    { error: 'Refused', cause: 'there is nothing to roll back to' },
    {
      event: 'rollback-refused',
      severity: 'warning',
      subject: 'churn: a rollback was refused',
      reason: 'there is nothing to roll back to',
    },
  ],
  [
    'failed',
    { error: 'RollbackFailed', cause: 'ROLLBACK FAILED: x' },
    {
      event: 'rollback-failed',
      severity: 'critical',
      subject: 'churn: ROLLBACK FAILED',
      reason: 'ROLLBACK FAILED: x',
    },
  ],
  [
    'out of time',
    { status: 'TIMED_OUT', cause: null, error: null },
    {
      event: 'rollback-failed',
      reason: 'the rollback ended as TIMED_OUT without a reason; see docs/runbook.md#rollback-failed',
    },
  ],
])('%s', async (_, detail, expected) => {
  await handler(rollbackEnded(detail));
  expect(topic.notices()).toEqual([expect.objectContaining({ environment: 'production' })]);
  expect(topic.notices()[0]).toMatchObject(expected);
});
