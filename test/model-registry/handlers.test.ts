import {
  CodePipelineClient,
  ListActionExecutionsCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { CreateModelPackageCommand, SageMakerClient, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as recordApproval } from '../../lambda/model-registry/record-approval';
import { handler as recordRejection } from '../../lambda/model-registry/record-rejection';
import { handler as register } from '../../lambda/model-registry/register';
import { handler as verdict } from '../../lambda/model-registry/verdict';
import { BUCKET, fakeRun, job, PACKAGE, RELEASE, RUN, report, TRAINING } from '../lambda/documents';

const sagemaker = mockClient(SageMakerClient);
const codepipeline = mockClient(CodePipelineClient);
jest.spyOn(console, 'error').mockImplementation(() => undefined);

const BASELINE = { schema: 'assay.baseline/1', reference: 'train', createdAt: '2026-01-01T00:00:00Z', columns: [] };
const EVIDENCE = { 'release.json': RELEASE, 'training.json': TRAINING, 'baseline.json': BASELINE };
const BEHAVES = { 'reports/behaviour.json': report('pass', 'all 3 checks passed', 'behaviour') };
const PASSED = { ...EVIDENCE, ...BEHAVES, 'reports/model.json': report('pass', 'all 2 checks passed') };
const REASON = 'roc_auc is 0.61; 0.75 is required';

beforeEach(() => {
  sagemaker.reset();
  codepipeline.reset();
  sagemaker.on(CreateModelPackageCommand).resolves({ ModelPackageArn: PACKAGE });
  Object.assign(process.env, {
    ARTIFACT_BUCKET: BUCKET,
    MODEL_PACKAGE_GROUP: 'churn',
    PIPELINE_NAME: 'churn-release',
    APPROVAL: 'required',
  });
});

const failure = () => codepipeline.commandCalls(PutJobFailureResultCommand)[0]?.args[0].input.failureDetails?.message;
const success = () => codepipeline.commandCalls(PutJobSuccessResultCommand)[0]?.args[0].input;
const created = () => sagemaker.commandCalls(CreateModelPackageCommand).map(({ args }) => args[0].input);
const updated = () => sagemaker.commandCalls(UpdateModelPackageCommand).map(({ args }) => args[0].input);

describe('verdict', () => {
  test('a passed gate lets the run go on and registers nothing yet', async () => {
    fakeRun(PASSED);
    await verdict(job());
    expect(success()?.executionDetails?.summary).toBe('all 2 checks passed');
    expect(created()).toEqual([]);
  });

  test.each([
    ['fail', REASON, REASON],
    ['inconclusive', 'only 12 rows', 'inconclusive: only 12 rows'],
  ] as const)('%s stops the run and is registered as rejected with the reason', async (outcome, reason, message) => {
    const run = fakeRun({ ...PASSED, 'reports/model.json': report(outcome, reason) });
    await verdict(job());
    expect(failure()).toBe(message);
    expect(success()).toBeUndefined();
    expect(created()).toEqual([expect.objectContaining({ ModelApprovalStatus: 'Rejected' })]);
    expect(updated()).toEqual([
      { ModelPackageArn: PACKAGE, ModelApprovalStatus: 'Rejected', ApprovalDescription: message },
    ]);
    expect(run.written('registration.json')).toEqual({
      schema: 'assay.registration/1',
      modelPackageArn: PACKAGE,
      version: 7,
      approvalStatus: 'Rejected',
      reason: message,
      verdict: outcome,
    });
  });

  test('a model that misbehaves stops the run and is registered as rejected, whatever its metrics', async () => {
    const reason = 'more calls: 180 of 200 rows hold; 95 % is required';
    const run = fakeRun({ ...PASSED, 'reports/behaviour.json': report('fail', reason, 'behaviour') });
    await verdict(job());
    expect(failure()).toBe(reason);
    expect(updated()).toEqual([
      expect.objectContaining({ ModelApprovalStatus: 'Rejected', ApprovalDescription: reason }),
    ]);
    expect(run.written('registration.json')).toMatchObject({ approvalStatus: 'Rejected', verdict: 'fail', reason });
  });

  test('a failure is told before what is inconclusive', async () => {
    const behaviour = report('fail', 'it flips', 'behaviour');
    fakeRun({ ...PASSED, 'reports/model.json': report('inconclusive', 'thin'), 'reports/behaviour.json': behaviour });
    await verdict(job());
    expect(failure()).toBe('it flips');
  });

  test('no report of the behaviour gate is a failure', async () => {
    fakeRun({ ...EVIDENCE, 'reports/model.json': report('pass', 'all 2 checks passed') });
    await verdict(job());
    expect(failure()).toContain('the behaviour gate left no report');
    expect(created()).toEqual([]);
  });

  test('no report is a failure', async () => {
    fakeRun(EVIDENCE);
    await verdict(job());
    expect(failure()).toBe(
      `the model gate left no report: s3://${BUCKET}/runs/${RUN}/reports/model.json does not exist`,
    );
    expect(created()).toEqual([]);
  });

  test('an unknown verdict is not a pass', async () => {
    fakeRun({ ...PASSED, 'reports/model.json': { ...report('pass', 'odd'), verdict: 'PASS' } });
    await verdict(job());
    expect(success()).toBeUndefined();
    expect(failure()).toBe('odd');
  });
});

describe('register', () => {
  test('creates a package that waits for approval and hands over its ARN', async () => {
    const run = fakeRun(PASSED);
    await register(job());
    expect(success()).toMatchObject({
      executionDetails: { summary: 'churn version 7' },
      outputVariables: { ModelPackageArn: PACKAGE, ModelPackageVersion: '7' },
    });
    expect(created()).toEqual([
      expect.objectContaining({ ModelPackageGroupName: 'churn', ModelApprovalStatus: 'PendingManualApproval' }),
    ]);
    expect(updated()).toEqual([]);
    expect(run.written('registration.json')).toMatchObject({
      approvalStatus: 'PendingManualApproval',
      version: 7,
      verdict: 'pass',
    });
  });

  test('a repeated delivery asks for the same package', async () => {
    fakeRun(PASSED);
    await register(job());
    await register(job());
    const [first, second] = created();
    expect(first?.ClientToken).toMatch(/^[0-9a-f]{36}$/);
    expect(second).toEqual(first);
  });

  test('refuses a model whose gate did not pass', async () => {
    for (const gate of ['model', 'behaviour'] as const) {
      codepipeline.reset();
      fakeRun({ ...PASSED, [`reports/${gate}.json`]: report('fail', REASON, gate) });
      await register(job());
      expect(failure()).toBe(
        `only a model that passed its gates is registered for approval; the verdict of the ${gate} gate is "fail"`,
      );
      expect(created()).toEqual([]);
    }
  });
});

describe('decisions', () => {
  const decided = (status: 'Succeeded' | 'Failed', updatedBy?: string, externalExecutionSummary?: string) =>
    codepipeline
      .on(ListActionExecutionsCommand, { pipelineName: 'churn-release', filter: { pipelineExecutionId: RUN } })
      .resolves({
        actionExecutionDetails: [
          {
            stageName: 'Approval',
            actionName: 'Approve',
            status,
            startTime: new Date(),
            lastUpdateTime: new Date('2026-11-20T11:00:00Z'),
            ...(updatedBy === undefined ? {} : { updatedBy }),
            output: {
              executionResult: { ...(externalExecutionSummary === undefined ? {} : { externalExecutionSummary }) },
            },
          },
        ],
      });
  const PENDING = {
    'registration.json': {
      schema: 'assay.registration/1',
      modelPackageArn: PACKAGE,
      version: 7,
      approvalStatus: 'PendingManualApproval',
      verdict: 'pass',
    },
  };
  const rejected = {
    time: '2026-11-20T12:00:00Z',
    detail: { pipeline: 'churn-release', 'execution-id': RUN, stage: 'Approval', action: 'Approve', state: 'FAILED' },
  };

  test('an approval says who approved and why', async () => {
    const run = fakeRun(PENDING);
    decided('Succeeded', 'arn:aws:iam::1:user/ada', 'looks\ngood');
    await recordApproval(job({ runId: RUN, modelPackageArn: PACKAGE }));
    const description = 'approved by arn:aws:iam::1:user/ada: looks good';
    expect(updated()).toEqual([
      { ModelPackageArn: PACKAGE, ModelApprovalStatus: 'Approved', ApprovalDescription: description },
    ]);
    expect(success()?.executionDetails?.summary).toBe(description);
    expect(run.written('approval.json')).toEqual({
      schema: 'assay.approval/1',
      modelPackageArn: PACKAGE,
      decision: 'approved',
      by: 'arn:aws:iam::1:user/ada',
      summary: 'looks good',
      at: '2026-11-20T11:00:00.000Z',
    });
  });

  test('where no person has to approve, the registry says what did', async () => {
    process.env.APPROVAL = 'automatic';
    const run = fakeRun(PENDING);
    await recordApproval(job({ runId: RUN, modelPackageArn: PACKAGE }));
    const description = 'approved by assay.config.ts: no approval required: every gate passed';
    expect(updated()).toEqual([
      { ModelPackageArn: PACKAGE, ModelApprovalStatus: 'Approved', ApprovalDescription: description },
    ]);
    expect(run.written('approval.json')).toMatchObject({ decision: 'approved', by: 'assay.config.ts' });
    expect(codepipeline.commandCalls(ListActionExecutionsCommand)).toEqual([]);
  });

  test('what its gate rejected is not approved without a person either', async () => {
    process.env.APPROVAL = 'automatic';
    fakeRun({ 'registration.json': { ...PENDING['registration.json'], approvalStatus: 'Rejected' } });
    await recordApproval(job());
    expect(failure()).toContain('was rejected by its gate and cannot be approved');
    expect(updated()).toEqual([]);
  });

  test('nothing is approved that nobody approved', async () => {
    const run = fakeRun(PENDING);
    decided('Failed', 'ada');
    await recordApproval(job());
    expect(run.written('approval.json')).toBeUndefined();
    expect(failure()).toBe(`the pipeline's history holds no approval of the run ${RUN}`);
    expect(updated()).toEqual([]);
  });

  test('what its gate rejected cannot be approved', async () => {
    fakeRun({ 'registration.json': { ...PENDING['registration.json'], approvalStatus: 'Rejected' } });
    decided('Succeeded', 'ada');
    await recordApproval(job());
    expect(failure()).toContain('was rejected by its gate and cannot be approved');
    expect(updated()).toEqual([]);
  });

  test.each([
    ['ada', 'too slow', 'rejected by ada: too slow'],
    ['ada', undefined, 'rejected by ada'],
    [undefined, undefined, 'rejected: nobody decided in time'],
  ])('a rejection by %s (%s) is recorded', async (who, summary, description) => {
    const run = fakeRun(PENDING);
    decided('Failed', who, summary);
    await recordRejection(rejected);
    expect(run.written('approval.json')).toEqual({
      schema: 'assay.approval/1',
      modelPackageArn: PACKAGE,
      decision: 'rejected',
      ...(who === undefined ? {} : { by: who }),
      ...(summary === undefined ? {} : { summary }),
      at: who === undefined ? '2026-11-20T12:00:00.000Z' : '2026-11-20T11:00:00.000Z',
    });
    expect(updated()).toEqual([
      { ModelPackageArn: PACKAGE, ModelApprovalStatus: 'Rejected', ApprovalDescription: description },
    ]);
  });
});

test('a model without a baseline is not offered for approval: nobody could watch it', async () => {
  const { 'baseline.json': _, ...unwatched } = PASSED;
  fakeRun(unwatched);
  await register(job());
  expect(failure()).toMatch(/^the model has no baseline: s3:.*\/baseline\.json does not exist$/);
  expect(created()).toEqual([]);
});
