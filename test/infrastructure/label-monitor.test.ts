import { Match, Template } from 'aws-cdk-lib/assertions';
import { CONFIG, testApp } from './app';

const template = Template.fromStack(testApp(CONFIG).stacks.retraining);

test('labels are looked at every day, and the check is told when it was due', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 day)',
    Target: {
      Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LabelMonitorCheck'), 'Arn'] },
      Input: '{"time":"<aws.scheduler.scheduled-time>"}',
      DeadLetterConfig: Match.anyValue(),
    },
  });
});

test('the check may write reports and its own item, and nothing else', () => {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('LabelMonitorCheckRole'),
  );
  const statements: { Action: string | string[]; Resource: unknown; Condition?: unknown }[] =
    policy?.[1].Properties.PolicyDocument.Statement;
  const writes = statements.filter(({ Action }) => /Put|Delete|Update|Create|Abort/.test(String(Action)));
  expect(writes.flatMap(({ Action }) => [Action].flat().filter((action) => /Put/.test(action))).sort()).toEqual([
    'cloudwatch:PutMetricData',
    'dynamodb:PutItem',
    'events:PutEvents',
    'logs:PutLogEvents',
    's3:PutObject',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
  expect(JSON.stringify(writes)).toContain('/quality/*');
  expect(JSON.stringify(writes)).not.toMatch(/\/(capture|labels)\/\*/);
  expect(JSON.stringify(writes)).toContain('"dynamodb:LeadingKeys":["monitor#quality#churn-production"]');
});

test('checks that keep failing raise an alarm that names its entry of the runbook', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('#label-check-failed$'),
  });
});
