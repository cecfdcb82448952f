import type { BakeRules, Carried, IntervalCounts } from '../../lib/core/rollout/evidence';
import { decide } from '../../lib/core/rollout/judge';
import { NO_SERIES } from '../../lib/core/rollout/look-evidence';
import { pairsToSend, pairsWanted } from '../../lib/core/rollout/open';
import { emptyTally, type ProbeTally } from '../../lib/core/rollout/probes';
import { viewOf } from '../../lib/core/rollout/view';
import { normalCdf } from '../../lib/core/statistics';
import { hypergeometricUpperTail } from './hypergeometric';
import type { Minute } from './traffic';

/** What a method sees at a look: the minutes since the one before, and the step. */
export interface Seen {
  readonly step: number;
  /** Traffic share of green, in percent. */
  readonly weight: number;
  /** Minutes that the step has baked. */
  readonly baked: number;
  /** Counts since the last look. */
  readonly green: Minute;
  readonly blue: Minute;
}

export type Call = 'wait' | 'next' | 'back';

/** One rollout under a method; made anew for each. */
export interface Judge {
  /** Golden requests to each variant before the next look. */
  probes(step: number): number;
  look(seen: Seen): Call;
}

export interface Method {
  readonly name: string;
  /** Ours, or somebody else's. */
  readonly ours: boolean;
  start(): Judge;
}

export const BAKE_MINUTES = 10;

const byTime = ({ baked }: Seen): Call => (baked >= BAKE_MINUTES ? 'next' : 'wait');

const NO_MINUTE: Minute = { requests: 0, errors: 0, slow: 0 };

const plus = (a: Minute, b: Minute): Minute => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  slow: a.slow + b.slow,
});

/** The judge that the Lambda function calls; what it writes for the report is left out. */
export function ours(name: string, rules: BakeRules): Method {
  return { name, ours: true, start: () => new Assay(rules) };
}

class Assay implements Judge {
  private carried: Carried | undefined;
  private step = 0;
  private looks = 0;
  private green = NO_MINUTE;
  private blue = NO_MINUTE;
  private tally: ProbeTally = { ...emptyTally({ bins: { kind: 'score', cuts: [] }, rows: 1e9 }) };

  constructor(private readonly rules: BakeRules) {}

  probes(step: number): number {
    const pairs = pairsToSend(this.rules, step, this.carried);
    const { answers, stepPairs } = this.tally;
    const before = this.tally.step === step ? stepPairs : 0;
    this.tally = {
      ...this.tally,
      step,
      stepPairs: before + pairs,
      answers: { requests: answers.requests + pairs, events: 0 },
    };
    return pairs;
  }

  look({ step, weight, baked, green, blue }: Seen): Call {
    if (step !== this.step) Object.assign(this, { step, looks: 0, green: NO_MINUTE, blue: NO_MINUTE });
    this.green = plus(this.green, green);
    this.blue = plus(this.blue, blue);
    this.looks += 1;
    const view = viewOf(
      {
        now: '',
        step,
        weight,
        looks: this.looks,
        bakedSeconds: 60 * baked,
        green: { name: 'green', intervals: intervals(this.green), alarms: [] },
        blue: { name: 'blue', intervals: intervals(this.blue), alarms: [] },
        probes: this.tally,
        ...(this.carried === undefined ? {} : { carried: this.carried }),
      },
      this.rules,
    );
    const { decision } = decide(view);
    this.carried = { step, sequence: view.sequence, pairsWanted: pairsWanted(view), series: NO_SERIES };
    if (decision === 'rollback') return 'back';
    return decision === 'promote' ? 'next' : 'wait';
  }
}

/** The judge sums its periods; here they come as one. */
const intervals = ({ requests, errors, slow }: Minute): readonly IntervalCounts[] =>
  requests === 0
    ? []
    : [{ start: '', seconds: 60, requests, errors4xx: 0, errors5xx: errors, modelErrors: errors, slow }];

/** What is counted. */
export type Event = 'errors' | 'slow';

/** Argo Rollouts' analysis: a measurement at each look fails above a threshold; more than `limit` failures go back. */
export const argo = (threshold: number, limit: number, event: Event = 'errors'): Method => ({
  name: `Argo-style: more than ${limit} looks above ${percent(threshold)}`,
  ours: false,
  start: () => {
    let failures = 0;
    return {
      probes: () => 0,
      look: (seen) => {
        if (seen.green.requests > 0 && seen.green[event] > threshold * seen.green.requests) failures += 1;
        return failures > limit ? 'back' : byTime(seen);
      },
    };
  },
});

/** A CloudWatch alarm on green's rate: one period above a threshold goes back. */
export const alarm = (threshold: number, event: Event = 'errors'): Method => ({
  ...argo(threshold, 0, event),
  name: `alarm: one look above ${percent(threshold)}`,
});

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** What a test of the whole step so far says at each look. */
function repeated(name: string, level: number, pValue: (green: Minute, blue: Minute) => number): Method {
  return {
    name,
    ours: false,
    start: () => {
      let [step, green, blue] = [0, NO_MINUTE, NO_MINUTE];
      return {
        probes: () => 0,
        look: (seen) => {
          if (seen.step !== step) [step, green, blue] = [seen.step, NO_MINUTE, NO_MINUTE];
          [green, blue] = [plus(green, seen.green), plus(blue, seen.blue)];
          return pValue(green, blue) < level ? 'back' : byTime(seen);
        },
      };
    },
  };
}

/** The pooled z-test of two proportions, one-sided, at each look. */
export const zTest = (level: number, event: Event = 'errors'): Method =>
  repeated(`z-test at ${percent(level)} at each look`, level, (green, blue) => {
    const pooled = (green[event] + blue[event]) / (green.requests + blue.requests);
    const variance = pooled * (1 - pooled) * (1 / green.requests + 1 / blue.requests);
    if (!(variance > 0)) return 1;
    return 1 - normalCdf((green[event] / green.requests - blue[event] / blue.requests) / Math.sqrt(variance));
  });

/** Fisher's exact test, one-sided, with Bonferroni's correction for a number of looks that must be known before. */
export const fisher = (level: number, looks: number, event: Event = 'errors'): Method =>
  repeated(`Fisher's exact test at ${percent(level)} ÷ ${looks} looks`, level / looks, (green, blue) => {
    if (green[event] * blue.requests <= blue[event] * green.requests) return 1;
    return hypergeometricUpperTail(green[event], {
      drawn: green.requests,
      marked: green[event] + blue[event],
      all: green.requests + blue.requests,
    });
  });
