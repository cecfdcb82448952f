import { handler as conclude } from '../../../lambda/rollout/conclude';
import { handler as converge } from '../../../lambda/rollout/converge';
import { handler as drillPlan } from '../../../lambda/rollout/drill-plan';
import { handler as drillRecord } from '../../../lambda/rollout/drill-record';
import { handler as judge } from '../../../lambda/rollout/judge';
import { handler as lock } from '../../../lambda/rollout/lock';
import { handler as plan } from '../../../lambda/rollout/plan';
import { handler as preempt } from '../../../lambda/rollout/preempt';
import { handler as rejection } from '../../../lambda/rollout/rejection';
import { handler as retire } from '../../../lambda/rollout/retire';
import { handler as rollbackPlan } from '../../../lambda/rollout/rollback-plan';
import { handler as rollbackRecord } from '../../../lambda/rollout/rollback-record';
import { handler as settle } from '../../../lambda/rollout/settle';
import { handler as endToEnd } from '../../../lambda/serving/end-to-end';
import { LambdaError } from '../../../lib/local/engine/ports';
import { definitionOf, synthesize } from '../template';

const context = { getRemainingTimeInMillis: () => 600_000 };
type Handler = (event: never) => Promise<unknown>;

/** By a part of the function's logical id. */
const HANDLERS: readonly (readonly [RegExp, Handler])[] = [
  [/FunctionsLock/, lock],
  [/FunctionsPlan/, plan],
  [/FunctionsConverge/, converge],
  [/FunctionsSettle/, settle],
  [/CanaryJudge/, judge],
  [/CanaryConclude/, conclude],
  [/CanaryRetire/, retire],
  [/RollbackPlan/, rollbackPlan],
  [/RollbackPreempt/, preempt],
  [/RollbackRecord/, rollbackRecord],
  [/RollbackRejection/, rejection],
  [/DrillPlan/, drillPlan],
  [/DrillRecord/, drillRecord],
  [/EndToEnd/, (event) => endToEnd(event, context)],
];

/** Runs the real handler; events, answers and errors go through JSON, as Lambda hands them over. */
export async function invokeHandler(name: string, event: unknown): Promise<unknown> {
  const found = HANDLERS.find(([pattern]) => pattern.test(name));
  if (found === undefined) throw new Error(`no handler for ${name}`);
  try {
    return JSON.parse(JSON.stringify((await found[1](JSON.parse(JSON.stringify(event)) as never)) ?? null));
  } catch (error) {
    throw error instanceof Error ? new LambdaError(error.name, error.message) : error;
  }
}

const staging = synthesize('staging');
const production = synthesize('production');

/** The synthesized machines by name. */
export const DEFINITIONS = {
  Deployment: definitionOf(staging),
  Rollout: definitionOf(production, /Rollout/),
  Retirement: definitionOf(production, /Retirement/),
  Rollback: definitionOf(production, /RollbackMachine/),
  Drill: definitionOf(staging, /DrillMachine/),
} as const;

export type MachineName = keyof typeof DEFINITIONS;

/** The machine's ARN in the account of Step Functions' test bench. */
export const arnOf = (machine: MachineName): string => `arn:aws:states:eu-west-1:123456789012:stateMachine:${machine}`;
