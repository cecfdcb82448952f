import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { type Move, nextMove, type Target } from '../../lib/core/rollout/converge';
import type { EndpointState } from '../../lib/core/rollout/endpoint';
import { type ConvergeEvent, type ConvergeResult, ROLLOUT_ENV } from '../../lib/rollout/contract';
import { requiredEnv } from '../shared/text';
import { ensureConfig, ensureModel } from './create';
import { isBusy, readEndpoint } from './endpoint';
import { LockLost } from './lock-item';
import { restoreScaling, suspendScaling } from './scaling';
import { RolloutStore } from './store';

/** Looks per phase; with a wait of 15 s between two this is an hour. */
const MAX_POLLS = 240;

/** The endpoint cannot reach its target: trying again does not help. State machines match on the name. */
class EndpointStuck extends Error {
  override readonly name = 'EndpointStuck';
}

const sagemaker = new SageMakerClient({});
const scaling = new ApplicationAutoScalingClient({});

/**
 * Brings the endpoint one step nearer to the target: reads its state, does the one next thing, and says whether the
 * target is reached. Called again until it is; any call may be repeated.
 */
export async function handler(event: ConvergeEvent): Promise<ConvergeResult> {
  const { target, maxAsks } = event;
  const { asks, polls } = event.convergence;
  const store = RolloutStore.fromEnvironment();
  await guard(store, event);
  const endpoint = await readEndpoint(sagemaker, store.endpoint);
  const move = nextMove(endpoint, target, { asks, maxAsks });
  const at = new Date().toISOString();
  if (move.do === 'fail') throw new EndpointStuck(move.reason);
  if (move.do === 'done') {
    if (target.kind === 'fleet') await restoreScaling(scaling, store, variantNames(endpoint));
    return { done: true, asks: 0, polls: 0, why: 'the endpoint is as asked', at };
  }
  if (polls >= MAX_POLLS) throw new EndpointStuck(`gave up after ${polls} looks: ${describe(move, endpoint)}`);
  const asked = await act(move, event, endpoint, store);
  return { done: false, asks: asks + (asked ? 1 : 0), polls: polls + 1, why: describe(move, endpoint), at };
}

/** Two executions never change one endpoint: the one that lost the lock stops here. @throws LockLost */
async function guard(store: RolloutStore, { holder, mark, urgent, convergence }: ConvergeEvent): Promise<void> {
  try {
    if (mark !== undefined && convergence.polls === 0) await store.lock.mark(holder, mark);
    else await store.lock.require(holder);
  } catch (error) {
    // Traffic that must go back does not wait for a table that does not answer.
    if (urgent !== true || error instanceof LockLost) throw error;
    console.error(error);
  }
}

/** @returns whether the endpoint took the request; it refuses while another change runs, and the next call asks again */
async function act(
  move: Move,
  { target, model }: ConvergeEvent,
  endpoint: EndpointState | undefined,
  store: RolloutStore,
): Promise<boolean> {
  if (move.do === 'wait') return false;
  if (move.do === 'update' || move.do === 'delete') await suspendScaling(scaling, store, variantNames(endpoint));
  if (target.kind === 'fleet' && (move.do === 'create' || move.do === 'update')) {
    if (model !== undefined) await ensureModel(sagemaker, model, requiredEnv(ROLLOUT_ENV.executionRoleArn));
    await ensureConfig(sagemaker, target.fleet);
  }
  try {
    await request(move, target, endpoint, store.endpoint);
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

async function request(move: Move, target: Target, endpoint: EndpointState | undefined, name: string): Promise<void> {
  if (move.do === 'delete') {
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
  } else if (move.do === 'weigh') {
    await sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: name,
        DesiredWeightsAndCapacities: weightsFor(target, endpoint),
      }),
    );
  } else if (target.kind === 'fleet') {
    const input = { EndpointName: name, EndpointConfigName: target.fleet.configName };
    if (move.do === 'create') await sagemaker.send(new CreateEndpointCommand(input));
    // The configuration is the whole truth about weights and counts; nothing of the old variants is retained.
    else await sagemaker.send(new UpdateEndpointCommand({ ...input, RetainAllVariantProperties: false }));
  }
}

function weightsFor(target: Target, endpoint: EndpointState | undefined) {
  const weights: Readonly<Record<string, number>> =
    target.kind === 'weights'
      ? target.weights
      : Object.fromEntries(
          target.kind === 'fleet' ? target.fleet.variants.map((variant) => [variant.name, variant.weight]) : [],
        );
  return (endpoint?.variants ?? []).map(({ name }) => ({ VariantName: name, DesiredWeight: weights[name] ?? 0 }));
}

const variantNames = (endpoint: EndpointState | undefined): readonly string[] =>
  endpoint?.variants.map(({ name }) => name) ?? [];

function describe(move: Move, endpoint: EndpointState | undefined): string {
  if (move.do === 'wait') return move.why;
  return `${move.do} endpoint, which ${endpoint === undefined ? 'does not exist' : `is ${endpoint.status}`}`;
}
