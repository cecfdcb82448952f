import { isRecord } from '../detail';
import { formatNumber, formatSeconds } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { isNumber, linear, numbersOf } from './scale';

const WIDTH = 320;
const [LEFT, RIGHT, TOP, BASE] = [34, WIDTH - 8, 18, 96];

/**
 * Evidence against a release over the looks of a step, from `evidence.series` (`{seconds, eValue}`), on a logarithmic scale:
 * at the threshold it is taken back. At 1 there is no evidence either way; below, there is evidence that it is sound.
 */
export function evidencePicture(evidence: Evidence): Markup | undefined {
  const { series, threshold } = evidence;
  if (!isRecord(series) || !isNumber(threshold) || !(threshold > 1)) return undefined;
  const [seconds, values] = [numbersOf(series.seconds), numbersOf(series.eValue)];
  if (seconds === undefined || values === undefined || values.length !== seconds.length) return undefined;
  const end = seconds.at(-1) ?? 0;
  const logs = values.map((value) => Math.log10(Math.max(value, LEAST)));
  const [low, high] = [Math.min(0, ...logs), Math.max(Math.log10(threshold), Math.min(Math.max(...logs), MOST))];
  const x = linear(0, end > 0 ? end : 1, LEFT, RIGHT);
  const y = linear(low, high + (high - low) * 0.08, BASE, TOP);
  const points = logs.map((log, i) => ({ x: x(seconds[i] ?? 0), y: y(Math.min(log, MOST)) }));
  const over = (values.at(-1) ?? 0) >= threshold;
  const line = points.map((point) => `${point.x} ${point.y}`).join('L');
  const last = points.at(-1);
  const edge = y(Math.log10(threshold));
  const words = `Evidence against the release over ${formatSeconds(end)} of bake; it ends at ${formatNumber(values.at(-1) ?? 0)}, ${formatNumber(threshold)} takes it back`;
  return `<figure><svg viewBox="0 0 ${WIDTH} 114" role="img" aria-label="${words}">
<text x="0" y="9">evidence against it (e-value)</text>
<path class="axis" d="M${LEFT} ${y(0)}H${RIGHT}"/><text x="${LEFT - 4}" y="${y(0) + 4}" text-anchor="end">1</text>
<path class="edge" d="M${LEFT} ${edge}H${RIGHT}"/><text x="${LEFT - 4}" y="${edge + 4}" text-anchor="end">${formatNumber(threshold)}</text>
<g class="${over ? 'fail' : 'pass'}"><path class="step" d="M${line}"/><circle class="dot" cx="${last?.x}" cy="${last?.y}" r="3.5"/></g>
<text x="${LEFT}" y="111">0</text><text x="${RIGHT}" y="111" text-anchor="end">${formatSeconds(end)} of bake</text>
</svg></figure>`;
}

/** Evidence below and above which nobody tells values apart. */
const LEAST = 1e-4;
const MOST = 6;
