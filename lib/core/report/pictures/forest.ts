import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import { formatNumber } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { estimateOf, isNumber, linear, type Spread, shorten } from './scale';

const WIDTH = 320;
const LEFT = 104;
const ROW = 26;
const TOP = 20;
/** More slices than this are a table, not a picture. */
const MOST = 40;

interface Slice {
  readonly name: string;
  readonly verdict: string;
  readonly judged: Spread;
  readonly champion: Spread | undefined;
}

/** `evidence.slices`: `[{value, estimate, interval, verdict, champion?}]`, one line a slice, both models, and the bound. */
export function forestPicture(evidence: Evidence): Markup | undefined {
  const slices = readSlices(evidence.slices);
  if (slices.length < 2) return undefined;
  const shown = slices.slice(0, MOST);
  // Where the check is about a difference from the champion, its bounds are no bounds of what is drawn here.
  const compares = /_(difference|reduction)$/.test(evidence.statistic ?? '');
  const edges = compares ? [] : [evidence.min, evidence.max].filter(isNumber);
  const values = shown.flatMap(({ judged, champion }) => [judged, ...(champion === undefined ? [] : [champion])]);
  const ends = [...values.flatMap(({ estimate, interval }) => [estimate, ...(interval ?? [])]), ...edges];
  const x = linear(Math.min(...ends), Math.max(...ends), LEFT + 6, WIDTH - 6);
  const height = TOP + shown.length * ROW + 18;
  const lines = edges.map(
    (edge) => `<path class="edge" d="M${x(edge)} ${TOP - 4}V${height - 16}"/>
<text x="${x(edge)}" y="11" text-anchor="middle">${formatNumber(edge)} required</text>`,
  );
  const hasChampion = shown.some(({ champion }) => champion !== undefined);
  const rest = slices.length - shown.length;
  const keys = hasChampion
    ? '<span class="key tone"></span>challenger <span class="key block"></span>champion'
    : 'Each line is a slice with its interval';
  const more = rest > 0 ? `; ${formatNumber(rest)} more are in the table` : '';
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${formatNumber(slices.length)} slices with their intervals">
${lines.join('')}<path class="axis" d="M${LEFT} ${height - 16}H${WIDTH}"/>
${shown.map((slice, index) => drawSlice(slice, TOP + index * ROW, x)).join('\n')}
<text x="${LEFT + 6}" y="${height - 3}">${formatNumber(Math.min(...ends))}</text><text x="${WIDTH}" y="${height - 3}" text-anchor="end">${formatNumber(Math.max(...ends))}</text>
</svg><figcaption>${keys}${more}</figcaption></figure>`;
}

function drawSlice({ name, verdict, judged, champion }: Slice, top: number, x: (value: number) => number): Markup {
  const tone = /^(pass|fail|inconclusive)$/.test(verdict) ? ` class="${verdict}"` : '';
  const title = `${name}: ${formatNumber(judged.estimate)}`;
  const other = champion === undefined ? '' : spread(champion, top + 17, x, 'other');
  return `<g${tone}><title>${escapeMarkup(title)}</title><text class="strong" x="0" y="${top + 14}">${escapeMarkup(shorten(name, 15))}</text>
${spread(judged, top + (champion === undefined ? 11 : 8), x, '')}${other}</g>`;
}

function spread({ estimate, interval }: Spread, y: number, x: (value: number) => number, tone: string): Markup {
  const line =
    interval === undefined ? '' : `<path class="span thin ${tone}" d="M${x(interval[0])} ${y}H${x(interval[1])}"/>`;
  return `${line}<circle class="dot ${tone}" cx="${x(estimate)}" cy="${y}" r="3.5"/>`;
}

function readSlices(value: unknown): readonly Slice[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap((slice) => {
    const judged = estimateOf(slice);
    if (judged === undefined) return [];
    const name = typeof slice.value === 'string' ? slice.value : String(slice.name ?? slice.group ?? '');
    return [{ name, verdict: String(slice.verdict), judged, champion: estimateOf(slice.champion) }];
  });
}
