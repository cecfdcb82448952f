import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import { formatNumber } from '../format';
import type { Markup } from '../page';
import type { Check } from '../report';
import { isNumber, linear, shorten } from './scale';

const WIDTH = 320;
const LEFT = 104;
const ROW = 20;
const TOP = 18;
const MOST = 40;

interface Bar {
  readonly name: string;
  readonly verdict: Check['verdict'];
  readonly value: number;
  readonly null95: number | undefined;
  readonly threshold: number | undefined;
}

/**
 * The population stability index of every column as a bar, the greatest first. The tick is what chance alone stays below
 * in 95 % of samples of these sizes; the dashed line is the threshold.
 */
export function driftPicture(checks: readonly Check[]): Markup | undefined {
  const bars = checks.flatMap(readBar).toSorted((a, b) => b.value - a.value);
  if (bars.length < 2) return undefined;
  const shown = bars.slice(0, MOST);
  const thresholds = [...new Set(shown.flatMap(({ threshold }) => (threshold === undefined ? [] : [threshold])))];
  const most = Math.max(...shown.flatMap(({ value, null95 }) => [value, null95 ?? 0]), ...thresholds);
  const x = linear(0, most || 1, LEFT, WIDTH - 44);
  const height = TOP + shown.length * ROW;
  const edges = thresholds.map(
    (edge) => `<path class="edge" d="M${x(edge)} ${TOP - 4}V${height}"/>
<text x="${x(edge)}" y="11" text-anchor="middle">threshold ${formatNumber(edge)}</text>`,
  );
  const rest = bars.length - shown.length;
  const more = rest > 0 ? ` ${formatNumber(rest)} columns with less drift are not shown.` : '';
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height + 4}" role="img" aria-label="Population stability index of ${formatNumber(bars.length)} columns">
${edges.join('')}${shown.map((bar, index) => drawBar(bar, TOP + index * ROW, x)).join('\n')}
</svg><figcaption>Population stability index by column. The tick marks what 95 % of samples without drift stay below.${more}</figcaption></figure>`;
}

function drawBar({ name, verdict, value, null95 }: Bar, top: number, x: (value: number) => number): Markup {
  const tick = null95 === undefined ? '' : `<path class="tick" d="M${x(null95)} ${top}V${top + 14}"/>`;
  const end = Math.max(x(value), null95 === undefined ? 0 : x(null95));
  return `<g class="${verdict}"><title>${escapeMarkup(name)}</title><text class="strong" x="0" y="${top + 11}">${escapeMarkup(shorten(name, 15))}</text>
<rect class="block" x="${LEFT}" y="${top + 2}" width="${Math.max(1, x(value) - LEFT).toFixed(1)}" height="10" rx="2"/>${tick}
<text x="${end + 5}" y="${top + 11}">${formatNumber(value)}</text></g>`;
}

function readBar({ id, verdict, evidence }: Check): readonly Bar[] {
  const statistics = Array.isArray(evidence?.statistics) ? evidence.statistics.filter(isRecord) : [];
  const psi = statistics.find(({ name }) => name === 'psi');
  if (psi === undefined || !isNumber(psi.estimate)) return [];
  return [
    {
      name: id.slice(id.indexOf('.') + 1),
      verdict,
      value: psi.estimate,
      null95: isNumber(psi.null95) ? psi.null95 : undefined,
      threshold: isNumber(psi.threshold) ? psi.threshold : undefined,
    },
  ];
}
