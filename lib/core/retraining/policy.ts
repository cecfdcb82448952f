import { type Hold, holdsOf } from './holds';
import {
  DAY_MS,
  type RetrainingDecision,
  type RetrainingPolicy,
  type RetrainingRequest,
  type RetrainingState,
  type RetrainingStep,
  type WaitingRequest,
} from './state';
import type { Trigger } from './trigger';
import { addWaiting, mergeWaiting } from './waiting';

/** A request that the daily limit holds back for longer is refused. */
const EXPIRES_AFTER_MS = 7 * DAY_MS;

/**
 * Takes a request and decides about everything that waits. The caller has made sure that its key is new.
 * @param now ISO 8601
 */
export function ask(
  state: RetrainingState,
  request: RetrainingRequest,
  policy: RetrainingPolicy,
  now: string,
): RetrainingStep {
  const { waiting, merged } = addWaiting(state.waiting, request, now);
  const step = proceed({ ...state, waiting }, policy, now);
  // An upload among many is not worth a word of its own.
  if (merged || step.state.waiting.length === 0) return step;
  const [hold] = longestFirst(holdsOf(step.state, policy, Date.parse(now)));
  if (hold === undefined) return step;
  return { ...step, decisions: [...step.decisions, waits(request.trigger, hold)] };
}

/**
 * What still waits when a run has ended, with the time at which it may start: while the run was under way, nobody knew.
 * @param now ISO 8601
 */
export function stillWaiting(
  state: RetrainingState,
  policy: RetrainingPolicy,
  now: string,
): readonly RetrainingDecision[] {
  const [oldest] = state.waiting;
  const [hold] = longestFirst(holdsOf(state, policy, Date.parse(now)));
  return oldest === undefined || hold?.until === undefined ? [] : [waits(oldest.trigger, hold)];
}

const waits = (trigger: Trigger, { reason, until }: Hold): RetrainingDecision => ({
  decision: 'waits',
  trigger,
  reason,
  ...(until === undefined ? {} : { until }),
});

/** Those without a known end first, then the one that ends last. */
const longestFirst = (holds: readonly Hold[]): readonly Hold[] => [...holds].sort((a, b) => endOf(b) - endOf(a));
const endOf = ({ until }: Hold): number => (until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until));

/**
 * Decides on one run (`starting`) for everything that waits, if nothing holds it back; refuses what the daily limit has
 * held back for more than seven days. To be called after every change, and from time to time.
 */
export function proceed(state: RetrainingState, policy: RetrainingPolicy, now: string): RetrainingStep {
  if (state.waiting.length === 0) return { state, decisions: [] };
  const at = Date.parse(now);
  const holds = holdsOf(state, policy, at);
  if (holds.length === 0) {
    const trigger = mergeWaiting(state.waiting);
    return { state: { ...state, waiting: [], starting: { trigger, at: now } }, decisions: [] };
  }
  const limited = holds.some(({ by }) => by === 'limit');
  const marked = { ...state, waiting: state.waiting.map((request) => markLimited(request, limited, now)) };
  return limited && !holds.some(({ by }) => by === 'run') ? expire(marked, at) : { state: marked, decisions: [] };
}

function markLimited({ limitedSince, ...request }: WaitingRequest, limited: boolean, now: string): WaitingRequest {
  return limited ? { ...request, limitedSince: limitedSince ?? now } : request;
}

function expire(state: RetrainingState, now: number): RetrainingStep {
  const long = (since: string): boolean => now - Date.parse(since) > EXPIRES_AFTER_MS;
  const expired = state.waiting.filter(({ latest, limitedSince = latest }) => long(latest) && long(limitedSince));
  if (expired.length === 0) return { state, decisions: [] };
  return {
    state: { ...state, waiting: state.waiting.filter((request) => !expired.includes(request)) },
    decisions: expired.map(({ trigger }) => ({
      decision: 'refused',
      trigger,
      reason: `the daily limit held it back for more than ${EXPIRES_AFTER_MS / DAY_MS} days`,
    })),
  };
}
