import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documents } from '../../lambda/rollout/items';
import { LockLost } from '../../lambda/rollout/lock-item';
import { restoreScaling, suspendScaling } from '../../lambda/rollout/scaling';
import { RolloutStore } from '../../lambda/rollout/store';
import { awsClientConfig } from '../../lib/local/engine/aws';
import { LocalProcessHost } from '../../lib/local/engine/process-host';
import { startGateway } from '../../lib/local/gateway/gateway';
import { type MotoServer, startMoto } from '../../lib/local/moto/moto';
import { MOTO_SERVICES } from '../../lib/local/moto/services';
import type { LockItem } from '../../lib/rollout/records';
import { MemoryTable } from './memory-table';
import { release } from './run-fixture';

jest.setTimeout(60_000);
const stateDir = mkdtempSync(join(tmpdir(), 'assay-store-'));
const processes = new LocalProcessHost();
let moto: MotoServer;
let memory: MemoryTable;
const endpoints = ['emulator', 'memory'] as const;
beforeAll(async () => {
  moto = await startMoto({ processes, venv: join(__dirname, '../../.venv'), stateDir, account: '123456789012' });
  const client = new DynamoDBClient(awsClientConfig({ region: 'us-east-1', endpointUrl: moto.url }));
  await client.send(
    new CreateTableCommand({
      TableName: 'rollouts',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'endpoint', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'endpoint', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
    }),
  );
});
afterAll(async () => {
  await moto.stop();
  await processes.close();
  rmSync(stateDir, { recursive: true });
});

const wish = (holder: string, runId = 'run-1', since = '2026-01-01T00:00:00Z'): LockItem => ({
  holder,
  runId,
  since,
  action: 'rollout',
});

test('autoscaling that was taken off comes back on the old variant and on the new one, with policies and schedules', async () => {
  const gateway = await startGateway({ fallbackUrl: moto.url, fallbackServices: MOTO_SERVICES });
  const aws = awsClientConfig({ region: 'us-east-1', endpointUrl: gateway.url });
  const client = new ApplicationAutoScalingClient(aws);
  const store = new RolloutStore('rollouts', 'churn-production', documents(new DynamoDBClient(aws)));
  const dimension = {
    ServiceNamespace: 'sagemaker',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
  const resource = (variant: string) => ({ ...dimension, ResourceId: `endpoint/churn-production/variant/${variant}` });
  const night = {
    ScheduledActionName: 'night',
    Schedule: 'cron(0 22 * * ? *)',
    ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
  };
  const byLoad = {
    PolicyName: 'by-load',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
    },
  } as const;
  await client.send(new RegisterScalableTargetCommand({ ...resource('blue'), MinCapacity: 2, MaxCapacity: 8 }));
  await client.send(new PutScalingPolicyCommand({ ...resource('blue'), ...byLoad }));
  await client.send(new PutScheduledActionCommand({ ...resource('blue'), ...night }));
  const targets = async () =>
    (await client.send(new DescribeScalableTargetsCommand(dimension))).ScalableTargets?.map(
      ({ ResourceId, MinCapacity, MaxCapacity }) => `${ResourceId?.split('/').at(-1)} ${MinCapacity}-${MaxCapacity}`,
    );

  await suspendScaling(client, store, ['blue', 'green']);
  await suspendScaling(client, store, ['blue', 'green']);
  expect(await targets()).toEqual([]);
  await restoreScaling(client, store, ['blue', 'green']);
  await restoreScaling(client, store, ['blue', 'green']);
  expect(await targets()).toEqual(['blue 2-8', 'green 2-8']);
  const { ScalingPolicies } = await client.send(new DescribeScalingPoliciesCommand(resource('green')));
  expect(ScalingPolicies).toMatchObject([byLoad]);
  const { ScheduledActions } = await client.send(new DescribeScheduledActionsCommand(resource('green')));
  expect(ScheduledActions).toMatchObject([night]);
  await expect(store.readScaling()).resolves.toBeUndefined();
  client.destroy();
  await gateway.close();
});

// The table in memory, on which whole rollouts are tested, is held to what the emulator does.
describe.each(endpoints)('the store on the %s', (where) => {
  let store: RolloutStore;
  let number = 0;
  beforeEach(() => {
    number += 1;
    if (where === 'memory') memory = new MemoryTable();
    const client = new DynamoDBClient(
      awsClientConfig({ region: 'us-east-1', endpointUrl: where === 'emulator' ? moto.url : 'http://127.0.0.1:9' }),
    );
    store = new RolloutStore('rollouts', `${where}-${number}`, documents(client));
  });
  afterEach(() => {
    if (where === 'memory') memory.restore();
  });

  test('one holder at a time; the same one may take it again, and keeps its time', async () => {
    await expect(store.lock.take(wish('a'))).resolves.toEqual({ taken: true, lock: wish('a') });
    await expect(store.lock.take(wish('a', 'run-1', '2026-01-02T00:00:00Z'))).resolves.toEqual({
      taken: true,
      lock: wish('a'),
    });
    await expect(store.lock.take(wish('b', 'run-2'))).resolves.toEqual({ taken: false, held: wish('a') });
    await store.lock.release('b');
    await expect(store.lock.read()).resolves.toEqual({ lock: wish('a') });
    await store.lock.release('a');
    await store.lock.release('a');
    await expect(store.lock.read()).resolves.toEqual({});
    await expect(store.lock.take(wish('b', 'run-2'))).resolves.toMatchObject({ taken: true });
  });

  test('a lock is taken over from the very holder that was seen to have ended', async () => {
    await store.lock.take(wish('a'));
    await expect(store.lock.takeOver(wish('b', 'run-1', '2026-01-02T00:00:00Z'), wish('a'))).resolves.toMatchObject({
      taken: true,
      lock: { holder: 'b', since: '2026-01-02T00:00:00Z' },
    });
    // Somebody else was quicker.
    await expect(store.lock.takeOver(wish('c', 'run-3'), wish('a'))).resolves.toMatchObject({
      taken: false,
      held: { holder: 'b' },
    });
  });

  test('a mark outlives the lock and its holder, until somebody writes that its rollout has an end', async () => {
    const mark = {
      phase: 'canary',
      runId: 'run-1',
      modelPackageArn: 'arn',
      execution: 'a',
      // Smaller than any number that DynamoDB takes.
      progress: { step: 1, looks: 2, startedAt: 't', history: [], carried: { step: 0, pairsWanted: 1e-200 } as never },
    } as const;
    await store.lock.take(wish('a'));
    await store.lock.mark('a', mark);
    await expect(store.lock.take(wish('a'))).resolves.toEqual({ taken: true, lock: wish('a'), mark });
    await store.lock.release('a');
    await expect(store.lock.read()).resolves.toEqual({ mark });
    await expect(store.lock.take(wish('b', 'run-2'))).resolves.toEqual({ taken: true, lock: wish('b', 'run-2'), mark });
    await expect(store.lock.takeOver(wish('c', 'run-3'), wish('b'))).resolves.toMatchObject({ taken: true, mark });
    await expect(store.lock.unmark('a')).rejects.toThrow(LockLost);
    await store.lock.unmark('c');
    await store.lock.unmark('c');
    await store.lock.release('c');
    await expect(store.lock.read()).resolves.toEqual({});
  });

  test('a lock that was taken over is lost to the one who had it', async () => {
    await store.lock.take(wish('a'));
    await expect(store.lock.require('a')).resolves.toBeUndefined();
    await store.lock.takeOver({ ...wish('b', 'by-hand'), action: 'rollback' }, wish('a'));
    await expect(store.lock.require('a')).rejects.toThrow(LockLost);
    await expect(store.lock.unmark('a')).rejects.toThrow(
      `endpoint ${store.endpoint} was taken over by the rollback of run by-hand (b)`,
    );
    await store.lock.release('a');
    await expect(store.lock.read()).resolves.toMatchObject({ lock: { holder: 'b' } });
  });

  test('history is newest first, and a record written twice is there once', async () => {
    for (const day of [1, 3, 2, 3]) await store.recordRelease(release(day, `2026-01-0${day}T00:00:00.000Z`));
    const rollback = { at: '2026-01-04T00:00:00Z', by: 'x', reason: 'r', from: '3', to: '2', kind: 'manual' } as const;
    await store.recordRollback(rollback);
    const { releases, rollbacks } = await store.history();
    expect(releases.map(({ releaseId }) => releaseId)).toEqual(['3', '2', '1']);
    expect(releases[0]).toMatchObject(release(3, '2026-01-03T00:00:00.000Z'));
    expect(rollbacks).toEqual([expect.objectContaining(rollback)]);
  });

  test('saved autoscaling is not overwritten before it is back, and cleared only as it was read', async () => {
    const target = (variant: string) => ({ variant, minCapacity: 1, maxCapacity: 4, policies: [], schedules: [] });
    const saved = { savedAt: '2026-01-01T00:00:00Z', targets: [target('blue')] };
    await store.saveScaling(saved);
    await store.saveScaling({ savedAt: '2026-01-02T00:00:00Z', targets: [] });
    await expect(store.readScaling()).resolves.toMatchObject(saved);
    await store.clearScaling({ savedAt: '2026-01-02T00:00:00Z', targets: [] });
    await expect(store.readScaling()).resolves.toMatchObject(saved);
    await store.clearScaling(saved);
    await expect(store.readScaling()).resolves.toBeUndefined();
  });
});
