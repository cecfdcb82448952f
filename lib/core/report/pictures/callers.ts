import type { CallerSummary, VariantSeries } from '../../rollout/callers';
import { escapeMarkup } from '../escape';
import { formatNumber, formatSeconds } from '../format';
import type { Markup } from '../page';
import { isNumber, linear } from './scale';

const WIDTH = 320;
const [LEFT, RIGHT] = [36, WIDTH - 4];
const WEIGHTS = { top: 16, base: 76 };
const LATENCY = { top: 112, base: 182 };
const HEIGHT = 204;

type Scale = (value: number) => number;

/**
 * What callers saw during a rollout: the weights of both variants over time, each one's latency (median and 95th
 * percentile), and a mark wherever requests failed. The release that came is drawn full, the one before dashed.
 */
export function callersPicture(callers: CallerSummary, newest: string | undefined): Markup | undefined {
  if (callers.sent === 0 || !(callers.seconds > 0)) return undefined;
  const names = namesOf(callers);
  const x = linear(0, callers.seconds, LEFT, RIGHT);
  const tone = (name: string): string => (names.length > 1 && name !== newest ? ' other' : '');
  const keys = names.map(
    (name) => `<span class="key${tone(name) === '' ? '' : ' dashed'}"></span>${escapeMarkup(name)}`,
  );
  const failures = callers.variants.some(({ failed }) => failed.some((count) => count > 0));
  const mark = failures ? ' <span class="key tone fail"></span>failed requests' : '';
  const words = `Weights and latency of ${names.join(' and ')} over ${formatSeconds(callers.seconds)}`;
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(words)}">
<text x="0" y="9">weight</text>${axis(WEIGHTS, '100 %')}
${names.map((name) => weightLine(callers, name, x, tone(name))).join('\n')}
<text x="0" y="${LATENCY.top - 8}">latency: p95, and p50 thin</text>${latencies(callers, x, tone)}
<text x="${LEFT}" y="${HEIGHT - 2}">0</text><text x="${RIGHT}" y="${HEIGHT - 2}" text-anchor="end">${formatSeconds(callers.seconds)}</text>
</svg><figcaption>${keys.join(' ')}${mark}</figcaption></figure>`;
}

function namesOf({ variants, weights }: CallerSummary): readonly string[] {
  const seen = weights.flatMap((each) => Object.keys(each.weights));
  return [...new Set([...variants.map(({ name }) => name), ...seen])].sort();
}

function axis({ top, base }: typeof WEIGHTS, most: string): Markup {
  return `<path class="axis" d="M${LEFT} ${base}H${RIGHT}M${LEFT} ${top}H${RIGHT}"/><text x="${LEFT - 4}" y="${top + 4}" text-anchor="end">${most}</text><text x="${LEFT - 4}" y="${base + 4}" text-anchor="end">0</text>`;
}

/** A line of steps: a weight holds until it is seen to change. */
function weightLine({ weights, seconds }: CallerSummary, name: string, x: Scale, tone: string): Markup {
  const y = linear(0, 100, WEIGHTS.base, WEIGHTS.top);
  const points = weights.map((seen) => {
    const total = Object.values(seen.weights).reduce((sum, weight) => sum + weight, 0);
    return {
      at: x(Math.min(seconds, seen.at / 1000)),
      y: y(total > 0 ? (100 * (seen.weights[name] ?? 0)) / total : 0),
    };
  });
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const steps = rest.map((point) => `H${point.at}V${point.y}`).join('');
  return `<path class="curve${tone}" d="M${LEFT} ${first.y}${steps}H${x(seconds)}"/>`;
}

function latencies(
  { variants, bucketSeconds, seconds }: CallerSummary,
  x: Scale,
  tone: (name: string) => string,
): Markup {
  const known = variants.flatMap(({ p95Ms }) => p95Ms.filter(isNumber));
  const most = Math.max(1, ...known);
  const y = linear(0, most, LATENCY.base, LATENCY.top);
  const at: Scale = (bucket) => x(Math.min(seconds, (bucket + 0.5) * bucketSeconds));
  const lines = variants.flatMap((variant) => [
    `<path class="curve thin${tone(variant.name)}" d="${path(variant.p50Ms, at, y)}"/>`,
    `<path class="curve${tone(variant.name)}" d="${path(variant.p95Ms, at, y)}"/>`,
    ...failuresOf(variant, at),
  ]);
  return `${axis(LATENCY, `${formatNumber(Math.round(most))}`)}<text x="${RIGHT}" y="${LATENCY.top - 8}" text-anchor="end">ms</text>${lines.join('\n')}`;
}

/** Pieces of a line; a bucket without answers breaks it, and one alone is a dot. */
function path(values: readonly (number | null)[], at: Scale, y: Scale): string {
  return values
    .map((value, i) => {
      if (value === null) return '';
      const [before, after] = [values[i - 1] ?? null, values[i + 1] ?? null];
      const point = `${at(i)} ${y(value)}`;
      if (before !== null) return `L${point}`;
      return after === null ? `M${point}h.1` : `M${point}`;
    })
    .join('');
}

function failuresOf({ name, failed }: VariantSeries, at: Scale): readonly Markup[] {
  return failed.flatMap((count, i) =>
    count === 0
      ? []
      : `<g class="fail"><title>${escapeMarkup(`${formatNumber(count)} failed on ${name}`)}</title><rect class="block" x="${at(i) - 1}" y="${LATENCY.base + 1}" width="2" height="6"/></g>`,
  );
}
