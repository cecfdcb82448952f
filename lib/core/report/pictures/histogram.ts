import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import { formatNumber, formatPercent } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { linear, numbersOf, shorten } from './scale';

const WIDTH = 320;
const HEIGHT = 96;
const TOP = 14;
/** More bins than this cannot be told apart on a phone. */
const MOST = 30;

interface Bin {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

/** Shares of both samples by bin, from `evidence.histogram`: `{labels, reference, current}` as counts. */
export function histogramPicture(evidence: Evidence): Markup | undefined {
  const bins = readBins(evidence.histogram);
  if (bins === undefined) return undefined;
  const shown = bins.slice(0, MOST);
  const most = Math.max(...shown.flatMap(({ reference, current }) => [reference, current]));
  if (!(most > 0)) return undefined;
  const y = linear(0, most, TOP + HEIGHT, TOP);
  const slot = WIDTH / shown.length;
  const bar = Math.max(1.5, Math.min(14, slot * 0.36));
  const drawn = shown.map(({ label, reference, current }, index) => {
    const middle = (index + 0.5) * slot;
    const words = `${label}: reference ${formatPercent(reference)}, current ${formatPercent(current)}`;
    const column = (share: number, x: number, tone: string): Markup =>
      `<rect class="block ${tone}" x="${x.toFixed(1)}" y="${y(share)}" width="${bar.toFixed(1)}" height="${(TOP + HEIGHT - y(share)).toFixed(1)}"/>`;
    return `<g><title>${escapeMarkup(words)}</title>${column(reference, middle - bar - 0.5, 'other')}${column(current, middle + 0.5, '')}</g>`;
  });
  const rest = bins.length - shown.length;
  const more = rest > 0 ? `; the first ${MOST} of ${formatNumber(bins.length)} bins` : '';
  return `<figure><svg viewBox="0 0 ${WIDTH} ${TOP + HEIGHT + 18}" role="img" aria-label="Shares of reference and current in ${formatNumber(bins.length)} bins">
<text x="0" y="10">${formatPercent(most)}</text><path class="axis" d="M0 ${TOP + HEIGHT}H${WIDTH}"/>
${drawn.join('\n')}
${labels(shown, slot)}
</svg><figcaption><span class="key tone"></span>current <span class="key block"></span>reference${more}</figcaption></figure>`;
}

/** Every label where there is room, else the first and the last. */
function labels(bins: readonly Bin[], slot: number): Markup {
  const room = Math.floor(slot / 5.6);
  const fits = bins.every(({ label }) => [...label].length <= room);
  const y = TOP + HEIGHT + 14;
  if (fits || bins.length <= 4) {
    return bins
      .map(({ label }, index) => {
        const x = ((index + 0.5) * slot).toFixed(1);
        return `<text x="${x}" y="${y}" text-anchor="middle">${escapeMarkup(shorten(label, Math.max(3, room)))}</text>`;
      })
      .join('');
  }
  const [first, last] = [bins[0]?.label ?? '', bins.at(-1)?.label ?? ''];
  return `<text x="0" y="${y}">${escapeMarkup(shorten(first, 24))}</text><text x="${WIDTH}" y="${y}" text-anchor="end">${escapeMarkup(shorten(last, 24))}</text>`;
}

function readBins(value: unknown): readonly Bin[] | undefined {
  if (!isRecord(value) || !Array.isArray(value.labels)) return undefined;
  const [reference, current] = [numbersOf(value.reference), numbersOf(value.current)];
  if (reference === undefined || current === undefined) return undefined;
  if (Math.min(...reference, ...current) < 0) return undefined;
  const [all, now] = [sum(reference), sum(current)];
  if (!(all > 0 && now > 0) || value.labels.length !== reference.length || current.length !== reference.length) {
    return undefined;
  }
  return value.labels.map((label, index) => ({
    label: rounded(String(label)),
    reference: (reference[index] ?? 0) / all,
    current: (current[index] ?? 0) / now,
  }));
}

/** Edges between quantiles have more digits than anyone reads: `≤ 40.818000000000005` → `≤ 40.82`. */
const rounded = (label: string): string =>
  label.replaceAll(/-?\d+\.\d{4,}(?:e[+-]?\d+)?/g, (digits) => formatNumber(Number(digits)));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
