import { noticeSchema } from '../../../lib/config/notice';
import { chatMessage } from '../../../lib/core/notice/chat';
import type { NoticeDraft } from '../../../lib/core/notice/notice';
import { emailText, writeNotice } from '../../../lib/core/notice/text';

const DRAFT: NoticeDraft = {
  id: 'stage-failed/r1/Train/a1',
  event: 'stage-failed',
  headline: 'c0ffee00 Train failed',
  reason: 'training job churn-1 failed:\n AlgorithmError',
  at: '2026-11-20T10:00:00Z',
  facts: { run: 'r1', modelPackage: 'churn/7', report: undefined },
  links: [undefined, { label: 'Run', url: 'https://example.com/r1' }, { label: 'Runbook', url: 'docs/runbook.md#x' }],
};

test('an e-mail has the reason first, then the facts, then where to read on', () => {
  expect(emailText(writeNotice('churn', DRAFT)).split('\n')).toEqual([
    'training job churn-1 failed: AlgorithmError',
    '',
    'Application: churn',
    'Run: r1',
    'Model package: churn/7',
    'At: 2026-11-20T10:00:00Z',
    'Severity: warning (stage-failed)',
    '',
    'Run: https://example.com/r1',
    'Runbook: docs/runbook.md#x',
  ]);
});

test.each([
  ['größe', 'grosse'.replace('ss', '?')],
  ['a\nb', 'a b'],
  ['  – „x“…', '- ?x?...'],
  ['x'.repeat(300), `${'x'.repeat(89)}...`],
])('the subject %j is one that SNS takes', (headline, expected) => {
  const notice = writeNotice('churn', { ...DRAFT, headline });
  expect(notice.subject).toBe(`churn: ${expected}`);
  expect(notice.subject.length).toBeLessThan(100);
  expect(noticeSchema.parse(notice)).toEqual(notice);
});

test('a reason is one line of bounded length', () => {
  const { reason } = writeNotice('churn', { ...DRAFT, reason: `a\n${'b'.repeat(5000)}` });
  expect([reason.length, reason.slice(0, 3)]).toEqual([1000, 'a b']);
});

test('a chat gets the custom schema, the only one of ours that it shows', () => {
  const message = chatMessage(writeNotice('churn', { ...DRAFT, environment: 'staging' }));
  expect(message).toEqual({
    version: '1.0',
    source: 'custom',
    id: DRAFT.id,
    content: {
      textType: 'client-markdown',
      title: ':warning: churn: c0ffee00 Train failed',
      description: 'training job churn-1 failed: AlgorithmError\n*run*: r1\n*modelPackage*: churn/7',
      nextSteps: ['<https://example.com/r1|Run>', 'Runbook: docs/runbook.md#x'],
      keywords: ['churn', 'warning', 'stage-failed'],
    },
    metadata: {
      threadId: 'churn/r1',
      summary: 'churn: c0ffee00 Train failed',
      eventType: 'stage-failed',
      additionalContext: { severity: 'warning', environment: 'staging' },
    },
  });
});
