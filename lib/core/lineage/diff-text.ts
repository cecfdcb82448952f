import type { DiffSide, LineageDiff, MetricChange } from './diff';
import { layOut, metricText } from './text';
import type { ValueChange } from './values';

/** The differences for a person; what is equal is not told. */
export function diffText(diff: LineageDiff): string {
  const { facts, landed, environment, gates, gatesReworded, metrics, verdicts, unknown } = diff;
  const changed = metrics.filter(({ difference }) => difference !== 0);
  const sections = [
    ['release', facts.map(changeLine)],
    ['landed', [...landed.added.map((file) => `+ ${file}`), ...landed.removed.map((file) => `- ${file}`)]],
    ['environment', environment.map(changeLine)],
    ['gates.yaml', gatesReworded ? ['other bytes, the same values'] : gates.map(changeLine)],
    ['metrics', changed.map(metricLine)],
    ['verdicts', verdicts.map(changeLine)],
    ['code', codeHint(diff)],
    ['unknown', unknown],
  ] as const;
  const title = `${diff.application}: ${sideText(diff.before)} → ${sideText(diff.after)}`;
  return sections.every(([, lines]) => lines.length === 0) ? `${title}\n\n  no difference\n` : layOut(title, sections);
}

const sideText = ({ releaseId, runId }: DiffSide): string =>
  releaseId === undefined ? `run ${runId}` : `release ${releaseId}`;

const shown = (value: ValueChange['before']): string =>
  value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);

const changeLine = ({ path, before, after }: ValueChange): string => `${path}: ${shown(before)} → ${shown(after)}`;

function metricLine({ name, before, after, difference, sameHoldout }: MetricChange): string {
  const value = (number: number | undefined) => (number === undefined ? '(none)' : metricText(number));
  const sign = difference === undefined ? '' : ` (${difference > 0 ? '+' : ''}${metricText(difference)})`;
  const rows = sameHoldout ? '' : ', not on the same holdout';
  return `${name}: ${value(before)} → ${value(after)}${sign}${rows}`;
}

function codeHint({ before, after }: LineageDiff): readonly string[] {
  if (before.commit === undefined || after.commit === undefined || before.commit === after.commit) return [];
  return [`git diff ${before.commit.slice(0, 12)} ${after.commit.slice(0, 12)}`];
}
