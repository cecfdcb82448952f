import { planAbandoned, planUnrecorded } from './abandoned';
import {
  type EndpointState,
  isVariantName,
  otherVariant,
  PASSING,
  servingVariant,
  shareOf,
  type VariantName,
} from './endpoint';
import { firstRelease, replacement } from './plan-deploy';
import type { Plan, PlanFacts, UnchangedPlan } from './plan-facts';
import type { Progress } from './progress';
import { blocked, refusal, refused, unusable } from './refusal';
import { type LeftMark, releaseIdOf } from './releases';
import type { VariantRelease } from './rollback';

export type * from './plan-facts';

/** What production has to do for this release, from the endpoint's real state and the records alone. */
export function planRollout(facts: PlanFacts): Plan {
  const { endpoint, mark } = facts;
  if (mark?.phase === 'rollback') return planReturn(facts, mark);
  if (endpoint !== undefined && PASSING.includes(endpoint.status)) {
    return { kind: 'wait', reason: `endpoint ${endpoint.name} is ${endpoint.status}` };
  }
  const problem = endpoint === undefined ? undefined : unusable(endpoint);
  if (problem !== undefined) return refused(problem);
  const before = planAbandoned(facts) ?? planUnrecorded(facts);
  if (before !== undefined) return before;
  if (endpoint === undefined) return refusal(facts) ?? { ...firstRelease(facts), ...deletedByHand(facts) };
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

/** Staging: the new release replaces whatever is there, all at once. Its requests are Assay's own: none is captured. */
export function planStaging(facts: Pick<PlanFacts, 'endpoint' | 'model' | 'instances' | 'rules' | 'configName'>): Plan {
  const { endpoint, model, instances, rules, configName } = facts;
  const plan = firstRelease({ model, instances, rules, configName });
  const { deploy } = plan;
  return { ...plan, first: endpoint === undefined, deploy: { ...deploy, replaceFailed: true } };
}

function planReplacement(facts: PlanFacts, endpoint: EndpointState, live: VariantRelease): Plan {
  const candidate = otherVariant(live.variant.name);
  const there = facts.variants.find(({ variant }) => variant.name === candidate);
  const share = there?.modelPackageArn === facts.packageArn ? shareOf(endpoint, candidate) : 0;
  const plan = replacement(facts, endpoint, live);
  if (share === 0) return refusal(facts) ?? blocked(facts, live.variant.name) ?? plan;
  // Traffic is on it already, so a refusal would leave it there: an alarm is for the judge, a withdrawn approval leads back.
  const no = refusal(facts);
  const progress = ownProgress(facts);
  if (no !== undefined) return { ...plan, resume: { at: 'rollback', reason: no.reason, verdictAt: '', ...progress } };
  const seen = plan.steps.findLastIndex(({ weight }) => weight / 100 <= share + 1e-6);
  // What was promoted is not baked again, although the weights had not followed yet.
  const step = Math.min(Math.max(0, seen) + 1, progress.progress?.step ?? Math.max(0, seen));
  return { ...plan, resume: { at: 'step', step, ...progress } };
}

/** Golden requests go on with the rows of their own run. */
const ownProgress = ({ mark, runId }: PlanFacts): { readonly progress?: Progress } =>
  mark?.runId === runId ? { progress: mark.progress } : {};

/** A rollback that was cut short is taken to its end, whatever the weights, the approval and the alarms are. */
function planReturn(facts: PlanFacts, { reason, verdictAt, first }: LeftMark & { phase: 'rollback' }): Plan {
  const { endpoint } = facts;
  const resume = { at: 'rollback', reason, verdictAt, ...ownProgress(facts) } as const;
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

function deletedByHand({ live, endpointName }: PlanFacts): { readonly note?: string } {
  if (live === undefined) return {};
  return {
    note: `endpoint ${endpointName} had been deleted; the last to serve was release ${releaseIdOf(live.modelPackageArn)}`,
  };
}
