import { Match, Template } from 'aws-cdk-lib/assertions';
import { testApp } from './app';

const retraining = Template.fromStack(testApp().stacks.retraining);

test('live traffic is looked at every six hours, with the time at which that was due', () => {
  retraining.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(6 hours)',
    Target: Match.objectLike({
      Input: '{"time":"<aws.scheduler.scheduled-time>"}',
      DeadLetterConfig: Match.anyValue(),
    }),
  });
});

test('the check reads captures and run documents, and writes reports alone', () => {
  const policies = Object.entries(retraining.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('DriftMonitorCheckRole'),
  );
  expect(policies).toHaveLength(1);
  const text = JSON.stringify(policies);
  for (const allowed of ['/capture/*', '/runs/*/baseline.json', '/runs/*/release.json', 'monitor#drift#'])
    expect(text).toContain(allowed);
  for (const never of ['s3:DeleteObject', '/labels/', 'codepipeline:', 'sagemaker:']) expect(text).not.toContain(never);
});

test('checks that fail are told, with the way to their entry in the runbook', () => {
  const alarms = Object.entries(retraining.findResources('AWS::CloudWatch::Alarm')).filter(([id]) =>
    id.startsWith('DriftMonitor'),
  );
  expect(alarms.map(([, { Properties }]) => Properties.AlarmDescription)).toEqual([
    expect.stringContaining('#drift-check-failed'),
  ]);
});
