import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { NOTICE_EVENTS } from '../../lib/core/notice/notice';
import { CONFIG, ROOT, testApp } from './app';

const CHAT = {
  slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
  teams: {
    tenantId: '11111111-2222-3333-4444-555555555555',
    teamId: '11111111-2222-3333-4444-666666666666',
    channelId: '19%3aabc%40thread.tacv2',
  },
};

const templateOf = (chat: object = {}): Template =>
  Template.fromStack(testApp({ ...CONFIG, notifications: { emails: ['team@example.com'], chat } }).stacks.pipeline);

describe('without a chat', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test('one function tells everything, and may do no more than look, note and publish', () => {
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: Match.objectLike({ TOPIC_ARN: Match.anyValue() }) } },
    });
    expect(Object.keys(functions)).toEqual([expect.stringMatching(/^NoticesNotify/)]);
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('NoticesNotify'),
    );
    const statements: { readonly Action: string | string[]; readonly Condition?: unknown }[] =
      policy?.Properties.PolicyDocument.Statement ?? [];
    const onTable = statements.filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'));
    expect(onTable.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['notice#*'] } },
    ]);
    const actions = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => !/^(logs|xray):|:(Get|List|Describe|BatchGet)\w+$/.test(action));
    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'sns:Publish',
    ]);
  });

  test('of the events that all applications share, its own alone are told', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['assay'],
        'detail-type': ['Assay Drift Detected', 'Assay Degradation Detected', 'Assay Retraining Decided'],
        detail: { application: ['churn'] },
      },
    });
  });

  test('there is one topic and no channel', () => {
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
  });
});

test('chats have an encrypted topic of their own, and may look at most', () => {
  const template = templateOf(CHAT);
  template.resourceCountIs('AWS::SNS::Topic', 2);
  template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  const shared = {
    SnsTopicArns: [{ Ref: Match.stringLikeRegexp('^NoticesChatTopic') }],
    GuardrailPolicies: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/ReadOnlyAccess']] }],
  };
  template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
    ...shared,
    ConfigurationName: 'Churn-Pipeline-slack',
    SlackWorkspaceId: CHAT.slack.workspaceId,
    SlackChannelId: CHAT.slack.channelId,
  });
  template.hasResourceProperties('AWS::Chatbot::MicrosoftTeamsChannelConfiguration', {
    ...shared,
    ConfigurationName: 'Churn-Pipeline-teams',
    TeamsChannelId: CHAT.teams.channelId,
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ CHAT_TOPIC_ARN: { Ref: Match.stringLikeRegexp('ChatTopic') } }) },
  });
  const [role] = Object.values(template.findResources('AWS::IAM::Role')).filter(({ Properties }) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes('chatbot'),
  );
  expect([role?.Properties.Policies, role?.Properties.ManagedPolicyArns]).toEqual([undefined, undefined]);
});

test('a chat that is half described is refused, with the ids it needs', () => {
  expect(() => templateOf({ slack: { workspaceId: 'my workspace' } })).toThrow(
    /notifications\.chat\.slack\.workspaceId: is the id of a Slack workspace, e\.g\. T0123ABCD; found "my workspace"/,
  );
});

test('every alarm on what closes the loop is told to people, by the function that may publish', () => {
  const template = Template.fromStack(testApp().stacks.retraining);
  const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.length).toBeGreaterThanOrEqual(3);
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: Match.arrayEquals(alarms.map((alarm) => ({ 'Fn::GetAtt': [alarm, 'Arn'] }))),
      detail: { state: { value: ['ALARM'] } },
    },
    Targets: [Match.objectLike({ Arn: { 'Fn::ImportValue': Match.stringLikeRegexp('Notify') } })],
  });
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
    const [, entry] = /docs\/runbook\.md#([\w-]+)$/.exec(Properties.AlarmDescription) ?? [];
    expect(runbook).toContain(`\n## ${entry}\n`);
  }
});

test('every entry of the runbook that notices name is there, and every event is in the documentation', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const folder = join(ROOT, 'lambda/observability');
  const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const named = source.flatMap((text) => [...text.matchAll(/runbook: '([\w-]+)'/g)].map(([, entry]) => entry ?? ''));
  expect(named.length).toBeGreaterThan(5);
  const others = ['drift', 'degradation', 'retraining-waits', 'retraining-refused', 'refused', 'stage-failed'];
  for (const entry of [...named, ...others]) expect(runbook).toContain(`\n## ${entry}\n`);
  const page = readFileSync(join(ROOT, 'docs/notices.md'), 'utf8');
  for (const [event, severity] of Object.entries(NOTICE_EVENTS))
    expect(page).toContain(`| \`${event}\` | ${severity} |`);
});
