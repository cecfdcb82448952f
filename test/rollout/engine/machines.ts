import { handler as conclude } from '../../../lambda/rollout/conclude';
import { handler as converge } from '../../../lambda/rollout/converge';
import { handler as judge } from '../../../lambda/rollout/judge';
import { handler as lock } from '../../../lambda/rollout/lock';
import { handler as plan } from '../../../lambda/rollout/plan';
import { handler as retire } from '../../../lambda/rollout/retire';
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

const production = synthesize('production');

/** The synthesized machines by name. */
export const DEFINITIONS = {
  Deployment: definitionOf(synthesize('staging')),
  Rollout: definitionOf(production, /Rollout/),
  Retirement: definitionOf(production, /Retirement/),
} as const;

export type MachineName = keyof typeof DEFINITIONS;
