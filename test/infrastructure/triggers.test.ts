import { Match, Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';
import type { AppConfigInput } from '../../lib/config/app';
import { CONFIG, testApp } from './app';
import { flatten, machines } from './asl';

const retraining = (config: AppConfigInput = CONFIG): Template => Template.fromStack(testApp(config).stacks.retraining);
const template = retraining();

interface Rule {
  readonly EventPattern: { readonly source: string[]; readonly 'detail-type': string[]; readonly detail: object };
}

/** A state's JSONata expression, of an input. */
const evaluated = (field: unknown, input: object): Promise<unknown> =>
  jsonata(String(field).replace(/^{%|%}$/g, '')).evaluate({}, { states: { input } });

/** Patterns of the rules that lead to the function that starts runs, directly or after a wait. */
const patterns = (from: Template): Rule['EventPattern'][] =>
  Object.entries(from.findResources('AWS::Events::Rule'))
    .filter(([id]) => id.startsWith('Triggers'))
    .map(([, { Properties }]) => (Properties as Rule).EventPattern);
const schedules = (from: Template): Record<string, unknown>[] =>
  Object.entries(from.findResources('AWS::Scheduler::Schedule'))
    .filter(([id]) => id.startsWith('Triggers'))
    .map(([, { Properties }]) => Properties);

test('requests, drift, degradation, uploads and the runs themselves reach the function', () => {
  const found = patterns(template).map(({ source, 'detail-type': types }) => `${source}: ${types}`);
  expect(found.sort()).toEqual([
    'assay: Assay Degradation Detected',
    'assay: Assay Drift Detected',
    'assay: Assay Retraining Decided',
    'assay: Assay Retraining Requested',
    'aws.codepipeline: CodePipeline Pipeline Execution State Change',
    'aws.s3: Object Created',
  ]);
});

test('uploads are those to the landing folder of the golden bucket', () => {
  const upload = patterns(template).find(({ source }) => source.includes('aws.s3'));
  expect(upload?.detail).toEqual({
    bucket: { name: [{ 'Fn::ImportValue': expect.stringContaining('GoldenDataBucket') }] },
    object: { key: [{ prefix: 'landing/' }] },
  });
});

test('the schedule is weekly in its time zone, the tick comes every 15 minutes, and both say when they were due', () => {
  expect(schedules(template)).toMatchObject([
    { ScheduleExpression: 'cron(0 6 ? * MON *)', ScheduleExpressionTimezone: 'UTC', State: 'ENABLED' },
    { ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' },
  ]);
  for (const { Target } of schedules(template)) {
    const { Input, RetryPolicy, DeadLetterConfig } = Target as Record<string, unknown>;
    expect(JSON.parse(flatten(Input))).toMatchObject({ time: '<aws.scheduler.scheduled-time>' });
    expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 3 });
    expect(DeadLetterConfig).toBeDefined();
  }
});

test('what waits until a known time is looked at then', async () => {
  const decided = patterns(template).find(({ 'detail-type': types }) => types.includes('Assay Retraining Decided'));
  expect(decided?.detail).toEqual({ application: ['churn'], decision: ['waits'], until: [{ exists: true }] });
  const { UntilItMayStart: wait, Ask: ask } = Object.values(machines(template))[0]?.States ?? {};
  expect(wait).toMatchObject({ Type: 'Wait', Next: 'Ask' });
  const event = { time: '2026-03-02T00:00:00Z', detail: { until: '2026-03-02T00:15:00.000Z' } };
  expect(await evaluated(wait?.Seconds, event)).toBe(900);
  expect(await evaluated(wait?.Seconds, { ...event, time: '2026-03-02T01:00:00Z' })).toBe(0);
  expect(ask?.Arguments).toMatchObject({ Payload: { kind: 'tick', time: '{% $states.input.detail.until %}' } });
});

test('the time zone and the time are the configured ones', () => {
  const config = { ...CONFIG, triggers: { schedule: { cron: '30 4 1 * ? *', timeZone: 'Europe/Berlin' } } };
  expect(schedules(retraining(config))).toContainEqual(
    expect.objectContaining({ ScheduleExpression: 'cron(30 4 1 * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin' }),
  );
});

test('each kind can be switched off: requests by hand and the watch over runs stay', () => {
  const off = { enabled: false };
  const none = retraining({
    ...CONFIG,
    triggers: { schedule: off, newData: off, drift: off, degradation: off, webhook: off },
  });
  expect(schedules(none)).toMatchObject([{ ScheduleExpression: 'rate(15 minutes)' }]);
  const left = patterns(none);
  expect(left.map(({ 'detail-type': types }) => types[0]).sort()).toEqual([
    'Assay Retraining Decided',
    'Assay Retraining Requested',
    'CodePipeline Pipeline Execution State Change',
  ]);
  expect(left.find(({ 'detail-type': types }) => types.includes('Assay Retraining Requested'))?.detail).toEqual({
    application: ['churn'],
    kind: ['manual'],
  });
});

test('what cannot be taken is kept for two weeks, and somebody is told', () => {
  template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    AlarmDescription: Match.stringLikeRegexp('docs/runbook.md#triggers-undelivered'),
  });
});

test('is deployed after the pipeline that it starts: the first tick finds it', () => {
  const { stacks } = testApp();
  expect(stacks.retraining.dependencies).toContain(stacks.pipeline);
});

test('the function starts one pipeline, and touches its own items alone', () => {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('TriggersStartHandlerRoleDefaultPolicy'),
  );
  const statements = (policy?.[1].Properties.PolicyDocument.Statement ?? []) as Record<string, unknown>[];
  const of = (action: string) => statements.find(({ Action }) => JSON.stringify(Action).includes(action));
  expect(flatten(of('codepipeline:StartPipelineExecution')?.Resource)).toMatch(/:churn-release$/);
  expect(of('dynamodb:PutItem')).toMatchObject({
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['state', 'trigger#*'] } },
  });
  expect(of('events:PutEvents')?.Condition).toEqual({
    StringEquals: { 'events:source': 'assay', 'events:detail-type': 'Assay Retraining Decided' },
  });
});
