import { createRandom } from '../../lib/core/statistics';
import type { Method } from './methods';
import { type Minute, type TrafficOptions, traffic } from './traffic';

export interface Scenario extends TrafficOptions {
  readonly name: string;
  /** Minutes between looks, by turns. @default [1] */
  readonly lookEvery?: readonly number[];
}

export interface Outcome {
  readonly rolledBack: boolean;
  /** Requests that green answered until the end, and how many of them were golden ones. */
  readonly greenRequests: number;
  readonly golden: number;
  /** Minutes until the end. */
  readonly minutes: number;
}

const STEPS = [5, 25, 100] as const;
/** A guard against a method that never ends. */
const MAX_MINUTES = 1000;

/** One whole rollout 5 → 25 → 100 under a method. The same seed gives every method the same random numbers. */
export function rollOut(method: Method, scenario: Scenario, seed: number): Outcome {
  const random = createRandom(seed);
  const source = traffic(random, scenario);
  const judge = method.start();
  const every = scenario.lookEvery ?? [1];
  let [at, greenRequests, golden, looks] = [0, 0, 0, 0];
  for (const [step, weight] of STEPS.entries()) {
    for (let baked = 0; at < MAX_MINUTES; ) {
      const sums: { green: Minute; blue: Minute } = { green: NONE, blue: NONE };
      const minutes = every[looks % every.length] ?? 1;
      let probes = judge.probes(step);
      golden += probes;
      for (let i = 0; i < minutes; i += 1) {
        const { green, blue } = source.minute(at, weight / 100, probes);
        sums.green = plus(sums.green, green);
        sums.blue = plus(sums.blue, blue);
        probes = 0;
        at += 1;
      }
      looks += 1;
      baked += minutes;
      greenRequests += sums.green.requests;
      const call = judge.look({ step, weight, baked, ...sums });
      if (call === 'back') return { rolledBack: true, greenRequests, golden, minutes: at };
      if (call === 'next') break;
    }
  }
  return { rolledBack: false, greenRequests, golden, minutes: at };
}

const NONE: Minute = { requests: 0, errors: 0, slow: 0 };

const plus = (a: Minute, b: Minute): Minute => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  slow: a.slow + b.slow,
});

export interface Summary {
  readonly method: string;
  readonly scenario: string;
  readonly rollouts: number;
  /** Share that was rolled back. */
  readonly rolledBack: number;
  /** Medians over those rolled back, NaN without any: requests of green, those of clients among them, and minutes. */
  readonly medianGreenRequests: number;
  readonly medianClientRequests: number;
  readonly medianMinutes: number;
}

export function summarise(method: Method, scenario: Scenario, rollouts: number): Summary {
  const back: Outcome[] = [];
  for (let i = 0; i < rollouts; i += 1) {
    const outcome = rollOut(method, scenario, i + 1);
    if (outcome.rolledBack) back.push(outcome);
  }
  return {
    method: method.name,
    scenario: scenario.name,
    rollouts,
    rolledBack: back.length / rollouts,
    medianGreenRequests: median(back.map((outcome) => outcome.greenRequests)),
    medianClientRequests: median(back.map((outcome) => outcome.greenRequests - outcome.golden)),
    medianMinutes: median(back.map((outcome) => outcome.minutes)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
