import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as preempt, RollbackUnderWay } from '../../lambda/rollout/preempt';
import { handler as rejection } from '../../lambda/rollout/rejection';
import { RolloutStore } from '../../lambda/rollout/store';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { MemoryTable } from './memory-table';
import { packageArn, setEnvironment } from './run-fixture';

const sfn = mockClient(SFNClient);
const sagemaker = mockClient(SageMakerClient);
let table: MemoryTable;
const store = () => RolloutStore.fromEnvironment();
const ROLLOUT = 'arn:aws:states:us-east-1:111111111111:execution:Rollout:run-8';
const ME = 'arn:aws:states:us-east-1:111111111111:execution:Rollback:me';
const since = '2026-01-01T00:00:00Z';

beforeEach(() => {
  for (const mock of [sfn, sagemaker]) mock.reset();
  setEnvironment('production');
  process.env[ROLLOUT_ENV.table] = 'rollouts';
  process.env[ROLLOUT_ENV.rollbackMachine] = 'arn:aws:states:us-east-1:111111111111:stateMachine:Rollback';
  table = new MemoryTable();
});
beforeAll(() => void jest.spyOn(console, 'log').mockReturnValue());
afterEach(() => table.restore());
afterAll(() => {
  sfn.restore();
  sagemaker.restore();
});

describe('taking the lock', () => {
  const take = () => preempt({ holder: ME, by: 'arn:aws:iam::1:user/eve', reason: 'answers are wrong' });
  const executions = (status: Record<string, ExecutionStatus>) => {
    sfn.on(DescribeExecutionCommand).callsFake(({ executionArn }) => {
      if (status[executionArn] === undefined) throw new ExecutionDoesNotExist({ message: 'gone', $metadata: {} });
      return { status: status[executionArn] };
    });
    sfn.on(StopExecutionCommand).callsFake(({ executionArn }) => {
      status[executionArn] = 'ABORTED';
      return {};
    });
  };

  test('a free one is taken, and taken again by the same execution', async () => {
    await expect(take()).resolves.toEqual({ stopped: '' });
    await expect(take()).resolves.toEqual({ stopped: '' });
    await expect(store().lock.read()).resolves.toMatchObject({ lock: { holder: ME, action: 'rollback' } });
    expect(sfn.calls()).toHaveLength(0);
  });

  test('a running rollout is stopped with who and why, and the lock is ours', async () => {
    executions({ [ROLLOUT]: 'RUNNING' });
    await store().lock.take({ holder: ROLLOUT, runId: 'run-8', since, action: 'rollout' });
    await expect(take()).resolves.toEqual({ stopped: ROLLOUT });
    expect(sfn.commandCalls(StopExecutionCommand).map((call) => call.args[0].input)).toEqual([
      {
        executionArn: ROLLOUT,
        error: 'RolledBackByHand',
        cause: 'arn:aws:iam::1:user/eve rolled churn-production back: answers are wrong',
      },
    ]);
    await expect(store().lock.read()).resolves.toMatchObject({ lock: { holder: ME, runId: 'me' } });
  });

  test('a call that died after stopping it is finished by the next', async () => {
    executions({ [ROLLOUT]: 'ABORTED' });
    await store().lock.take({ holder: ROLLOUT, runId: 'run-8', since, action: 'rollout' });
    await expect(take()).resolves.toEqual({ stopped: '' });
    await expect(store().lock.read()).resolves.toMatchObject({ lock: { holder: ME } });
  });

  test('one whose holder nobody remembers is taken over', async () => {
    executions({});
    await store().lock.take({ holder: ROLLOUT, runId: 'run-8', since, action: 'rollout' });
    await expect(take()).resolves.toEqual({ stopped: '' });
  });

  test('another rollback is not stopped', async () => {
    const other = `${ME}-too`;
    executions({ [other]: 'RUNNING' });
    await store().lock.take({ holder: other, runId: 'x', since, action: 'rollback' });
    await expect(take()).rejects.toThrow(RollbackUnderWay);
    await expect(take()).rejects.toThrow(`a rollback of churn-production is under way since ${since}: ${other}`);
    expect(sfn.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });
});

describe('a rejection in the registry', () => {
  const event = (version: number) => ({ detail: { ModelPackageArn: packageArn(version) } });
  const package7 = {
    ModelPackageArn: packageArn(7),
    ModelApprovalStatus: 'Rejected' as const,
    ApprovalDescription: 'prices are off',
    LastModifiedBy: { UserProfileName: 'eve' },
    LastModifiedTime: new Date('2026-01-02T00:00:00Z'),
  };
  beforeEach(() => {
    sagemaker.on(DescribeModelPackageCommand).resolves(package7);
    sagemaker.on(DescribeEndpointCommand).resolves({
      EndpointStatus: 'InService',
      EndpointConfigName: 'c',
      ProductionVariants: [{ VariantName: 'green', CurrentWeight: 100, DesiredInstanceCount: 1 }],
    });
    sagemaker.on(DescribeEndpointConfigCommand).resolves({
      ProductionVariants: [{ VariantName: 'green', ModelName: 'm7', InstanceType: 'ml.m5.large' }],
    });
    sagemaker.on(DescribeModelCommand).resolves({ PrimaryContainer: { ModelPackageName: packageArn(7) } });
    sfn.on(StartExecutionCommand).resolves({});
  });

  test('of the live release starts one rollback, however often it is announced', async () => {
    await expect(rejection(event(7))).resolves.toMatch(/^started rejection-7-[0-9a-f]{16}$/);
    const [first] = sfn.commandCalls(StartExecutionCommand);
    expect(JSON.parse(first?.args[0].input.input ?? '')).toEqual({
      by: 'eve',
      reason: 'release 7 was rejected in the registry: prices are off',
      kind: 'rejection',
    });
    sfn
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} }));
    await expect(rejection(event(7))).resolves.toMatch(/^rejection-7-[0-9a-f]{16} was started before$/);
    const names = sfn.commandCalls(StartExecutionCommand).map((call) => call.args[0].input.name);
    expect(new Set(names).size).toBe(1);
  });

  test('of the same release at another time is another one', async () => {
    await rejection(event(7));
    sagemaker
      .on(DescribeModelPackageCommand)
      .resolves({ ...package7, LastModifiedTime: new Date('2026-01-03T00:00:00Z') });
    await rejection(event(7));
    const names = sfn.commandCalls(StartExecutionCommand).map((call) => call.args[0].input.name);
    expect(new Set(names).size).toBe(2);
  });

  test('of a release that does not serve, and one that was taken back meanwhile, start nothing', async () => {
    await expect(rejection(event(5))).resolves.toBe('release 5 is not on the endpoint');
    sagemaker.on(DescribeModelPackageCommand).resolves({ ...package7, ModelApprovalStatus: 'Approved' });
    await expect(rejection(event(7))).resolves.toBe('release 7 is Approved by now');
    expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });
});
