import { escapeMarkup } from '../escape';
import { formatNumber, formatTime } from '../format';
import type { Markup } from '../page';
import { linear, shorten } from './scale';

/** What one check over time found; a point of the monitor's series is one. */
export interface DriftPoint {
  /** ISO 8601. */
  readonly at: string;
  readonly release: string;
  readonly features: Readonly<Record<string, readonly [psi: number, null95: number]>>;
  /** Whether this check asked for a run. */
  readonly raised?: true;
}

const WIDTH = 320;
const [LEFT, RIGHT, TOP, BASE, HEIGHT] = [30, WIDTH - 8, 20, 74, 96];
/** Features that are drawn: those with the greatest index of all checks. */
const MOST = 12;

/**
 * The population stability index of each feature over time beside its null band: what samples of the same sizes stay
 * below in 95 % of cases where nothing has changed. The dashed line is the threshold; a tick stands where a run was asked
 * for, and the line breaks where another release began to serve.
 *
 * @param points oldest first
 */
export function driftSeriesPicture(points: readonly DriftPoint[], threshold: number): Markup | undefined {
  if (points.length < 2) return undefined;
  const greatest = new Map<string, number>();
  for (const { features } of points) {
    for (const [name, [psi]] of Object.entries(features)) greatest.set(name, Math.max(psi, greatest.get(name) ?? 0));
  }
  const names = [...greatest].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  if (names.length === 0) return undefined;
  const rest = names.length - MOST;
  const more = rest > 0 ? ` ${formatNumber(rest)} columns with less drift are not shown.` : '';
  return `<figure>${names
    .slice(0, MOST)
    .map((name) => drawFeature(name, points, threshold))
    .join(
      '\n',
    )}<figcaption>Population stability index of ${formatNumber(points.length)} checks. The band is what 95 % of samples without drift stay below. A tick marks a check that asked for a run; the line breaks where another release began to serve.${more}</figcaption></figure>`;
}

interface Place {
  readonly x: number;
  readonly psi: number;
  readonly null95: number;
  readonly release: string;
}

function drawFeature(name: string, points: readonly DriftPoint[], threshold: number): Markup {
  const times = points.map(({ at }) => Date.parse(at));
  const x = linear(times[0] ?? 0, times.at(-1) ?? 1, LEFT, RIGHT);
  const places = points.flatMap(({ features, release }, i): readonly Place[] => {
    const found = features[name];
    return found === undefined ? [] : [{ x: x(times[i] ?? 0), psi: found[0], null95: found[1], release }];
  });
  const most = Math.max(threshold * 1.25, ...places.flatMap(({ psi, null95 }) => [psi, null95]));
  const y = linear(0, most, BASE, TOP);
  const over = (places.at(-1)?.psi ?? 0) > threshold;
  const runs = points.flatMap(({ raised }, i) => (raised ? [`M${x(times[i] ?? 0)} ${BASE}v4`] : []));
  const last = places.at(-1);
  const words = `Population stability index of ${name} from ${formatTime(points[0]?.at ?? '')} to ${formatTime(points.at(-1)?.at ?? '')}, ${formatNumber(last?.psi ?? 0)} at the end`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(words)}">
<text class="strong" x="${LEFT}" y="11">${escapeMarkup(shorten(name, 34))}</text><text x="${RIGHT}" y="11" text-anchor="end">${formatNumber(last?.psi ?? 0)}</text>
<path class="axis" d="M${LEFT} ${BASE}H${RIGHT}"/><text x="${LEFT - 4}" y="${BASE + 4}" text-anchor="end">0</text>
${band(places, y)}<path class="edge" d="M${LEFT} ${y(threshold)}H${RIGHT}"/><text x="${LEFT - 4}" y="${y(threshold) + 4}" text-anchor="end">${formatNumber(threshold)}</text>
<g class="${over ? 'fail' : 'pass'}">${line(places, y)}<circle class="dot" cx="${last?.x}" cy="${y(last?.psi ?? 0)}" r="3"/></g>${runs.length === 0 ? '' : `<path class="tick" d="${runs.join('')}"/>`}
<text x="${LEFT}" y="${HEIGHT - 6}">${day(points[0]?.at)}</text><text x="${RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${day(points.at(-1)?.at)}</text>
</svg>`;
}

const day = (at: string | undefined): string => escapeMarkup((at ?? '').slice(0, 10));

function band(places: readonly Place[], y: (value: number) => number): Markup {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return '';
  const top = places.map((place) => `${place.x} ${y(place.null95)}`).join('L');
  return `<path class="area idle" d="M${first.x} ${BASE}L${top}L${last.x} ${BASE}Z"/>`;
}

function line(places: readonly Place[], y: (value: number) => number): Markup {
  const parts = places.map((place, i) => {
    const begins = i === 0 || places[i - 1]?.release !== place.release;
    return `${begins ? 'M' : 'L'}${place.x} ${y(place.psi)}`;
  });
  return `<path class="step" d="${parts.join('')}"/>`;
}
