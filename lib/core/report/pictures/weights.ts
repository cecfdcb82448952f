import { formatNumber, formatSeconds } from '../format';
import type { Markup } from '../page';
import type { RunRollout } from '../run';
import { linear } from './scale';

const WIDTH = 320;
const [LEFT, RIGHT, TOP, BASE] = [4, WIDTH - 40, 18, 104];

interface Segment {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
  readonly verdict: RunRollout['steps'][number]['verdict'];
}

/** The new release's share of the traffic over the time of the rollout; a rollback ends at 0 %. */
export function weightsPicture(rollout: RunRollout): Markup | undefined {
  const segments = rollout.steps.flatMap((step): readonly Segment[] => {
    const [from, to] = [Date.parse(step.startedAt), Date.parse(step.endedAt)];
    return from <= to ? [{ weight: step.weight, from, to, verdict: step.verdict }] : [];
  });
  const [first, last] = [segments[0], segments.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const x = linear(first.from, last.to === first.from ? first.from + 1 : last.to, LEFT, RIGHT);
  const y = linear(0, 100, BASE, TOP);
  const blocks = segments.map((segment) => block(segment, x, y));
  const end = rollout.outcome === 'rolled-back' ? 0 : last.weight;
  const tail = `<path class="step" d="M${x(last.to)} ${y(last.weight)}V${y(end)}H${RIGHT + 8}"/>`;
  const length = formatSeconds((last.to - first.from) / 1000);
  return `<figure><svg viewBox="0 0 ${WIDTH} 122" role="img" aria-label="Traffic share of the new release over time, in percent">
<path class="axis" d="M${LEFT} ${BASE}H${RIGHT + 8}M${LEFT} ${TOP}H${RIGHT + 8}"/>${blocks.join('\n')}
<g class="${end === 0 ? 'fail' : 'pass'}">${tail}</g><text class="strong" x="${RIGHT + 12}" y="${y(end) + 4}">${end} %</text>
<text x="${LEFT}" y="119">0</text><text x="${RIGHT}" y="119" text-anchor="end">${length}</text>
</svg></figure>`;
}

function block(segment: Segment, x: (value: number) => number, y: (value: number) => number): Markup {
  const [from, to, top] = [x(segment.from), Math.max(x(segment.to), x(segment.from) + 1), y(segment.weight)];
  const middle = Math.round((from + to) / 2);
  const width = Math.round((to - from) * 10) / 10;
  return `<g class="${segment.verdict}"><rect class="area" x="${from}" y="${top}" width="${width}" height="${BASE - top}"/>
<path class="step" d="M${from} ${top}H${to}"/></g><text x="${middle}" y="${top - 5}" text-anchor="middle">${formatNumber(segment.weight)} %</text>`;
}
