import { type FleetFacts, fleetOf } from './capture';
import type { Target } from './converge';
import { type EndpointState, PASSING, shareOf } from './endpoint';
import type { ReleaseRecord } from './releases';
import type { VariantRelease } from './rollback';

export interface RetireFacts extends FleetFacts {
  readonly runId: string;
  readonly endpoint?: EndpointState;
  readonly variants: readonly VariantRelease[];
  readonly live?: ReleaseRecord;
}

export type RetirePlan =
  | { readonly kind: 'retire'; readonly reason: string; readonly target: Target }
  | { readonly kind: 'skip' | 'wait'; readonly reason: string };

/**
 * What is left of an endpoint once the old release need not stand by any more: the live one alone, with the instances
 * it has. Only for the run whose release still serves all traffic; whatever came after it has other plans.
 */
export function planRetirement(facts: RetireFacts): RetirePlan {
  const { runId, endpoint, variants, live } = facts;
  if (endpoint === undefined) return skip('the endpoint does not exist any more');
  if (PASSING.includes(endpoint.status))
    return { kind: 'wait', reason: `endpoint ${endpoint.name} is ${endpoint.status}` };
  if (endpoint.status !== 'InService') return skip(`endpoint ${endpoint.name} is ${endpoint.status}`);
  if (live?.runId !== runId) return skip(`run ${runId} is not the one whose release serves`);
  const serving = variants.find((entry) => entry.modelPackageArn === live.modelPackageArn);
  if (serving === undefined || shareOf(endpoint, serving.variant.name) < 1) {
    return skip(`release ${live.releaseId} does not serve all traffic`);
  }
  if (endpoint.variants.length === 1) return skip('no variant stands by');
  const alone = { ...serving, variant: { ...serving.variant, weight: 100 } };
  return {
    kind: 'retire',
    reason: `release ${live.releaseId} serves alone from now on`,
    target: { kind: 'fleet', fleet: fleetOf(facts, [alone]) },
  };
}

const skip = (reason: string): RetirePlan => ({ kind: 'skip', reason });
