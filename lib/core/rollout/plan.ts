import type { Target } from './converge';
import {
  type EndpointState,
  type FleetSpec,
  otherVariant,
  PASSING,
  servingVariant,
  shareOf,
  type VariantName,
  type VariantSpec,
} from './endpoint';
import type { AlarmReading, BakeRules } from './judge';
import { firstRelease, replacement } from './plan-deploy';
import { MAX_LOOKS } from './preflight';
import { type ReleaseRecord, type RolloutMark, releaseIdOf } from './releases';
import type { VariantRelease } from './rollback';
import { looksIn } from './timing';

/** The model object to create: from the approved package itself, or from its parts where it is not approved yet. */
export interface ModelSpec {
  readonly name: string;
  readonly packageArn?: string;
  readonly container?: {
    readonly image: string;
    readonly modelDataUrl: string;
    readonly environment: Readonly<Record<string, string>>;
  };
}

export interface CanaryRules extends BakeRules {
  readonly steps: readonly number[];
  readonly judgeEverySeconds: number;
}

/** What was read before anything is changed. */
export interface PlanFacts {
  readonly endpointName: string;
  readonly endpoint?: EndpointState;
  /** What stands behind each variant of the endpoint. */
  readonly variants: readonly VariantRelease[];
  /** The release that ought to serve by the records. @default - none was ever promoted, or nobody wrote it down */
  readonly live?: ReleaseRecord;
  /** How far an earlier execution of this very run had come. @default - there was none, or it changed nothing */
  readonly mark?: RolloutMark;
  readonly packageArn: string;
  readonly approval: { readonly status: string; readonly description?: string };
  readonly model: ModelSpec;
  readonly instances: { readonly type: string; readonly count: number };
  readonly alarms: readonly (AlarmReading & { readonly variant: string })[];
  readonly rules: CanaryRules;
  /** Name of the endpoint configuration with this content: the same content has the same name. */
  readonly configName: (variants: readonly VariantSpec[]) => string;
}

export interface DeployPlan {
  readonly kind: 'deploy';
  readonly first: boolean;
  readonly candidate: VariantName;
  readonly serving?: VariantName;
  /** Version of the release that serves. */
  readonly servingRelease?: string;
  readonly model: ModelSpec;
  readonly deploy: Target;
  /** Serves the new release alone: what a cold rollback to it needs, and all that stays once the old one is retired. */
  readonly alone: FleetSpec;
  readonly steps: readonly { readonly weight: number; readonly target: Target }[];
  /** Gives the serving variant every request again. */
  readonly rollback: Target;
  /** Leaves no failed variant behind. */
  readonly restore: Target;
  /** Where an earlier execution had come: on with this step, or back. @default - from the beginning */
  readonly resume?:
    | { readonly at: 'step'; readonly step: number }
    | { readonly at: 'rollback'; readonly reason: string; readonly verdictAt: string };
  /** What a person should know about the endpoint, in one line. @default - nothing */
  readonly note?: string;
  readonly rules: CanaryRules;
}

export interface UnchangedPlan {
  readonly kind: 'unchanged';
  readonly reason: string;
  readonly serving: VariantName;
  /** Every request to the serving variant: an earlier rollout may have ended with the traffic shared. */
  readonly hold: Target;
  readonly rules: CanaryRules;
}

export type Plan =
  | DeployPlan
  | UnchangedPlan
  /** Not now, but soon: read again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** What production has to do for this release, from the endpoint's real state and the records alone. */
export function planRollout(facts: PlanFacts): Plan {
  const { endpoint, mark } = facts;
  if (mark?.phase === 'rollback') return planReturn(facts, mark);
  if (endpoint !== undefined && PASSING.includes(endpoint.status)) {
    return { kind: 'wait', reason: `endpoint ${endpoint.name} is ${endpoint.status}` };
  }
  if (endpoint === undefined) return refusal(facts) ?? { ...firstRelease(facts), ...deletedByHand(facts) };
  const problem = unusable(endpoint);
  if (problem !== undefined) return refused(problem);
  const live = liveVariant(facts, endpoint);
  if (live === undefined) {
    const found = endpoint.variants.map((variant) => `${variant.name} ${variant.weight}`).join(', ');
    return refused(
      `endpoint ${endpoint.name} has no variant blue or green with weight above 0; found ${found || 'none'}`,
    );
  }
  if (live.modelPackageArn !== facts.packageArn) return planReplacement(facts, endpoint, live);
  // Nobody has used this endpoint yet: its one release was cut short before it was checked.
  if (mark?.phase === 'first') return refusal(facts) ?? firstRelease(facts);
  return refusal(facts) ?? unchanged(facts, live.variant.name);
}

/** Staging: the new release replaces whatever is there, all at once. */
export function planStaging(facts: Pick<PlanFacts, 'endpoint' | 'model' | 'instances' | 'rules' | 'configName'>): Plan {
  const plan = firstRelease(facts);
  const { deploy } = plan;
  return { ...plan, first: facts.endpoint === undefined, deploy: { ...deploy, replaceFailed: true } };
}

function planReplacement(facts: PlanFacts, endpoint: EndpointState, live: VariantRelease): Plan {
  const candidate = otherVariant(live.variant.name);
  const there = facts.variants.find(({ variant }) => variant.name === candidate);
  const share = there?.modelPackageArn === facts.packageArn ? shareOf(endpoint, candidate) : 0;
  const plan = replacement(facts, endpoint, live);
  if (share === 0) return refusal(facts) ?? blocked(facts, live.variant.name) ?? plan;
  // Traffic is on it already, so a refusal would leave it there: an alarm is for the judge, a withdrawn approval leads back.
  const no = refusal(facts);
  if (no !== undefined) return { ...plan, resume: { at: 'rollback', reason: no.reason, verdictAt: '' } };
  const step = plan.steps.findLastIndex(({ weight }) => weight / 100 <= share + 1e-6);
  return { ...plan, resume: { at: 'step', step: Math.max(0, step) } };
}

/** A rollback that was cut short is taken to its end, whatever the weights, the approval and the alarms are. */
function planReturn(facts: PlanFacts, { reason, verdictAt, first }: RolloutMark & { phase: 'rollback' }): Plan {
  const { endpoint } = facts;
  const resume = { at: 'rollback', reason, verdictAt } as const;
  if (first) return { ...firstRelease(facts), resume };
  if (endpoint === undefined) {
    return refused(
      `endpoint ${facts.endpointName} was deleted while it was rolled back (${reason}); start a release again to create it`,
    );
  }
  if (PASSING.includes(endpoint.status)) {
    return { kind: 'wait', reason: `endpoint ${endpoint.name} is ${endpoint.status}` };
  }
  const problem = unusable(endpoint);
  if (problem !== undefined) return refused(problem);
  const live = liveVariant(facts, endpoint);
  if (live === undefined) return refused(`endpoint ${endpoint.name} has no variant to roll back to (${reason})`);
  return { ...replacement(facts, endpoint, live), resume };
}

/** Why no change can be made to an endpoint that is not passing through one; `undefined` when it can. */
function unusable({ name, status, failureReason, variants }: EndpointState): string | undefined {
  if (status !== 'InService') {
    return `endpoint ${name} is ${status} (${failureReason ?? 'SageMaker gave no reason'}); see docs/runbook.md#endpoint-failed`;
  }
  const foreign = variants.filter((variant) => !isVariantName(variant.name)).map((variant) => variant.name);
  if (foreign.length === 0 || foreign.length === variants.length) return undefined;
  return `endpoint ${name} has variants that no rollout made: ${foreign.join(', ')}; a rollout would delete them, so remove them first`;
}

/**
 * The variant that serves: the one with the recorded release; without a record, or where the record is not there, the
 * one with the greatest weight.
 */
function liveVariant(facts: PlanFacts, endpoint: EndpointState): VariantRelease | undefined {
  const { live, mark, variants, packageArn } = facts;
  const recorded = variants
    .filter((entry) => live !== undefined && entry.modelPackageArn === live.modelPackageArn)
    .sort((a, b) => shareOf(endpoint, b.variant.name) - shareOf(endpoint, a.variant.name))[0];
  const name = servingVariant(endpoint)?.name;
  if (name === undefined) return undefined;
  // In the last step of a canary the candidate has the greatest weight.
  const other = variants.find(
    ({ modelPackageArn }) => mark !== undefined && mark.phase !== 'first' && modelPackageArn !== packageArn,
  );
  const found = recorded ?? other ?? variants.find(({ variant }) => variant.name === name);
  return found !== undefined && isVariantName(found.variant.name) ? found : undefined;
}

function unchanged(facts: PlanFacts, serving: VariantName): UnchangedPlan {
  return {
    kind: 'unchanged',
    reason: `${serving} already serves ${facts.packageArn}`,
    serving,
    hold: { kind: 'weights', weights: { [serving]: 100, [otherVariant(serving)]: 0 } },
    rules: facts.rules,
  };
}

/** What holds for a release whatever the endpoint is like. */
function refusal({ approval, packageArn, rules }: PlanFacts): { kind: 'refused'; reason: string } | undefined {
  if (approval.status !== 'Approved') {
    const why = approval.description === undefined ? '' : ` (${approval.description})`;
    return refused(`model package ${packageArn} is ${approval.status}${why}; production takes only Approved packages`);
  }
  const looks = rules.steps.length * looksIn(rules.maxBakeSeconds, rules.judgeEverySeconds);
  if (looks <= MAX_LOOKS) return undefined;
  return refused(
    `canary asks for up to ${looks} looks of the judge; one rollout has room for ${MAX_LOOKS}: raise judgeEverySeconds or lower maxBakeSeconds`,
  );
}

/** An alarm from before is not the new release's fault, and would be blamed on it. */
function blocked({ alarms }: PlanFacts, serving: VariantName): Plan | undefined {
  const alarm = alarms.find((reading) => reading.state === 'ALARM');
  if (alarm === undefined) return undefined;
  const reason = `alarm ${alarm.name} was on before the rollout began; see docs/runbook.md#alarm-before-rollout`;
  // One of the variant that does not serve is left over from an earlier rollout, and will clear by itself.
  return alarm.variant === serving ? refused(reason) : { kind: 'wait', reason };
}

function deletedByHand({ live, endpointName }: PlanFacts): { readonly note?: string } {
  if (live === undefined) return {};
  return {
    note: `endpoint ${endpointName} had been deleted; the last to serve was release ${releaseIdOf(live.modelPackageArn)}`,
  };
}

const refused = (reason: string): { kind: 'refused'; reason: string } => ({ kind: 'refused', reason });

const isVariantName = (name: string): name is VariantName => name === 'blue' || name === 'green';
