import type { Verdict } from '../verdict';
import { isRecord } from './detail';
import { EXPECTATION_FIELDS, isExpectation } from './expectation';
import { formatInterval, formatNumber, formatPercent } from './format';
import { isNumber } from './pictures/scale';
import type { Evidence, GateName } from './report';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  inconclusive: 'Inconclusive',
};

export const GATE_TITLES: Readonly<Record<GateName, string>> = {
  data: 'Data gate',
  drift: 'Drift gate',
  model: 'Model gate',
  behaviour: 'Behaviour gate',
  serving: 'Serving gate',
  canary: 'Canary gate',
};

/** Fields that the sentence and the pictures tell; everything else is listed. */
const TOLD = new Set([
  'statistic',
  'estimate',
  'interval',
  'confidence',
  'method',
  'pValue',
  'n',
  'threshold',
  'min',
  'max',
  'roc',
  'percentilesMs',
  'calibration',
  'histogram',
  'series',
]);

/** The measured part of evidence in one line: `roc auc 0.842, 95 % interval 0.83 to 0.85, threshold 0.8, n = 1,409`. */
export function evidenceSentence(evidence: Evidence): string {
  const { statistic, estimate, interval, confidence, method, pValue, n, threshold, min, max } = evidence;
  const name = statistic?.replaceAll('_', ' ') ?? 'estimate';
  const parts: string[] = [];
  if (typeof estimate === 'number') parts.push(`${name} ${formatNumber(estimate)}`);
  else if (estimate === null) parts.push(`${name} could not be computed`);
  if (interval?.every(isNumber)) {
    const level = confidence === undefined ? '' : `${formatPercent(confidence)} `;
    parts.push(`${level}interval ${formatInterval(interval)}`);
  }
  const bounds = [
    ...(typeof min === 'number' ? [`at least ${formatNumber(min)}`] : []),
    ...(typeof max === 'number' ? [`at most ${formatNumber(max)}`] : []),
  ];
  if (bounds.length > 0) parts.push(`required ${bounds.join(' and ')}`);
  else if (typeof threshold === 'number') parts.push(`threshold ${formatNumber(threshold)}`);
  if (typeof pValue === 'number') parts.push(`p = ${formatNumber(pValue)}`);
  if (typeof n === 'number') parts.push(`n = ${formatNumber(n)}`);
  if (method !== undefined) parts.push(method.replaceAll('_', ' '));
  return parts.join(', ');
}

/** What the sentence does not say, by name. */
export function furtherEvidence(evidence: Evidence): readonly (readonly [name: string, value: unknown])[] {
  return Object.entries(evidence).filter(
    ([name, value]) =>
      value !== undefined &&
      (!TOLD.has(name) || (name === 'percentilesMs' && !isRecord(value))) &&
      !(EXPECTATION_FIELDS.has(name) && isExpectation(evidence)),
  );
}
