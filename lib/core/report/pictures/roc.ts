import { isRecord } from '../detail';
import { escapeMarkup } from '../escape';
import type { Markup } from '../page';
import type { Evidence } from '../report';
import { isNumber, linear } from './scale';

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** `evidence.roc`: `[{name, points: [[false positive rate, true positive rate], …]}, …]`, the judged model first. */
export function rocPicture(evidence: Evidence): Markup | undefined {
  const curves = Array.isArray(evidence.roc) ? evidence.roc.filter(isCurve) : [];
  if (curves.length === 0) return undefined;
  const x = linear(0, 1, 24, 212);
  const y = linear(0, 1, 188, 4);
  const paths = curves.map((curve, index) => {
    const points = curve.points.map(([fpr, tpr]) => `${x(fpr)} ${y(tpr)}`).join('L');
    return `<path class="curve${index === 0 ? '' : ' other'}" d="M${points}"/>`;
  });
  const keys = curves.map(
    (curve, index) => `<span class="key${index === 0 ? '' : ' dashed'}"></span>${escapeMarkup(curve.name)}`,
  );
  const names = curves.map((curve) => curve.name).join(' and ');
  return `<figure><svg class="square" viewBox="0 0 220 216" role="img" aria-label="${escapeMarkup(`ROC curve of ${names}`)}">
<path class="axis" d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
${paths.reverse().join('\n')}
<text x="118" y="204" text-anchor="middle">false positive rate</text>
<text transform="translate(13 96) rotate(-90)" text-anchor="middle">true positive rate</text>
</svg><figcaption>${keys.join(' ')}</figcaption></figure>`;
}

function isCurve(value: unknown): value is Curve {
  if (!isRecord(value) || typeof value.name !== 'string' || !Array.isArray(value.points)) return false;
  const { points } = value;
  return points.length > 1 && points.every((p: unknown) => Array.isArray(p) && p.length === 2 && p.every(isNumber));
}
