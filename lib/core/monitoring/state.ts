import type { DriftOutcome, FeatureDrift } from './outcome';
import type { Window } from './window';

/** What one check found, for the chart over time. */
export interface SeriesPoint {
  /** End of the window, ISO 8601. */
  readonly at: string;
  readonly release: string;
  readonly outcome: DriftOutcome;
  /** Rows of the window. */
  readonly rows: number;
  /** Population stability index, and what 95 % of samples without drift stay below, by feature. */
  readonly features: Readonly<Record<string, readonly [psi: number, null95: number]>>;
  /** Whether this check asked for a run. */
  readonly raised?: true;
}

/** What an event says of the drift. */
export interface DriftFinding {
  /** The same for every repetition of the check. */
  readonly key: string;
  /** ISO 8601: when the check was due. */
  readonly at: string;
  readonly release: string;
  readonly reason: string;
  /** s3:// URI of the report. */
  readonly report: string;
  readonly features: readonly FeatureDrift[];
}

/** Memory of the monitor of one endpoint. Times are ISO 8601, UTC. */
export interface MonitorState {
  /** The release that was watched last. */
  readonly release: string;
  /** Where the next window begins. */
  readonly windowFrom: string;
  /** When the last check was due. */
  readonly checkedAt: string;
  /** Conclusive checks in a row that found drift. */
  readonly streak: number;
  /** Whether drift would ask for a run; not again before a check without drift, or another release. */
  readonly armed: boolean;
  /** Oldest first. */
  readonly series: readonly SeriesPoint[];
  /** An event that is decided and may not have been sent yet. */
  readonly unsent?: DriftFinding;
}

/** Checks that the chart over time shows. */
export const SERIES_LENGTH = 90;

export interface Checked {
  readonly endpoint: string;
  readonly release: string;
  readonly window: Window;
  /** ISO 8601: when the check was due. */
  readonly at: string;
  readonly outcome: DriftOutcome;
  readonly reason: string;
  readonly report: string;
  readonly rows: number;
  readonly features: readonly FeatureDrift[];
  /** Conclusive checks in a row that must find drift. */
  readonly consecutive: number;
}

/**
 * The monitor after a check. Hysteresis: drift asks for one run when enough conclusive checks in a row have found it, and
 * then not again before a check without drift, or before another release serves. A check that cannot tell changes neither
 * the streak nor what is armed, and its window goes on.
 */
export function afterCheck(before: MonitorState | undefined, checked: Checked): MonitorState {
  const { release, window, outcome, at, consecutive } = checked;
  const same = before?.release === release ? before : undefined;
  const streak = outcome === 'drifted' ? (same?.streak ?? 0) + 1 : outcome === 'stable' ? 0 : (same?.streak ?? 0);
  const armed = outcome === 'stable' || (same?.armed ?? true);
  const raised = outcome === 'drifted' && armed && streak >= consecutive;
  return {
    release,
    windowFrom: new Date(outcome === 'inconclusive' ? window.from : window.to).toISOString(),
    checkedAt: at,
    streak,
    armed: armed && !raised,
    series: lastOf([...(before?.series ?? []), pointOf(checked, raised)]),
    ...(raised ? { unsent: findingOf(checked) } : {}),
  };
}

/** The same check for the second time: what it found stands, and only what was not sent is left to do. */
export const isRepeated = (before: MonitorState | undefined, at: string): boolean =>
  before !== undefined && Date.parse(at) <= Date.parse(before.checkedAt);

/** Bytes of the series: an item of the table has 400 KB at most, and the event that is not sent yet lies beside it. */
const SERIES_BYTES = 300_000;

/** The last points, as many as the chart shows and the item holds; the newest in any case. */
function lastOf(points: readonly SeriesPoint[]): readonly SeriesPoint[] {
  const kept = points.slice(-SERIES_LENGTH);
  const sizes = kept.map((point) => bytesIn(JSON.stringify(point)));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  let first = 0;
  while (total > SERIES_BYTES && first < kept.length - 1) {
    total -= sizes[first] ?? 0;
    first += 1;
  }
  return kept.slice(first);
}

/** In UTF-8 at most: no unit of UTF-16 takes more than three. */
const bytesIn = (text: string): number => text.length + 2 * (text.match(/[\u0080-\uffff]/g)?.length ?? 0);

/** Features that a point keeps: those with most drift. */
const MOST_FEATURES = 40;

function pointOf({ window, release, outcome, rows, features }: Checked, raised: boolean): SeriesPoint {
  const shown = [...features].sort((a, b) => b.psi - a.psi).slice(0, MOST_FEATURES);
  return {
    at: new Date(window.to).toISOString(),
    release,
    outcome,
    rows,
    features: Object.fromEntries(shown.map(({ name, psi, null95 }) => [name, [short(psi), short(null95)] as const])),
    ...(raised ? { raised } : {}),
  };
}

const short = (value: number): number => Number(value.toPrecision(4));

const findingOf = ({ endpoint, release, window, at, reason, report, features }: Checked): DriftFinding => ({
  key: `drift#${endpoint}#${release}#${new Date(window.to).toISOString()}`,
  at,
  release,
  reason,
  report,
  features: [...features]
    .filter(({ drifted }) => drifted)
    .sort((a, b) => b.psi - a.psi)
    .slice(0, MOST_FEATURES),
});
