import type { RetrainingRequest, WaitingRequest } from './state';
import type { Trigger, TriggerKind } from './trigger';

/** Requests that wait as themselves; further ones are merged into the latest of their kind. */
const MOST = 40;
/** Longest reason that is kept. */
const LONGEST = 300;

/** Which request gives a run its reason; the others stand in `also`. */
const FIRST: readonly TriggerKind[] = ['manual', 'degradation', 'drift', 'webhook', 'schedule', 'new-data', 'push'];

/**
 * Adds a request. Uploads are one request however many they are; so is what comes after the fortieth.
 * @param now ISO 8601
 */
export function addWaiting(
  waiting: readonly WaitingRequest[],
  { trigger, forced = false }: RetrainingRequest,
  now: string,
): { readonly waiting: readonly WaitingRequest[]; readonly merged: boolean } {
  const into = waiting.findLastIndex(
    (other) => other.trigger.kind === trigger.kind && (trigger.kind === 'new-data' || waiting.length >= MOST),
  );
  const found = waiting[into];
  if (found === undefined) {
    const kept: Trigger = { ...trigger, reason: trigger.reason.slice(0, LONGEST) };
    const added = { trigger: kept, more: 0, since: now, latest: now, ...(forced ? { forced } : {}) };
    return { waiting: [...waiting, added], merged: false };
  }
  const latest = Date.parse(now) > Date.parse(found.latest) ? now : found.latest;
  const merged = { ...found, more: found.more + 1, latest, ...(forced ? { forced } : {}) };
  return { waiting: waiting.with(into, merged), merged: true };
}

/** One trigger for all requests: the reason is that of a forced one, or of the first kind in `FIRST`, the oldest of several. */
export function mergeWaiting(waiting: readonly WaitingRequest[]): Trigger {
  const [first, ...others] = [...waiting].sort(
    (a, b) =>
      Number(b.forced ?? false) - Number(a.forced ?? false) ||
      FIRST.indexOf(a.trigger.kind) - FIRST.indexOf(b.trigger.kind) ||
      Date.parse(a.since) - Date.parse(b.since),
  );
  if (first === undefined) throw new Error('nothing waits');
  const also = others.map((other) => ({ kind: other.trigger.kind, reason: reasonOf(other) }));
  const inherited = first.trigger.also ?? [];
  const all = [...inherited, ...also];
  return { ...first.trigger, reason: reasonOf(first), ...(all.length === 0 ? {} : { also: all }) };
}

const reasonOf = ({ trigger, more }: WaitingRequest): string =>
  more === 0 ? trigger.reason : `${trigger.reason} (and ${more} more)`;
