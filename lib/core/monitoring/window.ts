/** From when to when a check looks, half open. Milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Another release serves than at the check before: what the old one was asked says nothing about the new one. */
  readonly restarted: boolean;
}

export interface WindowRules {
  /** Minutes that captures may take to be delivered. */
  readonly settleMinutes: number;
  readonly maxWindowDays: number;
}

/** What the check before left. Times are ISO 8601, UTC. */
export interface WindowState {
  readonly release: string;
  readonly windowFrom: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The window of a check: from the end of the last conclusive one, or from when another release went live, to what has
 * been delivered by now. Of a window that grew too long the older part is left out.
 *
 * @param live the release that serves and when it went live, ISO 8601
 * @param now milliseconds since 1970: when the check was due
 */
export function windowOf(
  before: WindowState | undefined,
  live: { readonly release: string; readonly since: string },
  now: number,
  { settleMinutes, maxWindowDays }: WindowRules,
): Window {
  const to = now - settleMinutes * MINUTE_MS;
  const oldest = to - maxWindowDays * DAY_MS;
  const restarted = before !== undefined && before.release !== live.release;
  const start = before === undefined ? Date.parse(live.since) : Date.parse(before.windowFrom);
  // Whatever was asked before the last conclusive check has been judged.
  const from = restarted ? Math.max(start, Date.parse(live.since)) : start;
  return { from: Math.min(to, Math.max(oldest, from)), to, restarted };
}
