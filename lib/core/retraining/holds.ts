import { DAY_MS, HOUR_MS, type RetrainingPolicy, type RetrainingState } from './state';

/** What keeps waiting requests from starting a run. */
export interface Hold {
  readonly by: 'run' | 'limit' | 'cool-down' | 'settling';
  readonly reason: string;
  /** When it ends, ISO 8601, where that is known. */
  readonly until?: string;
}

/** Uploads that never pause start a run anyway, after this many times the pause that is waited for. */
const MOST_SETTLES = 24;

/**
 * Everything that holds back the requests that wait, at a time:
 *
 * | Hold | While | Forced |
 * | --- | --- | --- |
 * | `run` | a run is under way, a push's too, or is being started | holds |
 * | `limit` | `maxRunsPerDay` runs were started in the 24 hours before, pushes counted | does not hold |
 * | `cool-down` | now < end of the last triggered run + `coolDownHours` | does not hold |
 * | `settling` | nothing but new data waits, now < last upload + `settleMinutes`, and now < first upload + 24 · `settleMinutes` | – |
 *
 * @param now milliseconds since the epoch
 */
export function holdsOf(state: RetrainingState, policy: RetrainingPolicy, now: number): readonly Hold[] {
  const forced = state.waiting.some((request) => request.forced === true);
  const found = [
    runUnderWay(state),
    ...(forced ? [] : [dailyLimit(state, policy, now), coolDown(state, policy, now)]),
    settling(state, policy, now),
  ];
  return found.filter((hold) => hold !== undefined);
}

function runUnderWay({ starting, runs }: RetrainingState): Hold | undefined {
  if (starting !== undefined) return { by: 'run', reason: `a run is being started since ${starting.at}` };
  const run = runs.find(({ endedAt }) => endedAt === undefined);
  if (run === undefined) return undefined;
  return { by: 'run', reason: `run ${run.id} (${run.trigger.kind}) is under way since ${run.startedAt}` };
}

function dailyLimit({ runs }: RetrainingState, { maxRunsPerDay }: RetrainingPolicy, now: number): Hold | undefined {
  const counted = runs.map(({ startedAt }) => Date.parse(startedAt)).filter((start) => start > now - DAY_MS);
  if (counted.length < maxRunsPerDay) return undefined;
  counted.sort((a, b) => a - b);
  // When so many have left the 24 hours that one more fits.
  const leaving = counted[counted.length - maxRunsPerDay] ?? now;
  return {
    by: 'limit',
    reason: `${counted.length} runs were started within 24 hours, and ${maxRunsPerDay} are allowed`,
    until: new Date(leaving + DAY_MS).toISOString(),
  };
}

function coolDown(
  { coolDownFrom }: RetrainingState,
  { coolDownHours }: RetrainingPolicy,
  now: number,
): Hold | undefined {
  if (coolDownFrom === undefined) return undefined;
  const end = Date.parse(coolDownFrom) + coolDownHours * HOUR_MS;
  if (now >= end) return undefined;
  return {
    by: 'cool-down',
    reason: `the last run that a trigger started ended at ${coolDownFrom}, and ${coolDownHours} hours of cool-down follow`,
    until: new Date(end).toISOString(),
  };
}

function settling({ waiting }: RetrainingState, { settleMinutes }: RetrainingPolicy, now: number): Hold | undefined {
  if (waiting.length === 0 || waiting.some(({ trigger }) => trigger.kind !== 'new-data')) return undefined;
  const pause = settleMinutes * 60_000;
  const last = Math.max(...waiting.map(({ latest }) => Date.parse(latest)));
  const first = Math.min(...waiting.map(({ since }) => Date.parse(since)));
  const end = Math.min(last + pause, first + MOST_SETTLES * pause);
  if (now >= end) return undefined;
  return {
    by: 'settling',
    reason: `new data starts a run ${settleMinutes} minutes after the last upload`,
    until: new Date(end).toISOString(),
  };
}
