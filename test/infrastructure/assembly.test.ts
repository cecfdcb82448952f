import { CONFIG, type Templates, templatesOf, testApp } from './app';
import { machines, problems, statesOf } from './asl';

/** What the one-machine engine provisions. A new type needs a provider there first. */
const KNOWN_TYPES = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Athena::WorkGroup',
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeBuild::Project',
  'AWS::CodeBuild::ReportGroup',
  'AWS::CodePipeline::Pipeline',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Glue::Database',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::SageMaker::ModelPackageGroup',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
];

const INTEGRATIONS =
  /^arn:aws:states:::(lambda:invoke|sagemaker:(createTrainingJob\.sync|createTransformJob\.sync|createModel)|aws-sdk:sagemaker:\w+|sns:publish|states:startExecution)$/;

/** Names that CloudFormation would have to replace, and cannot while the old one exists. */
const NAME_PROPERTIES = [
  'BucketName',
  'FunctionName',
  'RoleName',
  'TopicName',
  'StateMachineName',
  'LogGroupName',
  'AlarmName',
];

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let templates: Templates;
let resources: [id: string, resource: Resource][];

beforeAll(() => {
  templates = templatesOf(testApp());
  resources = Object.values(templates).flatMap((template) => Object.entries<Resource>(template.toJSON().Resources));
});

test('every resource type is one that both engines know', () => {
  expect([...new Set(resources.map(([, { Type }]) => Type))].filter((type) => !KNOWN_TYPES.includes(type))).toEqual([]);
});

test('no resource has a physical name that stands in the way of its replacement', () => {
  // Alarms of a variant are looked up by name, which the rollout needs before it can describe them.
  const named = resources.filter(([, { Type, Properties = {} }]) => {
    return (
      Type !== 'AWS::CloudWatch::Alarm' &&
      // Not their own names: those of their functions.
      !['AWS::Lambda::Permission', 'AWS::Lambda::EventInvokeConfig'].includes(Type) &&
      NAME_PROPERTIES.some((name) => name in Properties)
    );
  });
  expect(named.map(([id]) => id)).toEqual([]);
});

test('log groups expire, functions run on Node 22 with a log group and a timeout', () => {
  for (const [id, { Type, Properties }] of resources) {
    if (Type === 'AWS::Logs::LogGroup') expect([id, Properties.RetentionInDays]).toEqual([id, expect.any(Number)]);
    if (Type !== 'AWS::Lambda::Function') continue;
    expect([id, Properties]).toEqual([
      id,
      expect.objectContaining({
        Runtime: 'nodejs22.x',
        Timeout: expect.any(Number),
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: expect.objectContaining({ LogGroup: expect.anything() }),
      }),
    ]);
  }
});

test('rules match plain patterns and have one target with retries', () => {
  const rules = resources.filter(([, { Type }]) => Type === 'AWS::Events::Rule');
  expect(rules.length).toBeGreaterThanOrEqual(3);
  for (const [, { Properties }] of rules) {
    expect(Properties.EventPattern).toEqual(
      expect.objectContaining({ source: expect.any(Array), 'detail-type': expect.any(Array) }),
    );
    expect(Properties.Targets).toEqual([
      expect.objectContaining({ RetryPolicy: expect.objectContaining({ MaximumRetryAttempts: 3 }) }),
    ]);
  }
});

describe('state machines', () => {
  const all = () =>
    Object.values(templates).flatMap((template) =>
      Object.entries(machines(template)).map(([id, machine]) => ({ id, machine })),
    );

  test('are JSONata, connected, and every expression parses', () => {
    expect(all().length).toBeGreaterThanOrEqual(4);
    for (const { id, machine } of all()) expect([id, ...problems(machine)]).toEqual([id]);
  });

  test('use integrations that both engines know, with a timeout for every job and a catch for every task', () => {
    for (const { machine } of all()) {
      for (const { name, state } of statesOf(machine)) {
        if (state.Type !== 'Task') continue;
        expect([name, state.Resource]).toEqual([name, expect.stringMatching(INTEGRATIONS)]);
        if (state.Resource?.endsWith('.sync') !== true) continue;
        expect([name, state.TimeoutSeconds, state.Retry, state.Catch]).toEqual([
          name,
          expect.any(Number),
          expect.any(Array),
          expect.any(Array),
        ]);
      }
    }
  });

  test('a broken definition is found', () => {
    const broken = {
      QueryLanguage: 'JSONPath',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Next: 'Gone', Result: {}, Output: '{% $sum( %}' }, Lost: { Type: 'Succeed' } },
    };
    expect(problems(broken)).toEqual([
      'the machine is not in JSONata',
      'A: no state Gone',
      'A: Result belongs to JSONPath',
      expect.stringContaining('{% $sum( %}'),
      'Lost: cannot be reached',
    ]);
  });
});

test('two syntheses give the same templates', () => {
  const again = templatesOf(testApp(CONFIG));
  for (const name of ['data', 'staging', 'production', 'pipeline'] as const) {
    expect(JSON.stringify(again[name].toJSON())).toBe(JSON.stringify(templates[name].toJSON()));
  }
});
