import { type Check, type Evidence, REPORT_SCHEMA, type ReleaseIdentity, type Report } from '../report/report';
import type { RunRolloutStep } from '../report/run';
import { combineVerdicts } from '../verdict';

export interface CanaryFacts {
  readonly outcome: 'promoted' | 'rolled-back' | 'unchanged';
  readonly reason: string;
  readonly first: boolean;
  readonly rollbackSeconds?: number;
  readonly steps: readonly (RunRolloutStep & { readonly evidence?: Evidence })[];
  readonly release: ReleaseIdentity;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The report of a rollout: one check a step, and one for how it ended. */
export function canaryReport(facts: CanaryFacts): Report {
  const checks: readonly Check[] = [...facts.steps.map(stepCheck), outcomeCheck(facts)];
  return {
    schema: REPORT_SCHEMA,
    gate: 'canary',
    verdict: combineVerdicts(checks.map((check) => check.verdict)),
    reason: facts.reason,
    release: facts.release,
    checks,
    createdAt: facts.createdAt,
  };
}

function stepCheck(step: CanaryFacts['steps'][number]): Check {
  const { weight, startedAt, endedAt, verdict, reason, evidence } = step;
  return { id: `canary.step.${weight}`, verdict, reason, evidence: { ...evidence, weight, startedAt, endedAt } };
}

function outcomeCheck({ outcome, reason, first, rollbackSeconds }: CanaryFacts): Check {
  const id = 'canary.outcome';
  if (outcome === 'rolled-back') {
    return { id, verdict: 'fail', reason, ...(rollbackSeconds === undefined ? {} : { evidence: { rollbackSeconds } }) };
  }
  if (outcome === 'unchanged') return { id, verdict: 'pass', reason: `${reason}; its end-to-end checks passed` };
  const how = first
    ? 'first release: there was nothing to compare it with, its end-to-end checks passed'
    : 'every step was taken and the new variant serves all traffic';
  return { id, verdict: 'pass', reason: how };
}
