import type { Target } from './converge';
import { type EndpointState, otherVariant, servingVariant, type VariantName, type VariantSpec } from './endpoint';
import type { AlarmReading, BakeRules } from './judge';

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
  /** Model and instances behind the serving variant. */
  readonly serving?: { readonly modelName: string; readonly instanceType: string; readonly packageArn?: string };
  readonly packageArn: string;
  readonly approval: { readonly status: string; readonly description?: string };
  readonly model: ModelSpec;
  readonly instances: { readonly type: string; readonly count: number };
  readonly alarms: readonly (AlarmReading & { readonly variant: string })[];
  readonly rules: CanaryRules;
  /** Name of the endpoint configuration with this content: the same content has the same name within a run. */
  readonly configName: (variants: readonly VariantSpec[]) => string;
}

export interface DeployPlan {
  readonly kind: 'deploy';
  readonly first: boolean;
  readonly candidate: VariantName;
  readonly serving?: VariantName;
  readonly model: ModelSpec;
  readonly deploy: Target;
  readonly steps: readonly { readonly weight: number; readonly target: Target }[];
  /** Gives the serving variant every request again. */
  readonly rollback: Target;
  /** Leaves no failed variant behind. */
  readonly restore: Target;
  readonly rules: CanaryRules;
}

export type Plan =
  | DeployPlan
  /** Not now, but soon: read again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unchanged'; readonly reason: string; readonly serving: VariantName };

/** A state machine ends after 25 000 events, and a look writes nine; the rest is for the changes of the endpoint. */
const MAX_LOOKS = 1500;

const USABLE = 'InService';
const PASSING = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** What production has to do for this release, from the endpoint's real state alone. */
export function planRollout(facts: PlanFacts): Plan {
  if (facts.approval.status !== 'Approved') return refused(notApproved(facts));
  const looks = facts.rules.steps.length * Math.ceil(facts.rules.maxBakeSeconds / facts.rules.judgeEverySeconds);
  if (looks > MAX_LOOKS) {
    return refused(
      `canary asks for up to ${looks} looks of the judge; one rollout has room for ${MAX_LOOKS}: raise judgeEverySeconds or lower maxBakeSeconds`,
    );
  }
  const endpoint = facts.endpoint;
  if (endpoint === undefined) return firstRelease(facts);
  if (PASSING.includes(endpoint.status)) {
    return { kind: 'wait', reason: `endpoint ${endpoint.name} is ${endpoint.status}` };
  }
  if (endpoint.status !== USABLE) {
    const why = endpoint.failureReason ?? 'SageMaker gave no reason';
    return refused(`endpoint ${endpoint.name} is ${endpoint.status} (${why}); see docs/runbook.md#endpoint-failed`);
  }
  const live = servingVariant(endpoint);
  if (live === undefined || facts.serving === undefined || !isVariantName(live.name)) {
    const found = endpoint.variants.map((variant) => `${variant.name} ${variant.weight}`).join(', ');
    return refused(
      `endpoint ${endpoint.name} has no variant blue or green with weight above 0; found ${found || 'none'}`,
    );
  }
  if (facts.serving.packageArn === facts.packageArn) {
    return { kind: 'unchanged', reason: `${live.name} already serves ${facts.packageArn}`, serving: live.name };
  }
  const alarm = facts.alarms.find((reading) => reading.state === 'ALARM');
  // An alarm of the variant that does not serve is left over from an earlier rollout and will clear by itself.
  if (alarm !== undefined && alarm.variant !== live.name) return { kind: 'wait', reason: blockedBy(alarm.name) };
  if (alarm !== undefined) return refused(blockedBy(alarm.name));
  return replacement(facts, live.name, facts.serving, live.instanceCount);
}

/** Staging: the new release replaces whatever is there, all at once. */
export function planStaging(facts: Omit<PlanFacts, 'alarms' | 'serving' | 'approval'>): Plan {
  const variant = candidateSpec(facts, 'blue', 100);
  const fleet = { configName: facts.configName([variant]), variants: [variant] };
  return {
    kind: 'deploy',
    first: facts.endpoint === undefined,
    candidate: 'blue',
    model: facts.model,
    deploy: { kind: 'fleet', fleet, replaceFailed: true },
    steps: [],
    rollback: { kind: 'absent' },
    restore: { kind: 'absent' },
    rules: facts.rules,
  };
}

function firstRelease(facts: PlanFacts): DeployPlan {
  const variant = candidateSpec(facts, 'blue', 100);
  return {
    kind: 'deploy',
    first: true,
    candidate: 'blue',
    model: facts.model,
    deploy: { kind: 'fleet', fleet: { configName: facts.configName([variant]), variants: [variant] } },
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
function replacement(
  facts: PlanFacts,
  live: VariantName,
  serving: NonNullable<PlanFacts['serving']>,
  instanceCount: number,
): DeployPlan {
  const candidate = otherVariant(live);
  const old: VariantSpec = { name: live, ...pick(serving), instanceCount, weight: 100 };
  const pair = [old, candidateSpec(facts, candidate, 0)];
  const back = { [live]: 100, [candidate]: 0 };
  return {
    kind: 'deploy',
    first: false,
    candidate,
    serving: live,
    model: facts.model,
    deploy: { kind: 'fleet', fleet: { configName: facts.configName(pair), variants: pair } },
    steps: facts.rules.steps.map((weight) => ({
      weight,
      target: { kind: 'weights', weights: { [live]: 100 - weight, [candidate]: weight } },
    })),
    rollback: { kind: 'weights', weights: back },
    restore: {
      kind: 'fleet',
      fleet: { configName: facts.configName([old]), variants: [old] },
      ...originalConfig(facts, candidate),
    },
    rules: facts.rules,
  };
}

/** The configuration from before is as good as a new one, unless it holds a variant under the new one's name. */
function originalConfig(facts: PlanFacts, candidate: VariantName): { readonly orConfig?: string } {
  const { endpoint } = facts;
  if (endpoint === undefined || endpoint.variants.some((variant) => variant.name === candidate)) return {};
  return { orConfig: endpoint.configName };
}

function candidateSpec(facts: Pick<PlanFacts, 'model' | 'instances'>, name: VariantName, weight: number): VariantSpec {
  return {
    name,
    modelName: facts.model.name,
    instanceType: facts.instances.type,
    instanceCount: facts.instances.count,
    weight,
  };
}

const pick = (serving: NonNullable<PlanFacts['serving']>) => ({
  modelName: serving.modelName,
  instanceType: serving.instanceType,
});

function notApproved({ approval, packageArn }: PlanFacts): string {
  const why = approval.description === undefined ? '' : ` (${approval.description})`;
  return `model package ${packageArn} is ${approval.status}${why}; production takes only Approved packages`;
}

const refused = (reason: string): Plan => ({ kind: 'refused', reason });

const blockedBy = (alarm: string): string =>
  `alarm ${alarm} was on before the rollout began; see docs/runbook.md#alarm-before-rollout`;

const isVariantName = (name: string): name is VariantName => name === 'blue' || name === 'green';
