import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../lambda/observability/rollback-notice';
import { NOTIFY_ENV } from '../../lib/observability/contract';

const sns = mockClient(SNSClient);
beforeEach(() => {
  sns.reset();
  Object.assign(process.env, { [NOTIFY_ENV.application]: 'churn', [NOTIFY_ENV.topicArn]: 'arn:topic' });
});
afterAll(() => sns.restore());

const notice = async (detail: object) => {
  await handler({ detail: { executionArn: 'arn:execution', name: 'n', status: 'FAILED', ...detail } });
  const { Subject, Message } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
  return { subject: Subject, reason: Message?.split('\n')[0] };
};

test.each([
  [
    'done',
    {
      status: 'SUCCEEDED',
      output: JSON.stringify({
        from: '7',
        to: '6',
        verdict: 'pass',
        reason: 'rolled back from release 7 to 6 in 31 s',
      }),
    },
    'churn: production is back at release 6 (from 7), checks: pass',
    'rolled back from release 7 to 6 in 31 s',
  ],
  [
    'refused',
    { error: 'Refused', cause: 'there is nothing to roll back to' },
    'churn: a rollback was refused',
    'there is nothing to roll back to',
  ],
  ['failed', { error: 'RollbackFailed', cause: 'ROLLBACK FAILED: x' }, 'churn: ROLLBACK FAILED', 'ROLLBACK FAILED: x'],
  [
    'out of time',
    { status: 'TIMED_OUT', cause: null, error: null },
    'churn: ROLLBACK FAILED',
    'the rollback ended as TIMED_OUT without a reason; see docs/runbook.md#rollback-failed',
  ],
])('%s', async (_, detail, subject, reason) => {
  await expect(notice(detail)).resolves.toEqual({ subject, reason });
});
