import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type CodeBuild, createCodeBuild } from '../../../lib/local/codebuild/service';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import type { Json } from '../../../lib/local/engine/json';
import { whenDone } from '../../../lib/local/engine/underway';
import { connectPipelines } from '../../../lib/local/events/targets';
import { AwsCallError, awsJsonCall } from '../../../lib/local/provision/aws-call';
import { createStepFunctions, type StepFunctions } from '../../../lib/local/stepfunctions';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

const folder = temporaryFolder();
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const started: object[] = [];
let engine: Awaited<ReturnType<typeof startTestEngine>>;
let stepfunctions: StepFunctions;
let codebuild: CodeBuild;
let client: EventBridgeClient;

const rule = (Targets: object[]) => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: { source: ['shop'] }, Targets },
});

beforeAll(async () => {
  engine = await startTestEngine(folder.path);
  stepfunctions = createStepFunctions(engine.context, engine.lambda);
  codebuild = createCodeBuild(engine.context);
  for (const handler of [...stepfunctions.handlers, ...codebuild.handlers]) engine.gateway.register(handler);
  connectPipelines(engine.bus, {
    start: (name, trigger) => {
      started.push({ name, trigger });
      return 'run-1';
    },
  });
  client = new EventBridgeClient({ ...awsClientConfig(engine.context), maxAttempts: 1 });
  const machine = { StartAt: 'Keep', QueryLanguage: 'JSONata', States: { Keep: { Type: 'Pass', End: true } } };
  const dead = { DeadLetterConfig: { Arn: arnOf('Dead') } };
  const template = {
    Resources: {
      Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { DefinitionString: JSON.stringify(machine), RoleArn: 'arn:r' },
      },
      Project: {
        Type: 'AWS::CodeBuild::Project',
        Properties: {
          ServiceRole: 'arn:r',
          Artifacts: { Type: 'NO_ARTIFACTS' },
          Source: {
            Type: 'NO_SOURCE',
            BuildSpec: JSON.stringify({ version: 0.2, phases: { build: { commands: ['test $N = 7'] } } }),
          },
          Environment: {
            Type: 'LINUX_CONTAINER',
            Image: 'aws/codebuild/standard:7.0',
            ComputeType: 'BUILD_GENERAL1_SMALL',
          },
        },
      },
      Reached: rule([
        { Id: 'M', Arn: arnOf('Machine'), RoleArn: 'arn:r', InputPath: '$.detail' },
        {
          Id: 'B',
          Arn: arnOf('Project'),
          RoleArn: 'arn:r',
          InputTransformer: {
            InputPathsMap: { n: '$.detail.n' },
            InputTemplate: '{"environmentVariablesOverride": [{"name": "N", "value": "<n>"}]}',
          },
        },
        { Id: 'P', Arn: 'arn:aws:codepipeline:us-east-1:123456789012:churn', RoleArn: 'arn:r' },
      ]),
      Lost: rule([
        {
          Id: 'L',
          Arn: 'arn:aws:lambda:us-east-1:123456789012:function:gone',
          RetryPolicy: { MaximumRetryAttempts: 2 },
          ...dead,
        },
        { Id: 'S', Arn: 'arn:aws:shaky:one', RetryPolicy: { MaximumRetryAttempts: 2 }, ...dead },
        { Id: 'A', Arn: 'arn:aws:shaky:old', RetryPolicy: { MaximumEventAgeInSeconds: 60 }, ...dead },
        { Id: 'O', Arn: 'arn:aws:shaky:once', ...dead },
      ]),
    },
  };
  engine.bus.target('arn:aws:shaky:', async ({ target }) => {
    shaken.push(target.arn);
    const ofTarget = shaken.filter((arn) => arn === target.arn).length;
    if (!target.arn.endsWith('once') || ofTarget < 3) throw new AwsCallError('ServiceUnavailable', 'try later', 503);
  });
  await engine.deploy(writeAssembly({ Shop: { template } }), [...stepfunctions.providers, ...codebuild.providers]);
});
const shaken: string[] = [];
afterAll(async () => {
  client.destroy();
  await codebuild.close();
  await stepfunctions.close();
  await engine.close();
  folder.remove();
});

const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'shop',
  DetailType: 'Ordered',
  Detail: '{"n":7}',
  ...more,
});

test('a rule starts a state machine, a build and a pipeline; what it cannot reach goes to its dead-letter queue', async () => {
  const { FailedEntryCount, Entries = [] } = await put(entry({ Time: new Date('2026-01-02T03:04:05Z') }));
  expect(FailedEntryCount).toBe(0);
  await whenDone(...[engine.bus, stepfunctions, codebuild].map((service) => () => service.underway()));

  const call = (service: string, target: string, input: object) =>
    awsJsonCall(engine.context, service, target, { ...input });
  const { stateMachines } = await call('states', 'AWSStepFunctions.ListStateMachines', {});
  const [{ stateMachineArn } = {} as Json] = stateMachines as Json[];
  const { executions } = await call('states', 'AWSStepFunctions.ListExecutions', { stateMachineArn });
  const [execution = {}] = executions as Json[];
  const described = await call('states', 'AWSStepFunctions.DescribeExecution', {
    executionArn: execution.executionArn,
  });
  expect(described).toMatchObject({ status: 'SUCCEEDED', output: '{"n":7}' });

  const { projects } = await call('codebuild', 'CodeBuild_20161006.ListProjects', {});
  const [projectName] = projects as string[];
  const { ids } = await call('codebuild', 'CodeBuild_20161006.ListBuildsForProject', { projectName });
  const { builds } = await call('codebuild', 'CodeBuild_20161006.BatchGetBuilds', { ids });
  expect(builds).toEqual([expect.objectContaining({ buildStatus: 'SUCCEEDED' })]);

  expect(started).toEqual([
    { name: 'churn', trigger: { type: 'event', rule: expect.stringContaining(':rule/Shop-Reached-') } },
  ]);

  const { QueueUrls } = await call('sqs', 'AmazonSQS.ListQueues', { QueueNamePrefix: 'Shop-Dead' });
  const receive = { QueueUrl: (QueueUrls as string[])[0], MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages } = await call('sqs', 'AmazonSQS.ReceiveMessage', receive);
  const letters = (Messages as Json[]).map(({ Body, MessageAttributes }) => {
    const attributes = Object.entries(MessageAttributes as Record<string, { StringValue: string }>);
    return {
      event: JSON.parse(String(Body)),
      ...Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue])),
    };
  });
  const event = { id: Entries[0]?.EventId, time: '2026-01-02T03:04:05Z', detail: { n: 7 } };
  const letter = (TARGET_ARN: string, more: object) =>
    expect.objectContaining({
      event: expect.objectContaining(event),
      RULE_ARN: expect.stringContaining(':rule/Shop-Lost-'),
      TARGET_ARN,
      ...more,
    });
  expect(letters).toHaveLength(3);
  expect(letters).toEqual(
    expect.arrayContaining([
      letter('arn:aws:lambda:us-east-1:123456789012:function:gone', { RETRY_ATTEMPTS: '0', ERROR_CODE: 'Error' }),
      letter('arn:aws:shaky:one', {
        RETRY_ATTEMPTS: '2',
        ERROR_CODE: 'ServiceUnavailable',
        ERROR_MESSAGE: 'try later',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      }),
      // Waits of 1, 2, 4, 8 and 16 seconds are within a minute; 32 more are not.
      letter('arn:aws:shaky:old', { RETRY_ATTEMPTS: '5', EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' }),
    ]),
  );
  expect(shaken.filter((arn) => arn === 'arn:aws:shaky:once')).toHaveLength(3);
  expect(engine.bus.failures).toHaveLength(3);
});

describe('PutEvents', () => {
  test.each<[string, Partial<PutEventsRequestEntry>, string, string]>([
    ['no source', { Source: '' }, 'InvalidArgument', 'Source is a required argument'],
    ['no detail', { Detail: '' }, 'InvalidArgument', 'Detail is a required argument'],
    ['a detail that is a list', { Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ["AWS's own source", { Source: 'aws.s3' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
    ['another bus', { EventBusName: 'orders' }, 'ResourceNotFoundException', 'Event bus orders does not exist'],
  ])('%s fails its entry, and only that', async (_, more, code, message) => {
    const { FailedEntryCount, Entries } = await put(
      entry({ Source: 'elsewhere', ...more }),
      entry({ Source: 'elsewhere' }),
    );
    expect(FailedEntryCount).toBe(1);
    expect(Entries).toEqual([
      { ErrorCode: code, ErrorMessage: expect.stringContaining(message) },
      { EventId: expect.any(String) },
    ]);
  });

  test('more than ten entries, none, or more than a mebibyte are refused', async () => {
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toThrow(
      'a list of 1 to 10 objects; found 11',
    );
    await expect(put()).rejects.toThrow('found 0');
    const large = { Source: 'elsewhere', Detail: JSON.stringify({ text: 'x'.repeat(600_000) }) };
    expect((await put(entry(large))).FailedEntryCount).toBe(0);
    await expect(put(entry(large), entry(large))).rejects.toThrow('over the limit: 1200054 bytes, 1048576 are allowed');
  });
});
