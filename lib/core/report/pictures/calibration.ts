import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import { formatNumber } from '../format';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { isNumber, linear, numbersOf } from './scale';

interface Bin {
  readonly predicted: number;
  readonly observed: number;
  readonly interval: readonly number[];
  readonly rows: number;
}

interface Model {
  readonly name: string;
  readonly bins: readonly Bin[];
}

/**
 * A reliability diagram from `evidence.calibration`: bins `[{predicted, observed, interval, rows}]`, or one such list for
 * each model, `[{name, bins}]`, the judged one first. On the diagonal, what was predicted is what came true.
 */
export function calibrationPicture(evidence: Evidence): Markup | undefined {
  const models = readModels(evidence.calibration);
  if (models.length === 0) return undefined;
  const x = linear(0, 1, 24, 212);
  const y = linear(0, 1, 188, 4);
  const most = Math.max(...models.flatMap(({ bins }) => bins.map(({ rows }) => rows)));
  const drawn = models.map(({ bins }, index) => {
    const tone = index === 0 ? '' : ' other';
    const points = bins.map(({ predicted, observed }) => `${x(predicted)} ${y(observed)}`).join('L');
    const marks = bins.map((bin) => {
      const [low = bin.observed, high = bin.observed] = bin.interval;
      const bar = index === 0 ? `<path class="span thin" d="M${x(bin.predicted)} ${y(low)}V${y(high)}"/>` : '';
      // The area of a point is its share of the rows.
      const radius = Math.max(1.5, 5 * Math.sqrt(bin.rows / most)).toFixed(1);
      const words = `predicted ${formatNumber(bin.predicted)}, observed ${formatNumber(bin.observed)}, ${formatNumber(bin.rows)} rows`;
      return `${bar}<circle class="dot${tone}" cx="${x(bin.predicted)}" cy="${y(bin.observed)}" r="${radius}"><title>${words}</title></circle>`;
    });
    return `<path class="curve${tone}" d="M${points}"/>${marks.join('')}`;
  });
  const keys = models.map(
    ({ name }, index) => `<span class="key${index === 0 ? '' : ' dashed'}"></span>${escapeMarkup(name)}`,
  );
  return `<figure><svg class="square" viewBox="0 0 220 216" role="img" aria-label="Calibration: observed share by predicted probability">
<path class="axis" d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
${drawn.reverse().join('\n')}
<text x="118" y="204" text-anchor="middle">predicted probability</text>
<text transform="translate(13 96) rotate(-90)" text-anchor="middle">observed share</text>
</svg><figcaption>${keys.join(' ')}</figcaption></figure>`;
}

function readModels(value: unknown): readonly Model[] {
  const bins = readBins(value);
  if (bins !== undefined) return [{ name: 'challenger', bins }];
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap(({ name, bins: list }) => {
    const read = readBins(list);
    return read === undefined ? [] : [{ name: String(name ?? 'model'), bins: read }];
  });
}

function readBins(value: unknown): readonly Bin[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const bins = value
    .filter(isRecord)
    .flatMap(({ predicted, observed, interval, rows }) =>
      isNumber(predicted) && isNumber(observed)
        ? [{ predicted, observed, interval: numbersOf(interval) ?? [], rows: isNumber(rows) ? rows : 1 }]
        : [],
    );
  return bins.length === 0 ? undefined : bins;
}
