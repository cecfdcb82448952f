import { clopperPearsonInterval, clopperPearsonLowerBound } from '../statistics';
import type { EventName, Totals } from './counts';
import type { BakeRules } from './evidence';
import { type Counts, ceilingBets, excessBets, ODDS_RATIOS, withStake } from './sequential';
import { type CountTest, NOTHING, type Pair, type Sequence } from './tests';

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
function limited(
  sequence: Sequence,
  test: 'errorRate' | 'slowRate' | 'invalidAnswers',
  now: Pair,
  ceiling: number,
): Sequence {
  const { green, blue } = newsOf(sequence, test, now);
  if (green.requests <= 0) return sequence;
  // Late errors of earlier requests can be more than the requests that came with them.
  const failed = Math.min(blue.events, blue.requests);
  const alike = failed > ceiling * blue.requests;
  const allowed = alike ? clopperPearsonInterval(failed, blue.requests, 2 * OUTAGE_CONFIDENCE - 1)[1] : ceiling;
  const next = withBets(sequence, test, ceilingBets(green, Math.max(ceiling, allowed)), now);
  const sure = alike && clopperPearsonLowerBound(failed, blue.requests, OUTAGE_CONFIDENCE) > ceiling;
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
