import { Match, Template } from 'aws-cdk-lib/assertions';
import type { AppConfigInput } from '../../lib/config/app';
import { CONFIG, testApp } from './app';

type WebhookInput = NonNullable<NonNullable<AppConfigInput['triggers']>['webhook']>;

const templateWith = (webhook: WebhookInput): Template =>
  Template.fromStack(testApp({ ...CONFIG, triggers: { webhook } }).stacks.retraining);
const template = templateWith({});

test('two routes: one for signatures, one for IAM, both to the same function', () => {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
    Properties.RouteKey,
    Properties.AuthorizationType,
  ]);
  expect(routes.sort()).toEqual([
    ['POST /webhook', 'NONE'],
    ['POST /webhook/iam', 'AWS_IAM'],
  ]);
  template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
    IntegrationType: 'AWS_PROXY',
    PayloadFormatVersion: '2.0',
  });
});

test('the stage throttles, and logs neither headers nor bodies', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 20 },
    AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('header|body|authorizer')) },
  });
  templateWith({ ratePerSecond: 2, burst: 3 }).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 3 },
  });
});

test('the secret is drawn by Secrets Manager, and is base64 of 33 bytes', () => {
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: { PasswordLength: 44, ExcludePunctuation: true },
    SecretString: Match.absent(),
  });
});

test('the function may read its secret, its own items, and ask for runs; nothing else', () => {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('WebhookReceive'),
  );
  expect(policies).toHaveLength(1);
  const statements: { Action: string | string[]; Condition?: unknown }[] =
    policies[0]?.[1].Properties.PolicyDocument.Statement;
  const actions = statements.flatMap(({ Action }) => Action);
  expect(actions.sort()).toEqual([
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'secretsmanager:GetSecretValue',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
  const conditions = statements.flatMap(({ Condition }) => Condition ?? []);
  expect(conditions).toEqual([
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['delivery#*'] } },
    { StringEquals: { 'events:source': 'assay', 'events:detail-type': 'Assay Retraining Requested' } },
  ]);
});

test('the command line finds it by the name of the application', () => {
  template.hasResourceProperties('AWS::SSM::Parameter', { Name: '/assay/churn/webhook' });
});

test('named roles may call it signed with IAM; by default nobody may', () => {
  const invokes = (of: Template) =>
    Object.values(of.findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes('execute-api:Invoke'),
    );
  expect(invokes(template)).toEqual([]);
  const [policy] = invokes(templateWith({ callerRoles: ['arn:aws:iam::111122223333:role/monitors'] }));
  expect(policy?.Properties).toMatchObject({ Roles: ['monitors'] });
  expect(JSON.stringify(policy)).toContain('/POST/webhook/iam');
});

test('switched off, there is none', () => {
  const off = templateWith({ enabled: false });
  for (const type of ['ApiGatewayV2::Api', 'SecretsManager::Secret']) off.resourceCountIs(`AWS::${type}`, 0);
});

test('a mistaken configuration is told', () => {
  expect(() => templateWith({ maxBodyBytes: 10, callerRoles: ['monitors'] })).toThrow(
    /triggers\.webhook\.maxBodyBytes.*found 10\n.*callerRoles\.0: is the ARN of a role; found "monitors"/s,
  );
});
