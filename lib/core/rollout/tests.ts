import { clopperPearsonInterval, clopperPearsonLowerBound } from '../statistics';
import type { EventName, Totals } from './counts';
import type { BakeRules } from './evidence';
import { addLogs, type Counts, ceilingBets, excessBets, ODDS_RATIOS, withStake } from './sequential';

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

const NOTHING: Counts = { requests: 0, events: 0 };

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

export interface Observed {
  readonly green: Totals;
  readonly blue: Totals;
  /** Answers to probes in the rollout, and how many broke the contract where blue's did not. */
  readonly answers: Counts;
}

/** Each test bets on what came since it last did. */
export function observe(before: Sequence, { green, blue, answers }: Observed, rules: BakeRules): Sequence {
  const look: Sequence = { ...before, outage: false };
  const pair = (event: EventName): Pair => ({ green: green[event] ?? NOTHING, blue: blue[event] ?? NOTHING });
  let next = compared(look, 'errorExcess', pair('errors'), rules.maxExcess);
  next = compared(next, 'refusedExcess', pair('refused'), rules.maxExcess);
  next = compared(next, 'slowExcess', pair('slow'), rules.maxSlowExcess);
  next = limited(next, 'errorRate', pair('errors'), rules.maxErrorRate);
  next = limited(next, 'slowRate', pair('slow'), rules.maxSlowRate);
  return limited(next, 'invalidAnswers', { green: answers, blue: NOTHING }, rules.probes.maxInvalidRate);
}

/** Requests of the old release that a guess without any data stands for, and its events among them. */
const PRIOR: Counts = { requests: 500, events: 0.5 };

function compared(sequence: Sequence, test: CountTest, now: Pair, excess: number): Sequence {
  const news = newsOf(sequence, test, now);
  // Without both variants there is no evidence; what came waits for the other's.
  if (news.green.requests <= 0 || news.blue.requests <= 0) return sequence;
  const known = sequence.known[test] ?? NOTHING;
  const guess = (known.events + PRIOR.events) / (known.requests + PRIOR.requests);
  const bets = excessBets(news.green, news.blue, { excess, guess: Math.min(guess, 1 - excess) });
  const all = { requests: known.requests + news.blue.requests, events: known.events + news.blue.events };
  return { ...withBets(sequence, test, bets, now), known: { ...sequence.known, [test]: all } };
}

/** How sure it must be that blue is above the ceiling, and above what green is not blamed for. */
const OUTAGE_CONFIDENCE = 0.95;

/**
 * While blue is above the ceiling as well, the fault is not green's: its ceiling is then the upper bound of blue's rate.
 */
function limited(sequence: Sequence, test: 'errorRate' | 'slowRate' | 'invalidAnswers', now: Pair, ceiling: number) {
  const { green, blue } = newsOf(sequence, test, now);
  if (green.requests <= 0 && green.events <= 0) return sequence;
  const alike = blue.events > ceiling * blue.requests && blue.requests > 0;
  const allowed = alike ? clopperPearsonInterval(blue.events, blue.requests, 2 * OUTAGE_CONFIDENCE - 1)[1] : ceiling;
  const next = withBets(sequence, test, ceilingBets(green, Math.max(ceiling, allowed)), now);
  const sure = alike && clopperPearsonLowerBound(blue.events, blue.requests, OUTAGE_CONFIDENCE) > ceiling;
  if (!sure || test === 'invalidAnswers') return next;
  const event = test === 'errorRate' ? 'errors' : 'slow';
  return { ...next, outage: true, shared: { ...next.shared, [event]: plus(next.shared[event], green) } };
}

/** Every stake is laid before the counts of its look are known. */
function withBets(sequence: Sequence, test: CountTest, bets: readonly number[], now: Pair): Sequence {
  const before = sequence.capital[test] ?? ODDS_RATIOS.map(() => NO_CAPITAL);
  const looks = (sequence.looks[test] ?? 0) + 1;
  const capital = withStake(before, looks).map((log, i) => log + (bets[i] ?? 0));
  return {
    ...sequence,
    looks: { ...sequence.looks, [test]: looks },
    capital: { ...sequence.capital, [test]: capital },
    judged: { ...sequence.judged, [test]: now },
  };
}

/** Smaller than any stake; JSON has no −∞. */
const NO_CAPITAL = -1e9;

function newsOf({ judged }: Sequence, test: CountTest, now: Pair): Pair {
  const { green, blue } = judged[test] ?? { green: NOTHING, blue: NOTHING };
  return { green: minus(now.green, green), blue: minus(now.blue, blue) };
}

const plus = (one: Counts, other: Counts): Counts => ({
  requests: one.requests + other.requests,
  events: one.events + other.events,
});

/** CloudWatch may correct a count downwards; that is no request given back. */
const minus = (one: Counts, other: Counts): Counts => ({
  requests: Math.max(0, one.requests - other.requests),
  events: Math.max(0, one.events - other.events),
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
