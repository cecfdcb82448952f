import { addLogs, type Counts } from './sequential';

/**
 * The tests against green, and the share of the whole capital that each bets. The sum of their capitals is 1 at the start
 * and an e-process for "green keeps every limit", so that it reaches 1/falseRollback with probability falseRollback at most,
 * over the whole rollout and all tests together: a union bound with these weights would be weaker.
 *
 * Source: V. Vovk and R. Wang, "E-values: calibration, combination and applications", Annals of Statistics 49 (2021),
 * pp. 1736–1754, section 4.
 */
export const TEST_SHARES = {
  errorExcess: 0.5,
  errorRate: 0.1,
  slowExcess: 0.15,
  slowRate: 0.05,
  refusedExcess: 0.05,
  invalidAnswers: 0.05,
  predictionShift: 0.1,
} as const;

export type TestName = keyof typeof TEST_SHARES;

/** Tests of counts; the capital of the prediction shift is in the tally of the probes. */
export type CountTest = Exclude<TestName, 'predictionShift'>;

export interface Pair {
  readonly green: Counts;
  readonly blue: Counts;
}

/** The tests' state after a look, as JSON. */
export interface Sequence {
  /** Looks of the rollout at which a test bet. */
  readonly looks: Partial<Readonly<Record<CountTest, number>>>;
  /** Logarithms of capital by bet. Absent: nothing was bet yet. */
  readonly capital: Partial<Readonly<Record<CountTest, readonly number[]>>>;
  /** What was bet on already: counts of the running step, of probes those of the rollout. */
  readonly judged: Partial<Readonly<Record<CountTest, Pair>>>;
  /** Blue's counts before the last look, over the rollout: its rate is guessed from them. */
  readonly known: Partial<Readonly<Record<CountTest, Counts>>>;
  /** Green's counts of this step in looks at which blue was surely above the ceiling, too. */
  readonly shared: Readonly<Record<'errors' | 'slow', Counts>>;
  /** Was it so at this look? */
  readonly outage: boolean;
}

export const NOTHING: Counts = { requests: 0, events: 0 };

export const FIRST_SEQUENCE: Sequence = {
  looks: {},
  capital: {},
  judged: {},
  known: {},
  shared: { errors: NOTHING, slow: NOTHING },
  outage: false,
};

/** Counts start anew with a step, and so does what was counted of it; the capital stays. */
export const nextStep = ({ judged, ...sequence }: Sequence): Sequence => ({
  ...sequence,
  judged: judged.invalidAnswers === undefined ? {} : { invalidAnswers: judged.invalidAnswers },
  shared: FIRST_SEQUENCE.shared,
});

/** Evidence against green: by test, and all in all, which is what decides. */
export interface EValues {
  readonly total: number;
  readonly tests: Readonly<Record<TestName, number>>;
}

/** @param shift logarithm of the capital of the prediction shift */
export function eValuesOf({ capital }: Sequence, shift: number): EValues {
  const names = Object.keys(TEST_SHARES) as TestName[];
  const logOf = (name: TestName): number =>
    name === 'predictionShift' ? shift : (capital[name] ?? []).reduce(addLogs, Number.NEGATIVE_INFINITY);
  const tests = Object.fromEntries(names.map((name) => [name, finite(logOf(name))])) as Record<TestName, number>;
  return { total: names.reduce((sum, name) => sum + TEST_SHARES[name] * tests[name], 0), tests };
}

/** JSON has no infinity, and nobody reads more than this. */
const finite = (log: number): number => Math.exp(Math.min(log, LARGEST));
const LARGEST = 23;
