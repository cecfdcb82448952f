import type { BakeRules, IntervalCounts, Look } from '../../../lib/core/rollout/evidence';
import { emptyTally, type ProbeTally } from '../../../lib/core/rollout/probes';

export const RULES: BakeRules = {
  bakeSeconds: 600,
  maxBakeSeconds: 3600,
  judgeEverySeconds: 60,
  minRequests: 20,
  maxErrorRate: 0.01,
  maxExcess: 0.002,
  maxLatencyMs: 1000,
  maxSlowRate: 0.1,
  maxSlowExcess: 0.05,
  maxPredictionShift: 0.2,
  falseRollback: 0.01,
  onInconclusive: 'rollback',
  probes: { pairs: 20, maxPerLook: 20, ratePerSecond: 10, maxInvalidRate: 0 },
};

type Counts = Omit<IntervalCounts, 'start' | 'seconds'>;

/** One period of each minute from the step's start. */
export const minutes = (...counts: readonly Counts[]): readonly IntervalCounts[] =>
  counts.map((each, i) => ({
    start: `2026-01-01T12:${String(i).padStart(2, '0')}:00.000Z`,
    seconds: 60,
    ...each,
  }));

/** A period with every count; what is not said did not happen. */
export const full = (requests: number, more: Counts = {}): Counts => ({
  requests,
  errors4xx: 0,
  errors5xx: 0,
  modelErrors: 0,
  slow: 0,
  ...more,
});

/** Twenty pairs that went well. */
export const PROBED: ProbeTally = {
  ...emptyTally({ bins: { kind: 'score', cuts: [0.5] }, rows: 100 }),
  stepPairs: 20,
  taken: 20,
  answers: { requests: 20, events: 0 },
};

/** A look at the end of a healthy bake at 5 %. */
export function lookAt({ green, blue, ...more }: LookOptions = {}): Look {
  return {
    now: '2026-01-01T12:10:00.000Z',
    step: 0,
    weight: 5,
    looks: 10,
    bakedSeconds: 600,
    green: {
      name: 'green',
      intervals: minutes(full(1000)),
      alarms: [{ name: 'g', metric: 'Invocation5XXErrors', state: 'OK' }],
      ...green,
    },
    blue: {
      name: 'blue',
      intervals: minutes(full(19_000)),
      alarms: [{ name: 'b', metric: 'Invocation5XXErrors', state: 'OK' }],
      ...blue,
    },
    probes: PROBED,
    ...more,
  };
}

export type LookOptions = Partial<Omit<Look, 'green' | 'blue'>> & {
  readonly green?: Partial<Look['green']>;
  readonly blue?: Partial<Look['blue']>;
};
