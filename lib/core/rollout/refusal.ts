import { type EndpointState, isVariantName, type VariantName } from './endpoint';
import type { PlanFacts } from './plan-facts';
import { MAX_LOOKS } from './preflight';
import { looksIn } from './timing';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
}

export const refused = (reason: string): Refusal => ({ kind: 'refused', reason });

/** Why no change can be made to an endpoint that is not passing through one; `undefined` when it can. */
export function unusable({ name, status, failureReason, variants }: EndpointState): string | undefined {
  if (status !== 'InService') {
    return `endpoint ${name} is ${status} (${failureReason ?? 'SageMaker gave no reason'}); see docs/runbook.md#endpoint-failed`;
  }
  const foreign = variants.filter((variant) => !isVariantName(variant.name)).map((variant) => variant.name);
  if (foreign.length === 0 || foreign.length === variants.length) return undefined;
  return `endpoint ${name} has variants that no rollout made: ${foreign.join(', ')}; a rollout would delete them, so remove them first`;
}

/** What holds for a release whatever the endpoint is like. */
export function refusal({ approval, packageArn, rules }: PlanFacts): Refusal | undefined {
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
export function blocked(
  { alarms }: PlanFacts,
  serving: VariantName,
): Refusal | { readonly kind: 'wait'; readonly reason: string } | undefined {
  const alarm = alarms.find((reading) => reading.state === 'ALARM');
  if (alarm === undefined) return undefined;
  const reason = `alarm ${alarm.name} was on before the rollout began; see docs/runbook.md#alarm-before-rollout`;
  // One of the variant that does not serve is left over from an earlier rollout, and will clear by itself.
  return alarm.variant === serving ? refused(reason) : { kind: 'wait', reason };
}
