import { escapeMarkup } from '../escape';
import { formatNumber } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { anchorFor, isNumber, linear } from './scale';

const WIDTH = 320;
const BAR = 29;

/**
 * An estimate with its interval against what is required: the allowed side is tinted.
 * Drawn only if evidence has a finite estimate and something to hold it against, an interval or a threshold.
 */
export function intervalPicture(evidence: Evidence): Markup | undefined {
  const { estimate, interval, threshold } = evidence;
  if (!isNumber(estimate)) return undefined;
  const ends = interval?.every(isNumber) ? interval : undefined;
  const bounds = [evidence.min, evidence.max].filter(isNumber);
  const edges = bounds.length > 0 ? bounds : [threshold].filter(isNumber);
  if (ends === undefined || edges.length === 0) return undefined;
  const values = [estimate, ...ends, ...edges];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * 0.18 || 1;
  const x = linear(least - margin, most + margin, 0, WIDTH);
  const words = `Estimate ${formatNumber(estimate)}, interval ${formatNumber(ends[0])} to ${formatNumber(ends[1])}`;
  return `<figure><svg viewBox="0 0 ${WIDTH} 56" role="img" aria-label="${escapeMarkup(words)}">
${allowedArea(evidence, x)}<path class="axis" d="M0 ${BAR}H${WIDTH}"/>
${edges.map((edge) => edgeMark(edge, x(edge))).join('\n')}
<path class="span" d="M${x(ends[0])} ${BAR}H${x(ends[1])}"/><circle class="dot" cx="${x(estimate)}" cy="${BAR}" r="5"/>
<text class="strong" x="${x(estimate)}" y="53" text-anchor="${anchorFor(x(estimate), WIDTH)}">${formatNumber(estimate)}</text>
</svg></figure>`;
}

/** Tinted between `min` and `max`, one of which may be open. A bare threshold does not say which side is allowed. */
function allowedArea(evidence: Evidence, x: (value: number) => number): Markup {
  if (!isNumber(evidence.min) && !isNumber(evidence.max)) return '';
  const from = isNumber(evidence.min) ? x(evidence.min) : 0;
  const to = isNumber(evidence.max) ? x(evidence.max) : WIDTH;
  return to > from ? `<rect class="allowed" x="${from}" y="17" width="${to - from}" height="24"/>` : '';
}

function edgeMark(value: number, x: number): Markup {
  const anchor = anchorFor(x, WIDTH);
  return `<path class="edge" d="M${x} 15V43"/><text x="${x}" y="11" text-anchor="${anchor}">${formatNumber(value)} required</text>`;
}
