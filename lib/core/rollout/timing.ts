/** Seconds of one thing that happens, and how they are known. */
export interface Estimate {
  readonly seconds: number;
  /** Where the number is from: a measurement, a document, or an assumption that says so. */
  readonly basis: string;
}

/** The steps of `gates.canary` as far as they cost time. Seconds are those of the pipeline. */
export interface CanaryPace {
  /** Traffic share after each step, in percent; the last is 100. */
  readonly steps: readonly number[];
  readonly bakeSeconds: number;
  readonly maxBakeSeconds: number;
  readonly judgeEverySeconds: number;
}

/** What a rollout and a rollback are made of. */
export interface Durations {
  /** UpdateEndpoint to another set of variants, until the endpoint was seen in service with it. */
  readonly changeVariants: Estimate;
  /** UpdateEndpointWeightsAndCapacities, until the shares were seen to be as asked. */
  readonly changeWeights: Estimate;
  /** End-to-end checks of one variant. */
  readonly checks: Estimate;
  /** One look of the judge: reading metrics and alarms, deciding. */
  readonly look: Estimate;
  /** A metric says nothing about a minute before that minute is over. */
  readonly metricPeriod: Estimate;
  /** From the end of the minute until CloudWatch answers with it. */
  readonly metricDelay: Estimate;
  /** From the command until the first request to SageMaker: planning, the lock, stopping a running rollout. */
  readonly prepare: Estimate;
}

/** What holds until an environment has measured its own: `assay rollback --drill` measures both changes. */
export const DURATIONS: Durations = {
  changeVariants: {
    seconds: 600,
    basis: 'assumed: SageMaker starts instances; AWS states no time, public reports say about ten minutes',
  },
  changeWeights: { seconds: 55, basis: 'assumed: what the bound of 60 s for a rollback leaves; AWS states no time' },
  checks: { seconds: 60, basis: 'the time limit that the checks are designed for; most take seconds' },
  look: { seconds: 5, basis: 'assumed: a few reads of CloudWatch' },
  metricPeriod: { seconds: 60, basis: 'SageMaker publishes the metrics of invocations once a minute' },
  metricDelay: { seconds: 60, basis: 'assumed: AWS states no bound; data of the newest minute is often incomplete' },
  prepare: { seconds: 5, basis: 'assumed: three short calls' },
};

/** A time with the sum that it is made of, for a person to check. */
export interface Span {
  readonly seconds: number;
  readonly formula: string;
}

export interface RolloutTimes {
  /** Every step passes as soon as its bake is over. */
  readonly promote: Span;
  /** Every step needs its longest bake. */
  readonly promoteAtMost: Span;
  /** From the request that made the evidence suffice until the old variant has all traffic. */
  readonly rollBackAtMost: Span;
  /** By hand or by rejection, while the release to return to stands by at weight 0. */
  readonly rollBackWarm: Span;
  /** By hand or by rejection, to a release that needs instances first. */
  readonly rollBackCold: Span;
}

/** Looks of the judge in a bake of so many seconds: each follows one wait, so the last may come after the bake. */
export const looksIn = (bakeSeconds: number, judgeEverySeconds: number): number =>
  Math.ceil(bakeSeconds / judgeEverySeconds);

/**
 * Times of a rollout and of a rollback, in seconds, from the plan and what each change takes:
 *
 * - promote = V + c + n · (W + ⌈B ÷ J⌉ · (J + l)), and the same with M in place of B at most
 * - roll back automatically ≤ P + D + J + l + W: the bad request comes as its minute begins, its metric a delay after
 *   the minute's end, and just too late for a look
 * - roll back by hand = p + W while the release is warm, p + V when it is not
 *
 * with V change of the variants, W change of the weights, c checks, n steps, B bake, M longest bake, J time between two
 * looks, l one look, P period and D delay of the metrics, p preparation. Derived here; docs/rollout.md explains them.
 */
export function rolloutTimes(pace: CanaryPace, durations: Durations = DURATIONS): RolloutTimes {
  const { changeVariants: V, changeWeights: W, look: l, metricPeriod: P, metricDelay: D, prepare: p } = durations;
  const J = pace.judgeEverySeconds;
  return {
    promote: promotion(pace, pace.bakeSeconds, durations),
    promoteAtMost: promotion(pace, pace.maxBakeSeconds, durations),
    rollBackAtMost: {
      seconds: P.seconds + D.seconds + J + l.seconds + W.seconds,
      formula: `metric ${P.seconds} s + delay ${D.seconds} s + next look ${J} s + look ${l.seconds} s + weights ${W.seconds} s`,
    },
    rollBackWarm: {
      seconds: p.seconds + W.seconds,
      formula: `prepare ${p.seconds} s + weights ${W.seconds} s`,
    },
    rollBackCold: {
      seconds: p.seconds + V.seconds,
      formula: `prepare ${p.seconds} s + instances ${V.seconds} s`,
    },
  };
}

function promotion(pace: CanaryPace, bakeSeconds: number, durations: Durations): Span {
  const { changeVariants: V, changeWeights: W, checks: c, look: l } = durations;
  const [n, J] = [pace.steps.length, pace.judgeEverySeconds];
  const looks = looksIn(bakeSeconds, J);
  return {
    seconds: V.seconds + c.seconds + n * (W.seconds + looks * (J + l.seconds)),
    formula: `instances ${V.seconds} s + checks ${c.seconds} s + ${n} × (weights ${W.seconds} s + ${looks} × (wait ${J} s + look ${l.seconds} s))`,
  };
}

/** `125` → `2 min 5 s`; whole seconds, at most two units. */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const units = [
    { size: 86_400, name: 'd' },
    { size: 3600, name: 'h' },
    { size: 60, name: 'min' },
    { size: 1, name: 's' },
  ];
  const first = units.findIndex(({ size }) => whole >= size);
  if (first < 0) return '0 s';
  const [big, small] = units.slice(first, first + 2);
  const rest = small === undefined || big === undefined ? 0 : Math.floor((whole % big.size) / small.size);
  const head = `${Math.floor(whole / (big?.size ?? 1))} ${big?.name}`;
  return rest === 0 ? head : `${head} ${rest} ${small?.name}`;
}
