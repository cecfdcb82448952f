import type { Target } from './converge';
import {
  type EndpointState,
  otherVariant,
  PASSING,
  servingVariant,
  type VariantName,
  type VariantSpec,
} from './endpoint';
import type { VariantRelease } from './rollback';

/** What a drill does to the staging endpoint, one target after the other. */
export interface DrillPlan {
  readonly kind: 'drill';
  /** The model that takes part in both places. */
  readonly model: string;
  /** A second variant with the same model, at weight 0. */
  readonly add: Target;
  readonly away: Target;
  /** What is timed: the change of weights that a rollback is. */
  readonly back: Target;
  /** The endpoint as it was. */
  readonly remove: Target;
}

export interface DrillFacts {
  readonly endpointName: string;
  readonly endpoint?: EndpointState;
  readonly variants: readonly VariantRelease[];
  readonly configName: (variants: readonly VariantSpec[]) => string;
}

/**
 * A rollback rehearsed: the variant that serves gets a twin with the same model, all traffic goes to the twin and comes
 * back. What is timed is the way back, so the twin's own quality does not matter.
 */
export function planDrill(
  facts: DrillFacts,
): DrillPlan | { readonly kind: 'wait' | 'refused'; readonly reason: string } {
  const { endpoint, endpointName } = facts;
  if (endpoint === undefined) {
    return { kind: 'refused', reason: `endpoint ${endpointName} does not exist: a run of the pipeline makes it` };
  }
  if (PASSING.includes(endpoint.status)) {
    return { kind: 'wait', reason: `endpoint ${endpointName} is ${endpoint.status}` };
  }
  if (endpoint.status !== 'InService') {
    const why = endpoint.failureReason ?? 'SageMaker gave no reason';
    return { kind: 'refused', reason: `endpoint ${endpointName} is ${endpoint.status}: ${why}` };
  }
  const serving = servingVariant(endpoint);
  const spec = facts.variants.find(({ variant }) => variant.name === serving?.name)?.variant;
  if (serving === undefined || spec === undefined) {
    return { kind: 'refused', reason: `endpoint ${endpointName} has no variant blue or green with weight above 0` };
  }
  return rehearsal(facts, endpoint, { ...spec, weight: 100 });
}

function rehearsal(facts: DrillFacts, endpoint: EndpointState, serving: VariantSpec): DrillPlan {
  const twin: VariantSpec = { ...serving, name: otherVariant(serving.name), weight: 0 };
  const pair = [serving, twin];
  const weights = (name: VariantName): Target => ({
    kind: 'weights',
    weights: { [serving.name]: 0, [twin.name]: 0, [name]: 100 },
  });
  return {
    kind: 'drill',
    model: serving.modelName,
    add: { kind: 'fleet', fleet: { configName: facts.configName(pair), variants: pair } },
    away: weights(twin.name),
    back: weights(serving.name),
    remove: {
      kind: 'fleet',
      fleet: { configName: facts.configName([serving]), variants: [serving] },
      // A drill that was cut short has left its own pair behind, which is not the endpoint as it was.
      ...(endpoint.variants.length === 1 ? { orConfig: endpoint.configName } : {}),
    },
  };
}
