import {
  type CodePipelineClient,
  GetPipelineStateCommand,
  JobNotFoundException,
  ListActionExecutionsCommand,
  PutApprovalResultCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { readFromZip } from '../../../lib/local/codebuild/archive';
import { Objects } from '../../../lib/local/codebuild/objects';
import { LambdaError } from '../../../lib/local/engine/ports';
import { action, BUCKET, build, clouds, provisionPipeline, provisionProject, SOURCE, stage } from './harness';

const { start } = clouds();

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

test('a job that nobody opened is not found', async () => {
  const { client } = await start();
  const request = new PutJobSuccessResultCommand({ jobId: '00000000-0000-0000-0000-000000000000' });
  await expect(client.send(request)).rejects.toBeInstanceOf(JobNotFoundException);
});
