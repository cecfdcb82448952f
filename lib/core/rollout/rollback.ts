import { didYouMean } from '../nearest';
import { type CaptureSpec, type FleetFacts, fleetOf, rulesOf } from './capture';
import type { Target } from './converge';
import { type EndpointState, PASSING, servingVariant, type VariantSpec, type Weights } from './endpoint';
import { releaseIdOf } from './releases';

/** A release that served, as far as going back to it needs it. */
export interface KnownRelease {
  /** Version of the model package, e.g. `7`. */
  readonly releaseId: string;
  readonly modelPackageArn: string;
  /** ISO 8601. */
  readonly promotedAt: string;
  /** The registry's word: Approved, Rejected, …; undefined when the package is gone. */
  readonly approval?: string;
  /** The configuration that serves it alone; undefined when it is no longer there. */
  readonly config?: { readonly name: string; readonly variant: VariantSpec; readonly capture?: CaptureSpec };
}

/** What stands behind a variant of the endpoint. */
export interface VariantRelease {
  readonly variant: VariantSpec;
  /** Package that its model was made from; undefined for a model that somebody made by hand. */
  readonly modelPackageArn?: string;
}

/** What was read before anything is changed. */
export interface RollbackFacts extends FleetFacts {
  readonly endpointName: string;
  readonly endpoint?: EndpointState;
  /** The endpoint's variants with their models and present instances, in the endpoint's order. */
  readonly variants: readonly VariantRelease[];
  /** Releases that were promoted, the newest promotion first; one may be there several times. */
  readonly releases: readonly KnownRelease[];
  /** The release that ought to serve by the records, promoted or gone back to last. @default - none did */
  readonly live?: string;
  /** Version or ARN of the release to go back to. @default - the one before */
  readonly to?: string;
  /**
   * Whether a rollout or a rollback has the endpoint, or was cut short while it had it: the weights do not tell then who
   * ought to serve, the records do.
   */
  readonly unfinished: boolean;
}

/** Going back, ready to be done. */
export interface RollbackMove {
  readonly kind: 'rollback';
  /** Warm: the release stands by on the endpoint, so one change of weights does it. Cold: it needs instances first. */
  readonly temperature: 'warm' | 'cold';
  /** The release that loses its traffic, or was about to get some; undefined where nobody knows it. */
  readonly from?: { readonly releaseId: string; readonly modelPackageArn: string };
  readonly to: { readonly releaseId: string; readonly modelPackageArn: string; readonly variant: string };
  /** Gives the release every request. */
  readonly traffic: Target;
  /** Leaves it alone on the endpoint. */
  readonly alone: Target;
}

export type RollbackPlan =
  | RollbackMove
  /** Not now, but soon: read again. By what can be seen already, it will go as `move` says. */
  | { readonly kind: 'wait'; readonly reason: string; readonly move: RollbackMove }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * How production goes back right now, from the endpoint's real state and the releases on record. Model and preprocessing
 * are one package, so going back to a release reverts both.
 */
export function planRollback(facts: RollbackFacts): RollbackPlan {
  const { endpoint, endpointName } = facts;
  if (endpoint === undefined) return refused(`endpoint ${endpointName} does not exist: nothing serves`);
  const target = chooseRelease(facts, endpoint);
  if (typeof target === 'string') return refused(target);
  if (PASSING.includes(endpoint.status)) {
    const move = moveTo(target, facts, endpoint);
    return { kind: 'wait', reason: `endpoint ${endpointName} is ${endpoint.status}`, move };
  }
  if (endpoint.status !== 'InService') {
    const why = endpoint.failureReason ?? 'SageMaker gave no reason';
    return refused(`endpoint ${endpointName} is ${endpoint.status} (${why}); see docs/runbook.md#endpoint-failed`);
  }
  return moveTo(target, facts, endpoint);
}

/** The release to go back to, or why there is none. */
function chooseRelease(facts: RollbackFacts, endpoint: EndpointState): Usable | string {
  if (facts.to !== undefined) return namedRelease(facts.to, facts, endpoint);
  if (facts.releases.length === 0) {
    return 'no release of this endpoint is on record as promoted: there is nothing to roll back to';
  }
  const candidates = wayBack(facts, endpoint).map((release) => usable(release, facts));
  const found = candidates.find((candidate) => typeof candidate !== 'string');
  const why = candidates.length === 0 ? 'no earlier release is on record' : candidates.join('; ');
  return found ?? `there is nothing to roll back to: ${why}`;
}

/**
 * Releases to go back to, the nearest first: the live one where it does not have all traffic, then those promoted before
 * it. What is unfinished ends at the live one, whatever has the traffic.
 */
function wayBack(facts: RollbackFacts, endpoint: EndpointState): readonly KnownRelease[] {
  const { releases, unfinished } = facts;
  const live = releases.find(({ releaseId }) => releaseId === facts.live);
  if (live === undefined) return distinct(releases).filter((release) => !hasAllTraffic(release, facts, endpoint));
  const before = releases.filter(
    ({ releaseId, promotedAt }) => releaseId !== live.releaseId && promotedAt < live.promotedAt,
  );
  const stay = !unfinished && hasAllTraffic(live, facts, endpoint);
  return distinct(stay ? before : [live, ...before]);
}

function namedRelease(name: string, facts: RollbackFacts, endpoint: EndpointState): Usable | string {
  const known = distinct(facts.releases);
  const found = known.find((release) => release.releaseId === name || release.modelPackageArn === name);
  const ids = known.filter((release) => typeof usable(release, facts) !== 'string').map(({ releaseId }) => releaseId);
  if (found === undefined) {
    return `release "${name}" is unknown; retained are ${ids.join(', ') || 'none'}${didYouMean(name, ids)}`;
  }
  if (!facts.unfinished && hasAllTraffic(found, facts, endpoint)) {
    return `release ${found.releaseId} has all traffic already; retained are ${ids.join(', ')}`;
  }
  return usable(found, facts);
}

/** A release with the variant that it is on the endpoint, or would be by its own configuration. */
interface Usable {
  readonly release: KnownRelease;
  readonly base: VariantSpec;
  readonly warm: boolean;
}

/** The release as it can be gone back to, or why it cannot. */
function usable(release: KnownRelease, facts: RollbackFacts): Usable | string {
  const { releaseId, modelPackageArn, approval, config } = release;
  const warm = facts.variants.find(
    (entry) => entry.modelPackageArn === modelPackageArn && entry.variant.instanceCount > 0,
  );
  const base = warm?.variant ?? config?.variant;
  if (base === undefined) return `release ${releaseId} is no longer retained: its endpoint configuration is gone`;
  if (approval === undefined) return `release ${releaseId} is no longer in the registry`;
  if (approval !== 'Approved') return `release ${releaseId} is ${approval} in the registry; approve it first`;
  return { release, base, warm: warm !== undefined };
}

function moveTo({ release: target, base, warm }: Usable, facts: RollbackFacts, endpoint: EndpointState): RollbackMove {
  const serving = servingVariant(endpoint);
  // As many instances as serve now: autoscaling may have added some since the release was configured.
  const instanceCount = Math.max(base.instanceCount, serving?.instanceCount ?? 0);
  const alone = aloneTarget(target, { ...base, instanceCount }, facts);
  const from = leaving(target, facts, endpoint);
  const move = {
    kind: 'rollback',
    ...(from === undefined ? {} : { from }),
    to: { releaseId: target.releaseId, modelPackageArn: target.modelPackageArn, variant: base.name },
    alone,
  } as const;
  if (!warm) return { ...move, temperature: 'cold', traffic: alone };
  return { ...move, temperature: 'warm', traffic: { kind: 'weights', weights: allTo(base.name, endpoint) } };
}

/** Its own configuration where that has instances enough, else one like it with more. */
function aloneTarget(release: KnownRelease, variant: VariantSpec, facts: RollbackFacts): Target {
  const own = release.config;
  if (own !== undefined && own.variant.name === variant.name && own.variant.instanceCount === variant.instanceCount) {
    const { name: configName, capture } = own;
    return { kind: 'fleet', fleet: { configName, variants: [own.variant], ...(capture && { capture }) } };
  }
  const { modelPackageArn } = release;
  // What serves now may be older than capture; what is gone back to is not.
  const capture = facts.capture ?? (own?.capture && rulesOf(own.capture));
  const rules: FleetFacts = { configName: facts.configName, ...(capture && { capture }) };
  return { kind: 'fleet', fleet: fleetOf(rules, [{ variant: { ...variant, weight: 100 }, modelPackageArn }]) };
}

/** The release that loses its traffic: of those on the endpoint, the one with most of it. */
function leaving(target: KnownRelease, facts: RollbackFacts, endpoint: EndpointState): RollbackMove['from'] {
  const weightOf = (name: string) => endpoint.variants.find((variant) => variant.name === name)?.weight ?? 0;
  const others = facts.variants
    .filter(({ modelPackageArn }) => modelPackageArn !== target.modelPackageArn)
    .filter(({ variant }) => weightOf(variant.name) > 0 || facts.unfinished)
    .sort((a, b) => weightOf(b.variant.name) - weightOf(a.variant.name));
  const modelPackageArn = others[0]?.modelPackageArn;
  return modelPackageArn === undefined ? undefined : { releaseId: releaseIdOf(modelPackageArn), modelPackageArn };
}

function hasAllTraffic(release: KnownRelease, facts: RollbackFacts, endpoint: EndpointState): boolean {
  const served = endpoint.variants.filter(({ weight }) => weight > 0).map(({ name }) => name);
  const packages = served.map((name) => facts.variants.find(({ variant }) => variant.name === name)?.modelPackageArn);
  return packages.length > 0 && packages.every((arn) => arn === release.modelPackageArn);
}

const allTo = (name: string, endpoint: EndpointState): Weights =>
  Object.fromEntries(endpoint.variants.map((variant) => [variant.name, variant.name === name ? 100 : 0]));

/** Each release once, at its newest promotion. */
export function distinct<R extends { readonly releaseId: string }>(releases: readonly R[]): readonly R[] {
  return releases.filter((release, i) => releases.findIndex(({ releaseId }) => releaseId === release.releaseId) === i);
}

const refused = (reason: string): RollbackPlan => ({ kind: 'refused', reason });
