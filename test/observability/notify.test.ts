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
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../lambda/observability/notify';
import { BUCKET, fakeRun, PACKAGE, RELEASE, RUN, report } from '../lambda/documents';
import { AT, stageFailed as failed, finished } from './events';
import { mockTopic } from './topic';

const codepipeline = mockClient(CodePipelineClient);
const codebuild = mockClient(CodeBuildClient);
const sfn = mockClient(SFNClient);
const topic = mockTopic();

beforeEach(() => {
  for (const mock of [codepipeline, codebuild, sfn]) mock.reset();
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
        actionExecutionId: 'attempt-1',
        input: { actionTypeId: { category: 'Invoke', owner: 'AWS', provider, version: '1' } },
        ...more,
      },
    ],
  });
}

const published = () => {
  const [notice] = topic.notices();
  if (notice === undefined) throw new Error('nothing was published');
  return notice;
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
    expect(published().reason).toBe(
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
    expect(published().reason).toBe('BUILD failed: Error while executing command: npm ci. Reason: exit status 1');
  });

  test('of a gate is explained by the report of the gate', async () => {
    fakeRun({ 'release.json': RELEASE, 'reports/data.json': report('fail', 'holdout.csv has another digest', 'data') });
    history('DataTests', 'GateData', 'CodeBuild', { output: { executionResult: { externalExecutionId: 'tests:1' } } });
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'tests:1' }] });
    await handler(failed('DataTests'));
    expect(published()).toEqual({
      schema: 'assay.notice/1',
      id: `stage-failed/${RUN}/DataTests/attempt-1`,
      severity: 'warning',
      event: 'stage-failed',
      application: 'churn',
      subject: 'churn: c0ffee00 DataTests failed',
      reason: 'holdout.csv has another digest',
      at: AT,
      facts: {
        run: RUN,
        stage: 'DataTests',
        action: 'GateData',
        commit: RELEASE.commit,
        report: `s3://${BUCKET}/runs/${RUN}/reports/data.html`,
      },
      links: [
        {
          label: 'Run',
          url: `https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/churn-release/executions/${RUN}/timeline?region=us-east-1`,
        },
        {
          label: 'Report',
          url: `https://us-east-1.console.aws.amazon.com/s3/object/${BUCKET}?region=us-east-1&prefix=runs%2F${RUN}%2Freports%2Fdata.html`,
        },
        { label: 'Runbook', url: 'docs/runbook.md#stage-failed' },
      ],
    });
  });

  test('of a gate whose report passed is explained by the build', async () => {
    fakeRun({ 'reports/model.json': report('pass', 'all checks passed') });
    history('ModelTests', 'Evaluate', 'CodeBuild', { output: { executionResult: { externalExecutionId: 'tests:1' } } });
    codebuild.on(BatchGetBuildsCommand).resolves({
      builds: [{ phases: [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 70' }] }] }],
    });
    await handler(failed('ModelTests'));
    expect(published().reason).toBe('BUILD failed: exit status 70');
  });
});

test('a failed function gives its message', async () => {
  fakeRun({ 'release.json': RELEASE });
  history('Register', 'Register', 'Lambda', {
    output: { executionResult: { errorDetails: { code: 'JobFailed', message: 'no\nreport' } } },
  });
  await handler(failed('Register'));
  expect(published().reason).toBe('no report');
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
  expect(published().reason).toBe('training job churn-1 failed: AlgorithmError');
});

test('a rollout that is tried again is not explained by the report of the first attempt', async () => {
  fakeRun({ 'release.json': RELEASE, 'reports/canary.json': report('fail', 'rolled back in 12 s: errors', 'canary') });
  const ExecutionArn = 'arn:aws:states:us-east-1:1:execution:rollout:x';
  history('Production', 'Rollout', 'StepFunctions', { output: { outputVariables: { ExecutionArn } } });
  sfn
    .on(DescribeExecutionCommand, { executionArn: ExecutionArn })
    .resolves({ status: 'FAILED', error: 'Refused', cause: 'model package churn/7 is Rejected' });
  await handler(failed('Production'));
  expect(published().reason).toBe('model package churn/7 is Rejected');
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
  expect(published().reason).toBe(reason);
});

test('a failure that nobody explains is still told', async () => {
  fakeRun({});
  history('Staging', 'EndToEnd', 'Lambda');
  await handler(failed('Staging'));
  expect(published()).toMatchObject({
    subject: 'churn: unknown commit Staging failed',
    environment: 'staging',
    reason: 'EndToEnd failed and left no reason',
  });
});

describe('a finished run', () => {
  test('says what production serves now', async () => {
    fakeRun({
      'release.json': { ...RELEASE, trigger: { kind: 'drift', reason: 'PSI of age is 0.41' } },
      'registration.json': { modelPackageArn: PACKAGE },
      'rollout.json': { endpointName: 'churn-production', reason: 'green serves 100 %' },
    });
    await handler(finished);
    expect(published()).toMatchObject({
      event: 'released',
      severity: 'info',
      environment: 'production',
      subject: 'churn: c0ffee00 released',
      reason: 'churn-production: green serves 100 %',
      facts: { run: RUN, modelPackage: PACKAGE, trigger: 'drift: PSI of age is 0.41' },
    });
  });

  test('says so if its rollout left no record', async () => {
    fakeRun({ 'release.json': RELEASE });
    await handler(finished);
    expect(published().reason).toBe('the run finished, but left no record of its rollout');
  });
});

describe('how much a failed stage matters', () => {
  const rollout = (error: string, cause: string) => {
    history('Production', 'Rollout', 'StepFunctions', { output: { outputVariables: { ExecutionArn: 'arn:e' } } });
    sfn.on(DescribeExecutionCommand).resolves({ status: 'FAILED', error, cause });
  };

  test.each([
    ['RolledBack', 'rolled-back', 'critical', 'rolled-back'],
    ['RollbackFailed', 'rollback-failed', 'critical', 'rollback-failed'],
    ['Refused', 'stage-failed', 'warning', 'refused'],
    ['States.Timeout', 'stage-failed', 'warning', 'stage-failed'],
  ])('a rollout that ended with %s is told as %s', async (error, event, severity, entry) => {
    fakeRun({ 'release.json': RELEASE });
    rollout(error, 'errors of green');
    await handler(failed('Production'));
    const notice = published();
    expect(notice).toMatchObject({ event, severity, environment: 'production', reason: 'errors of green' });
    expect(notice.links.at(-1)?.url).toBe(`docs/runbook.md#${entry}`);
  });

  test('new data that its gates refuse is told by its names', async () => {
    const landed = ['old', 'a', 'b'].map((name) => ({ key: `landing/churn/${name}.csv` }));
    const trigger = { kind: 'new-data', reason: '2 files' };
    const dataset = { ...RELEASE.dataset, landed, taken: 2 };
    fakeRun({
      'release.json': { ...RELEASE, dataset, trigger },
      'reports/data.json': report('fail', 'age has nulls', 'data'),
    });
    history('DataTests', 'GateData', 'CodeBuild');
    await handler(failed('DataTests'));
    expect(published()).toMatchObject({
      event: 'data-refused',
      severity: 'warning',
      reason: 'age has nulls',
      facts: { landed: 'landing/churn/a.csv, landing/churn/b.csv' },
    });
  });
});

test('a file that could not be taken is refused data, though there is no release yet', async () => {
  fakeRun({ 'reports/data.json': report('fail', 'landing/churn/a.csv: has no column "age"', 'data') });
  history('DataTests', 'GateData', 'CodeBuild');
  await handler(failed('DataTests'));
  expect(published()).toMatchObject({ event: 'data-refused', reason: 'landing/churn/a.csv: has no column "age"' });
});

test.each(['push', 'schedule'])(
  'a run that a %s started and that fails on data that landed before it refuses nothing',
  async (kind) => {
    const dataset = { ...RELEASE.dataset, landed: [{ key: 'landing/churn/a.csv' }] };
    const trigger = { kind, reason: 'nothing new' };
    fakeRun({ 'release.json': { ...RELEASE, dataset, trigger }, 'reports/data.json': report('fail', 'age', 'data') });
    history('DataTests', 'GateData', 'CodeBuild');
    await handler(failed('DataTests'));
    expect(published().event).toBe('stage-failed');
  },
);

test('a build that ended before its gates judged what landed has refused nothing', async () => {
  const dataset = { ...RELEASE.dataset, landed: [{ key: 'landing/churn/a.csv' }], taken: 1 };
  fakeRun({ 'release.json': { ...RELEASE, dataset, trigger: { kind: 'new-data', reason: '1 file' } } });
  history('DataTests', 'GateData', 'CodeBuild');
  await handler(failed('DataTests'));
  expect(published().event).toBe('stage-failed');
});

describe('told once', () => {
  beforeEach(() => {
    fakeRun({ 'release.json': RELEASE });
    history('Register', 'Register', 'Lambda', { output: { executionResult: { errorDetails: { message: 'no' } } } });
  });

  test('however often the event is delivered', async () => {
    await handler(failed('Register'));
    await handler({ ...failed('Register'), id: 'delivered again by the service, as another event' });
    expect(topic.notices()).toHaveLength(1);
  });

  test('but again for another attempt of the stage that fails, too', async () => {
    await handler(failed('Register'));
    history('Register', 'Register', 'Lambda', { actionExecutionId: 'attempt-2' });
    await handler(failed('Register'));
    expect(topic.notices().map(({ id }) => id.split('/').at(-1))).toEqual(['attempt-1', 'attempt-2']);
  });
});
