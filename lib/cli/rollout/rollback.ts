import { createInterface } from 'node:readline/promises';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { readRollback } from '../../../lambda/rollout/rollback-facts';
import type { AppConfig } from '../../config/app';
import { expectedSeconds } from '../../core/rollout/expected';
import { planRollback, type RollbackMove } from '../../core/rollout/rollback';
import { phaseOf } from '../../core/rollout/status';
import { describeSeconds } from '../../core/rollout/timing';
import { UsageError } from '../../release/environment';
import type { DrillResult, RollbackInput, RollbackResult, ServingLocation } from '../../rollout/rollback-contract';
import { EXIT, exitCodeOf, Refused } from '../exit';
import { type ApplicationOptions, applicationConfig } from './application';
import { type RolloutClients, rolloutClients } from './clients';
import { follow } from './follow';
import { locate } from './location';
import { readDrills } from './status-facts';

export interface RollbackOptions extends ApplicationOptions {
  readonly to?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly drill?: true;
}

/** `assay rollback`. @returns 0 when the traffic is back and the checks pass, 1 or 2 as they say, 1 when it failed */
export async function runRollback(options: RollbackOptions): Promise<number> {
  if (options.drill === true && options.to !== undefined) {
    throw new UsageError('--to: a drill shifts staging to its own twin and back; it goes to no release');
  }
  const config = applicationConfig(options);
  const clients = rolloutClients(config.region);
  if (options.drill === true) return drill(clients, config, options);
  const production = await locate(clients.ssm, config, 'production');
  const move = await planned(clients, production, options);
  await announce(clients, config, production, move);
  if (options.yes !== true) await confirmed(move);
  const input: RollbackInput = {
    ...(options.to === undefined ? {} : { to: move.to.releaseId }),
    by: await caller(clients),
    reason: options.reason ?? 'no reason given',
    kind: 'manual',
  };
  const result = await execute<RollbackResult>(clients.sfn, production.rollbackMachineArn, input);
  return conclude(result, options, ({ verdict }) => exitCodeOf(verdict));
}

async function drill(clients: RolloutClients, config: AppConfig, options: RollbackOptions): Promise<number> {
  const staging = await locate(clients.ssm, config, 'staging');
  const by = await caller(clients);
  const result = await execute<DrillResult>(clients.sfn, staging.rollbackMachineArn, { by });
  return conclude(result, options, () => EXIT.pass);
}

/** What would be done; refusals are told here, before anything is stopped. */
async function planned(
  { sagemaker, store }: RolloutClients,
  production: ServingLocation,
  { to }: RollbackOptions,
): Promise<RollbackMove> {
  const { facts } = await readRollback({ sagemaker, store: store(production) }, to === undefined ? {} : { to });
  const plan = planRollback(facts);
  if (plan.kind === 'refused') throw new Refused(plan.reason);
  // A change under way only delays it: the machine waits for that.
  return plan.kind === 'wait' ? plan.move : plan;
}

async function announce(
  clients: RolloutClients,
  config: AppConfig,
  production: ServingLocation,
  { from, to, temperature }: RollbackMove,
): Promise<void> {
  const [{ rollbacks }, drills] = await Promise.all([clients.store(production).history(), readDrills(clients, config)]);
  const { seconds, basis } = expectedSeconds(temperature, [...rollbacks, ...drills]);
  tell(
    `${production.endpointName}: from release ${from?.releaseId ?? 'none'} to ${to.releaseId} (${temperature}), in about ${describeSeconds(seconds)} (${basis})`,
  );
}

async function confirmed({ to }: RollbackMove): Promise<void> {
  if (process.stdin.isTTY !== true) throw new UsageError('nobody can be asked here: this is no terminal; add --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`Give release ${to.releaseId} all traffic? Type "yes": `);
    if (answer.trim().toLowerCase() !== 'yes') throw new Refused('nothing was changed');
  } finally {
    prompt.close();
  }
}

async function caller({ sts }: RolloutClients): Promise<string> {
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  if (Arn === undefined) throw new UsageError('AWS does not say who asks; a rollback is recorded with a name');
  return Arn;
}

/** Starts the machine and shows its phases. @throws Refused with its cause if it fails */
async function execute<T>(sfn: SFNClient, stateMachineArn: string, input: object): Promise<T> {
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  const begun = Date.now();
  let phase: string | undefined;
  const ended = await follow(sfn, executionArn, (state, at) => {
    const next = phaseOf(state);
    if (next === 'unknown' || next === phase) return;
    phase = next;
    tell(`  ${String(Math.max(0, Math.round((at.getTime() - begun) / 1000))).padStart(4)} s  ${next}`);
  });
  if (ended.status === 'SUCCEEDED') return JSON.parse(ended.output ?? '') as T;
  throw new Refused(ended.cause ?? `${executionArn} ended as ${ended.status}`);
}

function conclude<T extends { readonly reason: string }>(
  result: T,
  { json }: RollbackOptions,
  code: (result: T) => number,
): number {
  process.stdout.write(json === true ? `${JSON.stringify(result, null, 2)}\n` : `${result.reason}\n`);
  return code(result);
}

/** Progress is for the person; what the command answers goes to standard output. */
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
