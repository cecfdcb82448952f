import { type FleetFacts, fleetOf } from './capture';
import type { Target } from './converge';
import { type EndpointState, otherVariant, type VariantName } from './endpoint';
import type { DeployPlan, PlanFacts } from './plan-facts';
import { releaseIdOf } from './releases';
import type { VariantRelease } from './rollback';

type FleetTarget = Target & { readonly kind: 'fleet' };

/** One variant with all traffic: nothing serves yet, so nothing can be compared or gone back to. */
export function firstRelease(
  facts: FleetFacts & Pick<PlanFacts, 'model' | 'instances' | 'rules'> & Partial<Pick<PlanFacts, 'packageArn'>>,
): DeployPlan & { readonly deploy: FleetTarget } {
  const fleet = fleetOf(facts, [candidateOf(facts, 'blue', 100)]);
  return {
    kind: 'deploy',
    first: true,
    candidate: 'blue',
    model: facts.model,
    deploy: { kind: 'fleet', fleet },
    alone: fleet,
    steps: [],
    rollback: { kind: 'absent' },
    restore: { kind: 'absent' },
    rules: facts.rules,
  };
}

/**
 * The new configuration is built from the serving variant and the new one alone, so a variant that an earlier release
 * left at weight 0 disappears. Weights and counts stand in the configuration itself: `RetainAllVariantProperties`
 * would carry over those of the stale variant, which has the new one's name.
 */
export function replacement(facts: PlanFacts, endpoint: EndpointState, live: VariantRelease): DeployPlan {
  const serving = live.variant.name;
  const candidate = otherVariant(serving);
  const old: VariantRelease = { ...live, variant: { ...live.variant, weight: 100 } };
  const pair = fleetOf(facts, [old, candidateOf(facts, candidate, 0)]);
  const { modelPackageArn } = live;
  return {
    kind: 'deploy',
    first: false,
    candidate,
    serving,
    ...(modelPackageArn === undefined ? {} : { servingRelease: releaseIdOf(modelPackageArn) }),
    model: facts.model,
    deploy: { kind: 'fleet', fleet: pair, ...asGoodAs(endpoint, isDeployed(facts, candidate)) },
    alone: fleetOf(facts, [candidateOf(facts, candidate, 100)]),
    steps: facts.rules.steps.map((weight) => ({
      weight,
      target: { kind: 'weights', weights: { [serving]: 100 - weight, [candidate]: weight } },
    })),
    rollback: { kind: 'weights', weights: { [serving]: 100, [candidate]: 0 } },
    restore: {
      kind: 'fleet',
      fleet: fleetOf(facts, [old]),
      // The configuration from before is as good as a new one, unless it holds a variant under the new one's name.
      ...asGoodAs(endpoint, !endpoint.variants.some((variant) => variant.name === candidate)),
    },
    rules: facts.rules,
  };
}

/** The new release is on the endpoint already, from an execution that was cut short or because it stands by there. */
const isDeployed = ({ variants, model, packageArn }: PlanFacts, candidate: VariantName): boolean =>
  variants.some(
    ({ variant, modelPackageArn }) =>
      variant.name === candidate && variant.modelName === model.name && modelPackageArn === packageArn,
  );

const asGoodAs = ({ configName }: EndpointState, is: boolean): { readonly orConfig?: string } =>
  is ? { orConfig: configName } : {};

function candidateOf(
  { model, instances, packageArn }: Pick<PlanFacts, 'model' | 'instances'> & Partial<Pick<PlanFacts, 'packageArn'>>,
  name: VariantName,
  weight: number,
): VariantRelease {
  const { type: instanceType, count: instanceCount } = instances;
  return {
    variant: { name, modelName: model.name, instanceType, instanceCount, weight },
    ...(packageArn === undefined ? {} : { modelPackageArn: packageArn }),
  };
}
