import type { Evidence } from '../report/report';
import type { RunRolloutStep } from '../report/run';
import { type CallerRequest, type CallerSummary, MODEL_ERROR } from './callers';
import type { BakeRules, Carried, IntervalCounts, Look } from './evidence';
import { judge } from './judge';

/** How long a rollback really took, as the callers saw it. Times are ISO 8601, UTC. */
export interface MeasuredRollback {
  /** When what had come back would have sufficed, had the judge looked then. */
  readonly evidenceAt: string;
  /** When the judge looked, and decided. */
  readonly decidedAt: string;
  /** When the old release was seen to have every request again. */
  readonly backAt: string;
  /** From `evidenceAt` to `backAt`. */
  readonly seconds: number;
}

export interface RollbackSeen {
  /** Steps of the rollout, the last one being the one that was taken back. */
  readonly steps: readonly (RunRolloutStep & { readonly evidence?: Evidence })[];
  readonly rules: BakeRules;
  /** The release that came, and the one that serves again. */
  readonly green: string;
  readonly blue: string;
  readonly callers: Pick<CallerSummary, 'startedAt' | 'weights'>;
  readonly requests: readonly CallerRequest[];
}

/** How finely the moment is searched for. */
const GRAIN_MS = 100;

/**
 * From the first evidence that suffices to the old release at 100 %. The judge's looks are repeated on the callers' own
 * record of requests, with its own rules; then the deciding look is moved back to the look before it, to the earliest moment
 * at which it would have decided the same. What the callers cannot see (golden requests, alarms) is seen at the look
 * itself.
 *
 * @returns undefined when no step was taken back, or nobody saw the weights go back
 */
export function measureRollback(seen: RollbackSeen): MeasuredRollback | undefined {
  const last = seen.steps.at(-1);
  if (last === undefined || last.verdict === 'pass') return undefined;
  const decided = Date.parse(last.endedAt);
  const back = backAt(seen, decided);
  if (back === undefined) return undefined;
  const evidence = Math.min(decided, sufficedAt(seen) ?? decided);
  return {
    evidenceAt: new Date(evidence).toISOString(),
    decidedAt: last.endedAt,
    backAt: new Date(back).toISOString(),
    seconds: Math.round((back - evidence) / 100) / 10,
  };
}

/** Milliseconds since 1970 at which only blue had weight, after the decision. */
function backAt({ callers, blue }: RollbackSeen, decided: number): number | undefined {
  const start = Date.parse(callers.startedAt);
  const back = callers.weights.find(({ at, weights }) => {
    const others = Object.entries(weights).filter(([name, weight]) => name !== blue && weight > 0);
    return start + at > decided && others.length === 0 && (weights[blue] ?? 0) > 0;
  });
  return back === undefined ? undefined : start + back.at;
}

function sufficedAt(seen: RollbackSeen): number | undefined {
  let carried: Carried | undefined;
  for (const [index, step] of seen.steps.entries()) {
    const final = index === seen.steps.length - 1;
    const looks = looksOf(step);
    const before = final ? looks.slice(0, -1) : looks;
    for (const [i, at] of before.entries())
      carried = judge(lookAt(seen, index, at, i + 1, carried), seen.rules).carried;
    if (!final) continue;
    const decided = looks.at(-1) ?? Date.parse(step.endedAt);
    for (let at = (before.at(-1) ?? Date.parse(step.startedAt)) + GRAIN_MS; at <= decided; at += GRAIN_MS) {
      const judgement = judge(lookAt(seen, index, at, looks.length, carried), seen.rules);
      if (judgement.decision === 'rollback') return at;
    }
  }
  return undefined;
}

/** When the judge looked: as often as its series says, at equal distances, the last one when the step ended. */
function looksOf({ startedAt, endedAt, evidence }: RollbackSeen['steps'][number]): readonly number[] {
  const series = evidence?.series as { readonly seconds?: readonly number[] } | undefined;
  const count = Math.max(1, series?.seconds?.length ?? 1);
  const [from, to] = [Date.parse(startedAt), Date.parse(endedAt)];
  return Array.from({ length: count }, (_, i) => from + ((i + 1) * (to - from)) / count);
}

function lookAt(seen: RollbackSeen, step: number, at: number, looks: number, carried: Carried | undefined): Look {
  const { startedAt = '', weight = 0 } = seen.steps[step] ?? {};
  const side = (name: string) => ({ name, alarms: [], intervals: [countsOf(seen, name, Date.parse(startedAt), at)] });
  return {
    now: new Date(at).toISOString(),
    step,
    weight,
    looks,
    // The bake is never over here: only what takes a release back at once is looked for.
    bakedSeconds: 0,
    green: side(seen.green),
    blue: side(seen.blue),
    ...(carried === undefined ? {} : { carried }),
  };
}

/** What came back of a variant from `from` to `to`, milliseconds since 1970. */
function countsOf({ callers, requests, rules }: RollbackSeen, name: string, from: number, to: number): IntervalCounts {
  const start = Date.parse(callers.startedAt);
  const here = requests.filter(({ at, milliseconds, variant }) => {
    const came = start + at + milliseconds;
    return variant === name && came > from && came <= to;
  });
  const failed = here.filter(({ error }) => error === MODEL_ERROR).length;
  return {
    start: new Date(from).toISOString(),
    seconds: (to - from) / 1000,
    requests: here.length,
    errors4xx: 0,
    errors5xx: failed,
    modelErrors: failed,
    slow: here.filter(({ milliseconds }) => milliseconds > rules.maxLatencyMs).length,
  };
}
