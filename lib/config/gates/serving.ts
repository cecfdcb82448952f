import * as z from 'zod';

const confidence = z.number().gt(0.5).lt(1).default(0.95);

/** Percentiles of latency: one with its limit, or several by name. */
const latency = z
  .strictObject({
    /** Absent: 95. */
    percentile: z.number().gt(0).lt(100).optional(),
    /** Absent: 500. */
    maxMs: z.number().positive().optional(),
    /** Limits in milliseconds: `{ p50: 100, p95: 300, p99: 800 }`, in place of `percentile` and `maxMs`. */
    percentiles: z
      .record(
        z.string().regex(/^p(?!0+(\.0+)?$)\d{1,2}(\.\d{1,3})?$/, 'is "p" with a number above 0 and below 100, as p95'),
        z.number().positive(),
      )
      .optional(),
    /** What must lie within the limit: the percentile, or the upper end of its interval (of order statistics). */
    decide: z.enum(['point', 'upper-bound']).default('point'),
    confidence,
    /** Requests measured at least. Absent: as many as the percentiles need. */
    requests: z.number().int().min(1).max(100_000).optional(),
    /**
     * Requests are sent at this rate, whether or not earlier ones are answered, and timed from when they were due.
     * Absent: one after the other.
     */
    ratePerSecond: z.number().positive().max(10_000).optional(),
  })
  .refine(
    (budget) => budget.percentiles === undefined || (budget.percentile === undefined && budget.maxMs === undefined),
    'has either percentiles, or percentile and maxMs',
  )
  .refine(({ percentiles }) => percentiles === undefined || Object.keys(percentiles).length > 0, {
    path: ['percentiles'],
    message: 'needs at least one percentile',
  });

/** Answered requests a second with so many under way at once. */
const throughput = z.strictObject({
  minRequestsPerSecond: z.number().positive(),
  concurrency: z.number().int().min(1).max(256).default(4),
  /** How long the endpoint is kept busy. */
  seconds: z.number().min(1).max(120).default(10),
  decide: z.enum(['point', 'lower-bound']).default('point'),
  confidence,
});

/** What the endpoint must answer, and how fast. */
export const servingSchema = z.strictObject({
  /** Names of the fields in request and answer: `{"<instances>": [row…]}` → `{"<predictions>": [{"<score>": number}…]}`. */
  fields: z
    .strictObject({
      instances: z.string().min(1).default('instances'),
      predictions: z.string().min(1).default('predictions'),
      score: z.string().min(1).default('score'),
      /** Multiclass: a number for each class, as a list in the order of `dataset.classes` or by the class's name. */
      probabilities: z.string().min(1).default('probabilities'),
    })
    .prefault({}),
  /** Golden holdout rows sent to the endpoint, taken in key order. */
  sampleRows: z.number().int().min(1).max(10_000).default(100),
  /** Rows in one request. */
  batchRows: z.number().int().min(1).max(1000).default(1),
  latency: latency.prefault({}),
  throughput: throughput.optional(),
  /** Largest answer in bytes. */
  maxAnswerBytes: z.number().int().positive().optional(),
  /** Share of the measured requests that may end in an error. */
  errors: z
    .strictObject({
      maxRate: z.number().min(0).lt(1).default(0),
      decide: z.enum(['point', 'upper-bound']).default('point'),
      confidence,
    })
    .prefault({}),
  /** Greatest absolute difference between the endpoint's score and the batch prediction of the same row. */
  skewTolerance: z.number().min(0).default(1e-6),
});

/** Of the seven days that CodePipeline waits for a state machine; the rest is for changes of the endpoint. */
const MAX_ROLLOUT_DAYS = 6;

/** How production traffic moves to a new release. Seconds are those of AWS; runs on one machine shorten them. */
export const canarySchema = z
  .strictObject({
    /** Traffic share of the new release after each step, in percent. */
    steps: z.array(z.number().gt(0).max(100)).min(1).max(10).default([5, 25, 100]),
    bakeSeconds: z.number().int().min(1).max(86_400).default(600),
    /** How often the judge looks during a bake. */
    judgeEverySeconds: z.number().int().min(1).max(3600).default(60),
    /** Requests the new release must have answered in a step before it may pass. */
    minRequests: z.number().int().min(1).default(20),
    /** Longest bake of one step, extensions for thin traffic included. */
    maxBakeSeconds: z.number().int().min(1).max(172_800).default(3600),
    /** Share of failed requests (5XX, errors of the model) of the new release that is never allowed. */
    maxErrorRate: z.number().min(0).max(1).default(0.01),
    /** What its share of failed requests may lie above that of the old release; the same for 4XX. */
    maxExcess: z.number().min(0).lt(1).default(0.001),
    /** Model latency above which a request is slow. */
    maxLatencyMs: z.number().positive().default(1000),
    /** Share of slow requests of the new release that is never allowed. */
    maxSlowRate: z.number().min(0).max(1).default(0.1),
    /** What its share of slow requests may lie above that of the old release. */
    maxSlowExcess: z.number().min(0).lt(1).default(0.02),
    /**
     * How far the distribution of its answers may lie from that of the old release on the same golden rows: the greatest
     * difference of a share of rows below a decile, or with a class. 1 allows everything.
     */
    maxPredictionShift: z.number().gt(0).max(1).default(0.2),
    /** Probability of rolling back a release that keeps all limits, over the whole rollout and all tests. */
    falseRollback: z.number().gt(0).max(0.2).default(0.01),
    /** Golden requests sent to both releases, whatever the traffic. */
    probes: z
      .strictObject({
        /** Requests to each release in every step, as far as its looks have room for them. */
        pairs: z.number().int().min(0).max(10_000).default(150),
        /** Most at one look of the judge; 0 sends none. */
        maxPerLook: z.number().int().min(0).max(200).default(25),
        /** Requests a second to each release at most. */
        ratePerSecond: z.number().positive().max(100).default(25),
        /** Share of the new release's answers that may break the contract. */
        maxInvalidRate: z.number().min(0).lt(1).default(0),
      })
      .prefault({}),
    /** What happens when the evidence stays too thin. */
    onInconclusive: z.enum(['rollback', 'promote']).default('rollback'),
    /** Releases whose model and configuration are kept for a rollback, the live one not counted. */
    retain: z.number().int().min(1).max(20).default(3),
    /** How long the old release stays warm at weight 0 after a promotion; 0: until the next rollout. */
    keepWarmSeconds: z.number().int().min(0).max(2_592_000).default(0),
  })
  .refine((canary) => canary.steps.at(-1) === 100, { path: ['steps'], message: 'ends with 100' })
  .refine((canary) => canary.steps.every((step, i) => i === 0 || step > (canary.steps[i - 1] ?? 0)), {
    path: ['steps'],
    message: 'rises from step to step',
  })
  .refine((canary) => canary.maxBakeSeconds >= canary.bakeSeconds, {
    path: ['maxBakeSeconds'],
    message: 'is at least bakeSeconds',
  })
  .refine((canary) => canary.steps.length * canary.maxBakeSeconds <= MAX_ROLLOUT_DAYS * 86_400, {
    path: ['maxBakeSeconds'],
    message: `times the number of steps is ${MAX_ROLLOUT_DAYS} days at most: CodePipeline gives a rollout seven`,
  });

export type ServingConfig = z.output<typeof servingSchema>;
