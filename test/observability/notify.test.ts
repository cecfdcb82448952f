import {
  BatchGetBuildsCommand,
  BatchGetReportsCommand,
  CodeBuildClient,
  DescribeTestCasesCommand,
} from '@aws-sdk/client-codebuild';
import {
  type ActionExecutionDetail,
  CodePipelineClient,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../lambda/observability/notify';
import { PIPELINE_EVENT, STAGE_EVENT } from '../../lib/observability/contract';
import { BUCKET, fakeRun, PACKAGE, RELEASE, RUN, report } from '../lambda/documents';

const codepipeline = mockClient(CodePipelineClient);
const codebuild = mockClient(CodeBuildClient);
const sfn = mockClient(SFNClient);
const sns = mockClient(SNSClient);

beforeEach(() => {
  for (const mock of [codepipeline, codebuild, sfn, sns]) mock.reset();
  Object.assign(process.env, {
    APPLICATION: 'churn',
    ARTIFACT_BUCKET: BUCKET,
    PIPELINE_NAME: 'churn-release',
    TOPIC_ARN: 'arn:topic',
  });
});

const failed = (stage: string) => ({
  'detail-type': STAGE_EVENT,
  region: 'us-east-1',
  detail: { pipeline: 'churn-release', 'execution-id': RUN, stage, state: 'FAILED' },
});

function history(
  stageName: string,
  actionName: string,
  provider: string,
  more: Partial<ActionExecutionDetail> = {},
): void {
  codepipeline.on(ListActionExecutionsCommand).resolves({
    actionExecutionDetails: [
      { stageName: 'Source', actionName: 'Source', status: 'Succeeded', startTime: new Date(0) },
      {
        stageName,
        actionName,
        status: 'Failed',
        startTime: new Date(1),
        input: { actionTypeId: { category: 'Invoke', owner: 'AWS', provider, version: '1' } },
        ...more,
      },
    ],
  });
}

const published = () => {
  const input = sns.commandCalls(PublishCommand)[0]?.args[0].input;
  return { topic: input?.TopicArn, subject: input?.Subject, lines: (input?.Message ?? '').split('\n') };
};

describe('a failed build', () => {
  const build = (phases: object[], reportArns: string[] = []) => {
    history('CodeTests', 'Test', 'CodeBuild', {
      output: {
        executionResult: {
          externalExecutionId: 'tests:1',
          errorDetails: { message: 'Build terminated with state: FAILED' },
        },
      },
    });
    codebuild
      .on(BatchGetBuildsCommand, { ids: ['tests:1'] })
      .resolves({ builds: [{ id: 'tests:1', reportArns, phases }] });
  };

  test('names the failed test as pytest does, with its message', async () => {
    fakeRun({});
    build([], ['arn:unit', 'arn:coverage']);
    codebuild.on(BatchGetReportsCommand).resolves({
      reports: [
        { arn: 'arn:unit', type: 'TEST' },
        { arn: 'arn:coverage', type: 'CODE_COVERAGE' },
      ],
    });
    codebuild.on(DescribeTestCasesCommand, { reportArn: 'arn:unit', filter: { status: 'FAILED' } }).resolves({
      testCases: [
        {
          prefix: 'tests.unit.test_features',
          name: 'test_scaling',
          status: 'FAILED',
          message: 'assert 1 == 2\n +  where 1 = f()',
        },
        { prefix: 'tests.unit.test_features', name: 'test_other', status: 'FAILED' },
      ],
    });
    codebuild
      .on(DescribeTestCasesCommand, { reportArn: 'arn:unit', filter: { status: 'ERROR' } })
      .resolves({ testCases: [] });
    codebuild
      .on(DescribeTestCasesCommand, { reportArn: 'arn:coverage' })
      .rejects(new Error('coverage reports have no test cases'));
    await handler(failed('CodeTests'));
    expect(published().lines[0]).toBe(
      'tests/unit/test_features.py::test_scaling failed (and 1 more): assert 1 == 2 + where 1 = f()',
    );
  });

  test('without a failed test names the command', async () => {
    fakeRun({});
    build([
      { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED', contexts: [{ message: '' }] },
      {
        phaseType: 'BUILD',
        phaseStatus: 'FAILED',
        contexts: [
          {
            statusCode: 'COMMAND_EXECUTION_ERROR',
            message: 'Error while executing command: npm ci. Reason: exit status 1',
          },
        ],
      },
      { phaseType: 'POST_BUILD', phaseStatus: 'SUCCEEDED' },
    ]);
    await handler(failed('CodeTests'));
    expect(published().lines[0]).toBe('BUILD failed: Error while executing command: npm ci. Reason: exit status 1');
  });

  test('of a gate is explained by the report of the gate', async () => {
    fakeRun({ 'release.json': RELEASE, 'reports/data.json': report('fail', 'holdout.csv has another digest', 'data') });
    history('DataTests', 'GateData', 'CodeBuild', { output: { executionResult: { externalExecutionId: 'tests:1' } } });
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'tests:1' }] });
    await handler(failed('DataTests'));
    const { subject, lines } = published();
    expect(subject).toBe('churn c0ffee00: DataTests failed');
    expect(lines).toEqual([
      'holdout.csv has another digest',
      '',
      'Application: churn',
      'Stage: DataTests (GateData)',
      `Commit: ${RELEASE.commit}`,
      `Run: ${RUN}`,
      `Report: s3://${BUCKET}/runs/${RUN}/reports/data.html`,
      `Pipeline: https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/churn-release/executions/${RUN}/timeline?region=us-east-1`,
    ]);
  });

  test('of a gate whose report passed is explained by the build', async () => {
    fakeRun({ 'reports/model.json': report('pass', 'all checks passed') });
    history('ModelTests', 'Evaluate', 'CodeBuild', { output: { executionResult: { externalExecutionId: 'tests:1' } } });
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ phases: [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 70' }] }] }],
    });
    await handler(failed('ModelTests'));
    expect(published().lines[0]).toBe('BUILD failed: exit status 70');
  });
});

test('a failed function gives its message', async () => {
  fakeRun({ 'release.json': RELEASE });
  history('Register', 'Register', 'Lambda', {
    output: { executionResult: { errorDetails: { code: 'JobFailed', message: 'no\nreport' } } },
  });
  await handler(failed('Register'));
  expect(published().lines[0]).toBe('no report');
});

test('a failed execution gives its cause', async () => {
  fakeRun({ 'release.json': RELEASE });
  const ExecutionArn = 'arn:aws:states:us-east-1:1:execution:train:x';
  history('Train', 'Train', 'StepFunctions', {
    output: {
      outputVariables: { ExecutionArn },
      executionResult: { errorDetails: { message: 'state machine failed' } },
    },
  });
  sfn
    .on(DescribeExecutionCommand, { executionArn: ExecutionArn })
    .resolves({ status: 'FAILED', error: 'TrainingJobFailed', cause: 'training job churn-1 failed: AlgorithmError' });
  await handler(failed('Train'));
  expect(published().lines[0]).toBe('training job churn-1 failed: AlgorithmError');
});

test('a rollout that is tried again is not explained by the report of the first attempt', async () => {
  fakeRun({ 'release.json': RELEASE, 'reports/canary.json': report('fail', 'rolled back in 12 s: errors', 'canary') });
  const ExecutionArn = 'arn:aws:states:us-east-1:1:execution:rollout:x';
  history('Production', 'Rollout', 'StepFunctions', { output: { outputVariables: { ExecutionArn } } });
  sfn
    .on(DescribeExecutionCommand, { executionArn: ExecutionArn })
    .resolves({ status: 'FAILED', error: 'Refused', cause: 'model package churn/7 is Rejected' });
  await handler(failed('Production'));
  expect(published().lines[0]).toBe('model package churn/7 is Rejected');
});

test.each([
  ['arn:aws:iam::1:user/ada', 'not yet', 'rejected by arn:aws:iam::1:user/ada: not yet'],
  [undefined, undefined, 'nobody approved the release in time'],
])('an approval that ended red says who decided (%s)', async (updatedBy, externalExecutionSummary, reason) => {
  fakeRun({ 'release.json': RELEASE });
  history('Approval', 'Approve', 'Manual', {
    ...(updatedBy === undefined ? {} : { updatedBy }),
    output: { executionResult: { ...(externalExecutionSummary === undefined ? {} : { externalExecutionSummary }) } },
  });
  await handler(failed('Approval'));
  expect(published().lines[0]).toBe(reason);
});

test('a failure that nobody explains is still told', async () => {
  fakeRun({});
  history('Staging', 'EndToEnd', 'Lambda');
  await handler(failed('Staging'));
  expect(published()).toMatchObject({
    subject: 'churn unknown commit: Staging failed',
    lines: expect.arrayContaining(['EndToEnd failed and left no reason']),
  });
});

describe('a finished run', () => {
  const event = {
    'detail-type': PIPELINE_EVENT,
    region: 'us-east-1',
    detail: { pipeline: 'churn-release', 'execution-id': RUN, state: 'SUCCEEDED' },
  };

  test('says what production serves now', async () => {
    fakeRun({
      'release.json': RELEASE,
      'registration.json': { modelPackageArn: PACKAGE },
      'rollout.json': { endpointName: 'churn-production', reason: 'green serves 100 %' },
    });
    await handler(event);
    const { topic, subject, lines } = published();
    expect([topic, subject]).toEqual(['arn:topic', 'churn c0ffee00: released']);
    expect(lines[0]).toBe('churn-production: green serves 100 %');
    expect(lines).toContain(`Model package: ${PACKAGE}`);
  });

  test('says so if its rollout left no record', async () => {
    fakeRun({ 'release.json': RELEASE });
    await handler(event);
    expect(published().lines[0]).toBe('the run finished, but left no record of its rollout');
  });
});
