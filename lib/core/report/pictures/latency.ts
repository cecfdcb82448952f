import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import { formatNumber } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { isNumber, linear } from './scale';

const WIDTH = 320;
const ROW = 22;

/** `evidence.percentilesMs`: `{p50: milliseconds, p95: …}`, as bars against the threshold. */
export function latencyPicture(evidence: Evidence): Markup | undefined {
  if (!isRecord(evidence.percentilesMs)) return undefined;
  const bars = Object.entries(evidence.percentilesMs).filter((entry): entry is [string, number] => isNumber(entry[1]));
  if (bars.length === 0) return undefined;
  const budget = isNumber(evidence.threshold) ? evidence.threshold : undefined;
  const x = linear(0, Math.max(...bars.map(([, ms]) => ms), budget ?? 0), 34, WIDTH - 60);
  const height = bars.length * ROW + 18;
  const rows = bars.map(([name, ms], index) => {
    const y = 18 + index * ROW;
    return `<text x="0" y="${y + 11}">${escapeMarkup(name)}</text><rect class="block" x="34" y="${y + 2}" width="${Math.max(1, x(ms) - 34)}" height="10" rx="2"/>
<text class="strong" x="${x(ms) + 6}" y="${y + 11}">${formatNumber(ms)} ms</text>`;
  });
  const line =
    budget === undefined
      ? ''
      : `<path class="edge" d="M${x(budget)} 16V${height}"/><text x="${x(budget)}" y="11" text-anchor="middle">budget ${formatNumber(budget)} ms</text>`;
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Latency percentiles">${line}${rows.join('')}</svg></figure>`;
}
