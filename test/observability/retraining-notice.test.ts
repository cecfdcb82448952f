import { handler } from '../../lambda/observability/notify';
import { AT, alarmed, decided, found, TRIGGER } from './events';
import { mockTopic } from './topic';

const topic = mockTopic();

test.each([
  ['Assay Drift Detected', 'drift', 'warning', 'churn: captured traffic has drifted'],
  [
    'Assay Degradation Detected',
    'degradation',
    'critical',
    'churn: the release is below its floor on labels that came later',
  ],
] as const)('%s', async (type, event, severity, subject) => {
  await handler(found(type));
  expect(topic.notices()).toEqual([
    {
      schema: 'assay.notice/1',
      id: `${event}/${TRIGGER.key}`,
      severity,
      event,
      application: 'churn',
      environment: 'production',
      subject,
      reason: TRIGGER.reason,
      at: AT,
      facts: { report: TRIGGER.report },
      links: [
        {
          label: 'Report',
          url: 'https://us-east-1.console.aws.amazon.com/s3/object/monitoring?region=us-east-1&prefix=drift%2Fchurn-production%2F1.html',
        },
        { label: 'Runbook', url: `docs/runbook.md#${event}` },
      ],
    },
  ]);
});

test('a run that was started says why and what else it answers', async () => {
  const also = [{ kind: 'new-data', reason: '2 files' } as const];
  await handler(decided({ trigger: { ...TRIGGER, also, by: 'monitor' } }));
  expect(topic.notices()).toMatchObject([
    {
      event: 'retraining-started',
      severity: 'info',
      subject: 'churn: a run was started (drift)',
      reason: TRIGGER.reason,
      facts: { trigger: 'drift', askedAt: AT, askedBy: 'monitor', also: 'new-data: 2 files' },
    },
  ]);
});

test('a request that waits says for what, and until when', async () => {
  await handler(
    decided({ decision: 'waits', reason: '6 hours of cool-down follow', until: '2026-11-20T16:00:00.000Z' }),
  );
  expect(topic.notices()).toMatchObject([
    {
      event: 'retraining-waits',
      severity: 'info',
      reason: `6 hours of cool-down follow; it was asked for because ${TRIGGER.reason}`,
      facts: { notBefore: '2026-11-20T16:00:00.000Z' },
    },
  ]);
});

test('waiting and starting are two events of one request; a refusal is a warning', async () => {
  await handler(decided({ decision: 'waits' }));
  await handler(decided({ decision: 'started' }));
  await handler(decided({ decision: 'refused', reason: 'held back for 7 days' }));
  expect(topic.notices().map(({ event, severity }) => [event, severity])).toEqual([
    ['retraining-waits', 'info'],
    ['retraining-started', 'info'],
    ['retraining-refused', 'warning'],
  ]);
});

test('an alarm is told with its description, and leads to its entry of the runbook', async () => {
  await handler(alarmed({ description: 'Requests for runs could not be taken. docs/runbook.md#triggers-undelivered' }));
  expect(topic.notices()).toMatchObject([
    {
      event: 'alarm',
      severity: 'warning',
      reason: 'Requests for runs could not be taken.',
      links: [{ url: 'docs/runbook.md#triggers-undelivered' }],
      facts: { alarm: 'Churn-Retraining-Undelivered', state: 'Threshold Crossed: 1.0 > 0.0' },
    },
  ]);
});

test('an alarm without a description is told by its name and what it saw', async () => {
  await handler(alarmed());
  const [notice] = topic.notices();
  expect(notice).toMatchObject({ reason: 'Churn-Retraining-Undelivered: Threshold Crossed: 1.0 > 0.0', links: [] });
});

test('an event that no notice is known for is an error, not silence', async () => {
  const unknown = { ...decided({}), 'detail-type': 'Assay Something New' } as unknown as Parameters<typeof handler>[0];
  await expect(handler(unknown)).rejects.toThrow('no notice is known for events of type "Assay Something New"');
});
