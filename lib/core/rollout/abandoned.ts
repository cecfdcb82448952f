import { fleetOf } from './capture';
import type { Target } from './converge';
import { type EndpointState, isVariantName, otherVariant, servingVariant, shareOf, type VariantName } from './endpoint';
import type { AbandonedPlan, PlanFacts, UnrecordedPlan } from './plan-facts';
import { type LeftMark, releaseIdOf } from './releases';
import type { VariantRelease } from './rollback';

/**
 * What ends the rollout of another release that was cut short: one that had traffic, or whose verdict was given, goes
 * back. Nobody else would say so, and the plan of the release at hand may yet be refused.
 */
export function planAbandoned(facts: PlanFacts): AbandonedPlan | undefined {
  const { abandoned: left, endpoint, live, variants } = facts;
  // Recorded as promoted: nothing but its mark is left.
  if (left === undefined || live?.modelPackageArn === left.modelPackageArn) return undefined;
  const there = variants.find(({ modelPackageArn }) => modelPackageArn === left.modelPackageArn);
  const share = endpoint === undefined || there === undefined ? 0 : shareOf(endpoint, there.variant.name);
  if (left.phase !== 'rollback' && share === 0) return undefined;
  const first = left.phase === 'first' || (left.phase === 'rollback' && left.first);
  const back = first ? wayOut(facts, there) : wayBack(facts, left, endpoint);
  if (back === undefined) return undefined;
  return {
    kind: 'abandoned',
    reason: left.phase === 'rollback' ? left.reason : reasonOf(left, share),
    runId: left.runId,
    modelPackageArn: left.modelPackageArn,
    progress: left.progress,
    verdictAt: left.phase === 'rollback' ? left.verdictAt : '',
    first,
    ...back,
  };
}

type WayBack = Pick<AbandonedPlan, 'candidate' | 'serving' | 'servingRelease' | 'rollback'>;

/** A first release has an endpoint that nobody was to use yet; one that somebody else made since is not its own. */
function wayOut({ endpoint }: PlanFacts, there: VariantRelease | undefined): WayBack | undefined {
  if (endpoint !== undefined && (there === undefined || endpoint.variants.length > 1)) return undefined;
  return { candidate: 'blue', rollback: { kind: 'absent' } };
}

/** To the release on record, or to the one beside the abandoned one. */
function wayBack(
  { live, variants }: PlanFacts,
  left: LeftMark,
  endpoint: EndpointState | undefined,
): WayBack | undefined {
  const others = variants.filter(({ modelPackageArn }) => modelPackageArn !== left.modelPackageArn);
  const serving = others.find(({ modelPackageArn }) => modelPackageArn === live?.modelPackageArn) ?? others[0];
  // Deleted by hand meanwhile: there is no traffic to be moved.
  if (endpoint === undefined)
    return { candidate: 'green', ...releaseOf(live?.modelPackageArn), rollback: { kind: 'absent' } };
  if (serving === undefined || !isVariantName(serving.variant.name)) return undefined;
  const { name } = serving.variant;
  return {
    candidate: otherVariant(name),
    serving: name,
    ...releaseOf(serving.modelPackageArn),
    rollback: allTrafficTo(name),
  };
}

const releaseOf = (modelPackageArn: string | undefined): Pick<WayBack, 'servingRelease'> =>
  modelPackageArn === undefined ? {} : { servingRelease: releaseIdOf(modelPackageArn) };

const allTrafficTo = (name: VariantName): Target => ({
  kind: 'weights',
  weights: { [name]: 100, [otherVariant(name)]: 0 },
});

function reasonOf({ execution, endedAs }: LeftMark, share: number): string {
  const percent = Math.round(share * 1000) / 10;
  return `abandoned: execution ${execution.split(':').at(-1)} ended as ${endedAs} at ${percent} %`;
}

/**
 * The release that has all traffic, where the records know none: it went live before there were records. Traffic that is
 * shared, or a rollout under way, tell of no release.
 */
export function planUnrecorded(facts: PlanFacts): UnrecordedPlan | undefined {
  const { endpoint, live, mark, abandoned, variants } = facts;
  if (endpoint === undefined || live !== undefined || mark !== undefined || abandoned !== undefined) return undefined;
  const name = servingVariant(endpoint)?.name;
  const serving = variants.find(({ variant }) => variant.name === name);
  if (serving?.modelPackageArn === undefined || shareOf(endpoint, serving.variant.name) < 1) return undefined;
  return {
    kind: 'unrecorded',
    modelPackageArn: serving.modelPackageArn,
    alone: fleetOf(facts, [{ ...serving, variant: { ...serving.variant, weight: 100 } }]),
  };
}
