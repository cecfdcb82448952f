import {
  CodePipelineClient,
  GetPipelineStateCommand,
  JobNotFoundException,
  ListActionExecutionsCommand,
  PutApprovalResultCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { readFromZip, zipTexts } from '../../../lib/local/codebuild/archive';
import { Objects } from '../../../lib/local/codebuild/objects';
import { PushIgnored } from '../../../lib/local/codepipeline/service';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { LambdaError } from '../../../lib/local/engine/ports';
import { startGateway } from '../../../lib/local/gateway/gateway';
import { MOTO_SERVICES } from '../../../lib/local/moto/services';
import { createStepFunctions } from '../../../lib/local/stepfunctions';
import {
  action,
  BUCKET,
  build,
  type Cloud,
  cloud,
  provisionPipeline,
  provisionProject,
  REPOSITORY,
  SOURCE,
  stage,
  type World,
  world,
} from './harness';

let aws: Cloud;
beforeAll(async () => {
  aws = await cloud();
}, 60_000);
afterAll(() => aws.close());

/** A world whose own services answer at a gateway of its own, in front of the shared moto. */
async function start(services: Parameters<typeof world>[1] = {}) {
  const gateway = await startGateway({ fallbackUrl: aws.gateway.url, fallbackServices: MOTO_SERVICES });
  const local = world(gateway.url, services);
  for (const handler of [...local.codepipeline.handlers, ...local.codebuild.handlers]) gateway.register(handler);
  open.push({ local, close: () => gateway.close() });
  return { local, client: new CodePipelineClient(awsClientConfig(local.context)) };
}
const open: { local: World; close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { local, close } of open.splice(0)) {
    await local.close();
    await close();
  }
});

interface JobEvent {
  readonly 'CodePipeline.job': {
    readonly id: string;
    readonly data: {
      readonly continuationToken?: string;
      readonly actionConfiguration: { readonly configuration: Record<string, string> };
    };
  };
}

const buildspec = (...commands: string[]) => ({ version: 0.2, phases: { build: { commands } } });

test('source, build with variables and artifacts, function, approval and state machine, in order', async () => {
  const inputs: unknown[] = [];
  const events: JobEvent[] = [];
  const { local, client } = await start({
    lambda: {
      invoke: async (_, event) => {
        const { id, data } = (event as JobEvent)['CodePipeline.job'];
        events.push(event as JobEvent);
        const more =
          data.continuationToken === undefined
            ? { continuationToken: 'again' }
            : { outputVariables: { verdict: 'pass' } };
        await client.send(
          new PutJobSuccessResultCommand({ jobId: id, executionDetails: { summary: 'checked' }, ...more }),
        );
      },
    },
    approvals: { decide: async (request) => ({ status: 'Approved', summary: `fine: ${request.customData}` }) },
    stepfunctions: {
      start: async (arn, input, name) => {
        inputs.push(input);
        return `${arn.replace('stateMachine', 'execution')}:${name}`;
      },
      wait: async () => ({ status: 'SUCCEEDED', output: '{"done":true}' }),
      stop: async () => undefined,
    },
  });
  await provisionProject(local, 'Build', {
    version: 0.2,
    env: { 'exported-variables': ['LINES'] },
    phases: {
      build: {
        commands: [
          'export LINES=$(wc -l < data.csv | tr -d " ")',
          'echo "$GREETING $CODEBUILD_RESOLVED_SOURCE_VERSION" > out.txt',
        ],
      },
    },
    artifacts: { files: ['out.txt'] },
  });
  const machineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:train';
  await provisionPipeline(local, [
    SOURCE,
    stage(
      'Build',
      build(
        'Build',
        { EnvironmentVariables: JSON.stringify([{ name: 'GREETING', value: '#{codepipeline.PipelineExecutionId}' }]) },
        { OutputArtifacts: [{ Name: 'BuildOutput' }], Namespace: 'Counted' },
      ),
    ),
    stage(
      'Check',
      action(
        'Verdict',
        'Invoke/Lambda',
        { FunctionName: 'verdict', UserParameters: '{"lines":"#{Counted.LINES}"}' },
        { Namespace: 'Verdict' },
      ),
      action('Approve', 'Approval/Manual', { CustomData: '#{Verdict.verdict}' }, { RunOrder: 2 }),
      action(
        'Train',
        'Invoke/StepFunctions',
        { StateMachineArn: machineArn, Input: '{"commit":"#{SourceVariables.CommitId}"}', ExecutionNamePrefix: 'run' },
        { RunOrder: 3, OutputArtifacts: [{ Name: 'Trained' }] },
      ),
    ),
  ]);

  const result = await local.push({ 'data.csv': 'a\nb\n' });

  expect(result.failure).toBeUndefined();
  expect(result.status).toBe('Succeeded');
  expect(events.map((event) => event['CodePipeline.job'].data.continuationToken)).toEqual([undefined, 'again']);
  expect(events[0]?.['CodePipeline.job'].data.actionConfiguration.configuration.UserParameters).toBe('{"lines":"2"}');
  const { actionExecutionDetails = [] } = await client.send(
    new ListActionExecutionsCommand({ pipelineName: 'churn', filter: { pipelineExecutionId: result.executionId } }),
  );
  expect(actionExecutionDetails.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
    'Train Succeeded',
    'Approve Succeeded',
    'Verdict Succeeded',
    'Build Succeeded',
    'Source Succeeded',
  ]);
  const [train, approve, verdict, built, source] = actionExecutionDetails;
  const commit = source?.output?.outputVariables?.CommitId ?? '';
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(inputs).toEqual([{ commit }]);
  expect(built?.output?.outputVariables).toEqual({ LINES: '2' });
  expect(built?.output?.executionResult?.externalExecutionId).toMatch(/^Build:/);
  expect(verdict?.output?.executionResult?.externalExecutionSummary).toBe('checked');
  expect(approve?.output?.executionResult?.externalExecutionSummary).toBe('fine: pass');
  expect(approve?.startTime).toBeInstanceOf(Date);
  expect(train?.output?.outputVariables?.ExecutionArn).toBe(
    `arn:aws:states:eu-west-1:123456789012:execution:train:run-${train?.actionExecutionId}`,
  );
  const objects = new Objects(local.context);
  const location = built?.output?.outputArtifacts?.[0]?.s3location;
  const archive = await objects.get({ bucket: location?.bucket ?? '', key: location?.key ?? '' });
  expect(await readFromZip(archive, 'out.txt')).toBe(`${result.executionId} ${commit}\n`);
  expect(location?.bucket).toBe(BUCKET);
  objects.close();

  const states = local.events
    .filter(({ source: from }) => from === 'aws.codepipeline')
    .map(({ 'detail-type': type, detail }) =>
      `${type.split(' ')[1]} ${detail.stage ?? ''} ${detail.action ?? ''} ${detail.state}`.replace(/ +/g, ' '),
    );
  expect(states[0]).toBe('Pipeline STARTED');
  expect(states).toContain('Action Build Build SUCCEEDED');
  expect(states.at(-1)).toBe('Pipeline SUCCEEDED');
  expect(local.progress.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['pipelineStarted', 'actionOutput', 'stageSucceeded', 'pipelineSucceeded']),
  );
}, 60_000);

test('a failing build stops the run with CodeBuild’s reason; nothing after it starts', async () => {
  const { local, client } = await start();
  await provisionProject(local, 'Test', 'buildspec.yml');
  await provisionProject(local, 'Later', buildspec('true'));
  await provisionPipeline(local, [SOURCE, stage('Tests', build('Test')), stage('Later', build('Later'))]);
  const result = await local.push({
    'buildspec.yml': 'version: 0.2\nphases:\n  build:\n    commands:\n      - exit 3\n',
  });
  expect(result.failure).toEqual({
    stage: 'Tests',
    action: 'Test',
    code: 'JobFailed',
    message:
      'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: exit 3. Reason: exit status 3',
  });
  const failed = local.events.find(({ detail }) => detail.action === 'Test' && detail.state === 'FAILED');
  expect(failed?.detail).toMatchObject({
    pipeline: 'churn',
    stage: 'Tests',
    'execution-id': result.executionId,
    type: { owner: 'AWS', provider: 'CodeBuild', category: 'Build', version: '1' },
    'execution-result': { 'error-code': 'JobFailed', 'external-execution-summary': result.failure?.message },
  });
  const state = await client.send(new GetPipelineStateCommand({ name: 'churn' }));
  expect(state.stageStates?.map(({ latestExecution }) => latestExecution?.status)).toEqual([
    'Succeeded',
    'Failed',
    undefined,
  ]);
}, 30_000);

test.each([
  [
    'reports a failure',
    async (client: CodePipelineClient, jobId: string) => {
      await client.send(
        new PutJobFailureResultCommand({
          jobId,
          failureDetails: { type: 'JobFailed', message: 'AUC 0.61 is below 0.70' },
        }),
      );
    },
    'AUC 0.61 is below 0.70',
  ],
  [
    'throws',
    async () => {
      throw new LambdaError('TypeError', 'x is not a function');
    },
    'The function check ended without a job result: TypeError: x is not a function',
  ],
])('a function that %s fails its action', async (_, report, message) => {
  const { local, client } = await start({
    lambda: { invoke: (_name, event) => report(client, (event as JobEvent)['CodePipeline.job'].id) },
  });
  await provisionPipeline(local, [SOURCE, stage('Check', action('Check', 'Invoke/Lambda', { FunctionName: 'check' }))]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(result).toMatchObject({ status: 'Failed', failure: { stage: 'Check', action: 'Check', message } });
});

test('an approval is answered through the API with its token; a rejection names its reason', async () => {
  const { local, client } = await start({ approvals: { decide: () => new Promise(() => undefined) } });
  await provisionPipeline(local, [SOURCE, stage('Approval', action('Approve', 'Approval/Manual', {}))]);
  local.codepipeline.onProgress((event) => {
    if (event.type !== 'actionStarted' || event.action !== 'Approve') return;
    setTimeout(async () => {
      const state = await client.send(new GetPipelineStateCommand({ name: 'churn' }));
      const token = state.stageStates?.[1]?.actionStates?.[0]?.latestExecution?.token;
      await client.send(
        new PutApprovalResultCommand({
          pipelineName: 'churn',
          stageName: 'Approval',
          actionName: 'Approve',
          token,
          result: { status: 'Rejected', summary: 'too slow' },
        }),
      );
    }, 50);
  });
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.failure).toMatchObject({ action: 'Approve', message: 'rejected: too slow' });
});

test('actions of one run order run side by side', async () => {
  const { local } = await start();
  const meet = (mine: string, other: string) =>
    buildspec(
      `touch "$DIR/${mine}"; for i in $(seq 100); do [ -e "$DIR/${other}" ] && exit 0; sleep 0.1; done; exit 1`,
    );
  const variables = JSON.stringify([{ name: 'DIR', value: local.context.stateDir }]);
  for (const [mine, other] of [
    ['A', 'B'],
    ['B', 'A'],
  ] as const)
    await provisionProject(local, mine, meet(mine, other));
  await provisionPipeline(local, [
    SOURCE,
    stage('Both', build('A', { EnvironmentVariables: variables }), build('B', { EnvironmentVariables: variables })),
  ]);
  expect((await local.push({ 'a.txt': 'a' })).status).toBe('Succeeded');
}, 30_000);

test('a variable without a value fails the action that uses it, by name', async () => {
  const { local } = await start();
  await provisionProject(local, 'Use', buildspec('true'));
  await provisionPipeline(local, [
    SOURCE,
    stage('Use', build('Use', { EnvironmentVariables: '[{"name":"A","value":"#{Nothing.here}"}]' })),
  ]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.failure?.message).toBe(
    'Action Use, EnvironmentVariables: the variable #{Nothing.here} has no value (known namespaces: codepipeline, variables, SourceVariables).',
  );
});

test('onFailure RETRY runs the failed actions once more', async () => {
  const { local } = await start();
  await provisionProject(local, 'Flaky', buildspec('test -e "$MARK" || { touch "$MARK"; exit 1; }'));
  await provisionProject(local, 'Steady', buildspec('echo once'));
  const variables = JSON.stringify([{ name: 'MARK', value: `${local.context.stateDir}/mark` }]);
  await provisionPipeline(local, [
    SOURCE,
    {
      Name: 'Tests',
      Actions: [build('Flaky', { EnvironmentVariables: variables }), build('Steady')],
      OnFailure: { Result: 'RETRY', RetryConfiguration: { RetryMode: 'FAILED_ACTIONS' } },
    },
  ]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.status).toBe('Succeeded');
  expect(result.execution.actions.map(({ actionName }) => actionName).sort()).toEqual([
    'Flaky',
    'Flaky',
    'Source',
    'Steady',
  ]);
}, 30_000);

test('a push to a branch the trigger leaves out does not start the pipeline, and says so', async () => {
  const { local } = await start();
  await provisionProject(local, 'Build', buildspec('true'));
  await provisionPipeline(local, [SOURCE, stage('Build', build('Build'))], {
    Triggers: [
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: {
          SourceActionName: 'Source',
          Push: [{ Branches: { Includes: ['main', 'release/**'], Excludes: ['release/old'] } }],
        },
      },
    ],
  });
  const push = (branch: string) => () =>
    local.codepipeline.start('churn', { type: 'push', repository: REPOSITORY, branch });
  expect(push('feature')).toThrow(
    new PushIgnored(
      'A push to feature does not start pipeline churn: its trigger takes main, release/** but not release/old.',
    ),
  );
  expect(push('release/old')).toThrow(PushIgnored);
  const failed = await local.codepipeline.wait(push('release/1/2')());
  expect(failed.failure?.message).toBe(
    'The repository team/churn has no branch release/1/2: nothing was pushed to it.',
  );
});

test('an S3 source is a version of an object; a notification goes to the topic of the approval', async () => {
  const { local } = await start({ approvals: { decide: async () => ({ status: 'Approved', summary: 'ok' }) } });
  const objects = new Objects(local.context);
  const source = (key: string) =>
    stage(
      'Source',
      action(
        'Source',
        'Source/S3',
        { S3Bucket: BUCKET, S3ObjectKey: key },
        { OutputArtifacts: [{ Name: 'SourceArtifact' }], Namespace: 'S' },
      ),
    );
  await objects.client.send(
    new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await objects.put({ bucket: BUCKET, key: 'source.zip' }, await zipTexts({ 'a.txt': 'a' }));
  objects.close();
  await provisionProject(
    local,
    'Build',
    buildspec('[ "$(cat a.txt)" = a ]', '[ "$VERSION" = "$CODEBUILD_RESOLVED_SOURCE_VERSION" ]'),
  );
  const sns = new SNSClient(awsClientConfig(local.context));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'approvals' }));
  const later = [
    stage('Build', build('Build', { EnvironmentVariables: '[{"name":"VERSION","value":"#{S.VersionId}"}]' })),
    stage('Approval', action('Approve', 'Approval/Manual', { NotificationArn: TopicArn })),
  ];
  const run = async (key: string) => {
    await provisionPipeline(local, [source(key), ...later]);
    return local.codepipeline.wait(local.codepipeline.start('churn', { type: 'manual' }));
  };
  expect((await run('source.zip')).failure).toBeUndefined();
  expect((await run('absent.zip')).failure?.message).toMatch(
    /^The source s3:\/\/artifacts\/absent.zip cannot be read: NotFound/,
  );
}, 30_000);

test('a state machine of the engine runs as an action; its error is the action’s', async () => {
  const states = (context: World['context']) => createStepFunctions(context, { invoke: async () => ({}) });
  let machines: ReturnType<typeof states> | undefined;
  const service = () => {
    if (machines === undefined) throw new Error('the state machines are made below');
    return machines;
  };
  const { local } = await start({
    stepfunctions: {
      start: (...args) => service().start(...args),
      wait: (...args) => service().wait(...args),
      stop: (...args) => service().stop(...args),
    },
  });
  machines = states(local.context);
  const train = await machines.providers[0]?.create({
    logicalId: 'Train',
    type: 'AWS::StepFunctions::StateMachine',
    stack: 'Test',
    properties: {
      StateMachineName: 'train',
      RoleArn: 'arn:aws:iam::123456789012:role/train',
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Check',
        States: {
          Check: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.ok %}', Next: 'Done' }], Default: 'Bad' },
          Done: { Type: 'Succeed', Output: '{% {"was": $states.input} %}' },
          Bad: { Type: 'Fail', Error: 'TrainingFailed', Cause: 'job churn-1 ran out of memory' },
        },
      }),
    },
  });
  const invoke = (input: string) =>
    action(
      'Train',
      'Invoke/StepFunctions',
      { StateMachineArn: train?.ref, Input: input },
      { OutputArtifacts: [{ Name: 'Trained' }] },
    );
  await provisionPipeline(local, [SOURCE, stage('Train', invoke('{"ok":true}'))]);
  const good = await local.push({ 'a.txt': 'a' });
  expect(good.failure).toBeUndefined();
  await provisionPipeline(local, [SOURCE, stage('Train', invoke('{"ok":false}'))]);
  const bad = await local.push({ 'a.txt': 'b' });
  expect(bad.failure?.message).toMatch(
    /^The execution .* ended as FAILED: TrainingFailed: job churn-1 ran out of memory$/,
  );
  await machines.close();
});

test('stopping the engine ends builds in progress and records the run as stopped', async () => {
  const { local } = await start();
  await provisionProject(local, 'Slow', buildspec('sleep 60'));
  await provisionPipeline(local, [SOURCE, stage('Slow', build('Slow'))]);
  local.codepipeline.onProgress((event) => {
    if (event.type === 'actionOutput' && event.line.includes('Running command')) void local.codepipeline.close();
  });
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.status).toBe('Stopped');
  expect(result.execution.actions.at(-1)?.status).toBe('Abandoned');
}, 15_000);

test('a job that nobody opened is not found', async () => {
  const { client } = await start();
  const request = new PutJobSuccessResultCommand({ jobId: '00000000-0000-0000-0000-000000000000' });
  await expect(client.send(request)).rejects.toBeInstanceOf(JobNotFoundException);
});
