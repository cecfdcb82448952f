import { GetExecutionHistoryCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isRunning, readRollback } from '../../../lambda/rollout/rollback-facts';
import type { AppConfig } from '../../config/app';
import type { RollbackRecord } from '../../core/rollout/releases';
import type { RunningExecution, StatusFacts } from '../../core/rollout/status';
import type { LockItem } from '../../rollout/records';
import type { ServingLocation } from '../../rollout/rollback-contract';
import type { RolloutClients } from './clients';
import { locate, NotDeployed } from './location';

/** Everything that `assay status` tells about production. Changes nothing. */
export async function readStatus(
  clients: RolloutClients,
  config: AppConfig,
  production: ServingLocation,
): Promise<StatusFacts> {
  const { sagemaker, sfn } = clients;
  const [{ facts, history, lock }, drills] = await Promise.all([
    readRollback({ sagemaker, store: clients.store(production) }),
    readDrills(clients, config),
  ]);
  const running = await describeHolder(sfn, lock);
  return { rollback: facts, history, drills, ...(running === undefined ? {} : { running }) };
}

/** What drills on staging have measured; none where staging is not deployed. */
export async function readDrills(clients: RolloutClients, config: AppConfig): Promise<readonly RollbackRecord[]> {
  try {
    const { rollbacks } = await clients.store(await locate(clients.ssm, config, 'staging')).history();
    return rollbacks.filter(({ kind }) => kind === 'drill');
  } catch (error) {
    if (error instanceof NotDeployed) return [];
    throw error;
  }
}

async function describeHolder(sfn: SFNClient, lock: LockItem | undefined): Promise<RunningExecution | undefined> {
  if (lock === undefined || !(await isRunning(sfn, lock.holder))) return undefined;
  const { action, runId, holder, since } = lock;
  const state = await presentState(sfn, holder);
  return { action, runId, holder, since, ...(state === undefined ? {} : { state }) };
}

/** Name of the state that an execution entered last. */
async function presentState(sfn: SFNClient, executionArn: string): Promise<string | undefined> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 50, includeExecutionData: false }),
  );
  return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
    ?.name;
}
