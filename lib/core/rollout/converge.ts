import { type EndpointState, type FleetSpec, PASSING, sharesMatch, unsettled, type Weights } from './endpoint';

/** The state that a phase of a deployment wants the endpoint to be in. */
export type Target =
  /** The endpoint runs `fleet` with its weights. */
  | {
      readonly kind: 'fleet';
      readonly fleet: FleetSpec;
      /** A configuration that is just as good: nothing is done when the endpoint already has it. */
      readonly orConfig?: string;
      /** Delete an endpoint that cannot be updated any more, and create it again. Only where nobody depends on it. */
      readonly replaceFailed?: boolean;
    }
  /** The variants that exist share the traffic as `weights` says, whatever the configuration is. */
  | { readonly kind: 'weights'; readonly weights: Weights }
  | { readonly kind: 'absent' };

export type Move =
  | { readonly do: 'done' }
  | { readonly do: 'wait'; readonly why: string }
  | { readonly do: 'create' | 'update' | 'weigh' | 'delete' }
  | { readonly do: 'fail'; readonly reason: string };

export interface Attempts {
  /** Changes requested so far in this phase. */
  readonly asks: number;
  /** Changes that may be requested before the phase is given up. */
  readonly maxAsks: number;
}

/**
 * The next thing to do to bring the endpoint to `target`. It looks at the real state alone, so a repeated or restarted
 * call does no harm. `InService` is not success: SageMaker also returns there after undoing a change on its own, so the
 * configuration name and the shares are compared with what was asked.
 */
export function nextMove(endpoint: EndpointState | undefined, target: Target, attempts: Attempts): Move {
  if (endpoint === undefined) return moveWithoutEndpoint(target, attempts);
  if (PASSING.includes(endpoint.status)) return { do: 'wait', why: `endpoint ${endpoint.name} is ${endpoint.status}` };
  if (target.kind === 'absent') return ask('delete', endpoint, 'be deleted', attempts);
  if (endpoint.status !== 'InService') return moveWhenBroken(endpoint, target, attempts);
  if (target.kind === 'weights') {
    if (sharesMatch(endpoint, target.weights)) return { do: 'done' };
    return ask('weigh', endpoint, `take weights ${describeWeights(target.weights)}`, attempts);
  }
  return moveToFleet(endpoint, target, attempts);
}

function moveWithoutEndpoint(target: Target, attempts: Attempts): Move {
  if (target.kind === 'absent') return { do: 'done' };
  if (target.kind === 'weights')
    return { do: 'fail', reason: 'the endpoint does not exist, so no traffic can be moved' };
  if (attempts.asks >= attempts.maxAsks) {
    return { do: 'fail', reason: 'the endpoint does not exist although it was created: somebody else deleted it' };
  }
  return { do: 'create' };
}

/** From these an endpoint comes back by deletion only, or not surely by anything else. */
const BROKEN = ['Failed', 'UpdateRollbackFailed', 'OutOfService'];

function moveWhenBroken(endpoint: EndpointState, target: Target, attempts: Attempts): Move {
  const { status } = endpoint;
  if (target.kind === 'fleet' && target.replaceFailed === true && BROKEN.includes(status) && attempts.asks === 0) {
    return { do: 'delete' };
  }
  return {
    do: 'fail',
    reason: `endpoint ${endpoint.name} is ${endpoint.status}: ${endpoint.failureReason ?? 'SageMaker gave no reason'}`,
  };
}

function moveToFleet(endpoint: EndpointState, target: Target & { kind: 'fleet' }, attempts: Attempts): Move {
  const { configName, variants } = target.fleet;
  const right = [configName, target.orConfig].includes(endpoint.configName);
  if (!right) return ask('update', endpoint, `take configuration ${configName}`, attempts);
  const weights = Object.fromEntries(variants.map((variant) => [variant.name, variant.weight]));
  if (!sharesMatch(endpoint, weights))
    return ask('weigh', endpoint, `take weights ${describeWeights(weights)}`, attempts);
  // Weights alone are judged by what applies now; a fleet is there only when its instances are.
  const missing = unsettled(endpoint);
  return missing === undefined ? { do: 'done' } : { do: 'wait', why: `endpoint ${endpoint.name}: ${missing}` };
}

function ask(move: 'update' | 'weigh' | 'delete', endpoint: EndpointState, what: string, attempts: Attempts): Move {
  if (attempts.asks < attempts.maxAsks) return { do: move };
  const found = describeWeights(Object.fromEntries(endpoint.variants.map((variant) => [variant.name, variant.weight])));
  const why = endpoint.failureReason === undefined ? '' : `: ${endpoint.failureReason}`;
  return {
    do: 'fail',
    reason: `endpoint ${endpoint.name} was asked ${attempts.asks} times to ${what} and is ${endpoint.status} with configuration ${endpoint.configName} and weights ${found}${why}`,
  };
}

const describeWeights = (weights: Weights): string =>
  Object.entries(weights)
    .map(([name, weight]) => `${name} ${weight}`)
    .join(', ');
