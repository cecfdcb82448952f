import type { Options, Scale } from './options';
import { isWhole } from './options';
import type { Row, RowResult, Run } from './types';

/** A row of the table as it is judged. */
export interface Line {
  readonly row: Row;
  readonly result: RowResult;
  readonly ours: number | undefined;
  readonly theirs: number | undefined;
  readonly ratio: number | undefined;
  /** Undefined: the row has no goal and is only printed. */
  readonly holds: boolean | undefined;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

export function judge(row: Row, result: RowResult): Line {
  const value = (run: Run): number => (row.measure === 'time' ? run.ms : run.peakMb);
  // Memory must hold in every run, time in the median one.
  const ours = row.measure === 'memory' ? largest(result.ours.map(value)) : median(result.ours.map(value));
  const theirs = median(result.theirs.map(value));
  const ratio = ours === undefined || theirs === undefined ? undefined : ours / theirs;
  const judged = isAlone(row) ? ours : ratio;
  const met = row.goal === undefined ? undefined : judged !== undefined && judged <= row.goal;
  return { row, result, ours, theirs, ratio, holds: result.problem === undefined ? met : met && false };
}

/** Nothing stands beside it: the value itself is judged. */
const isAlone = (row: Row): boolean => row.theirs === undefined && row.together === undefined;

const largest = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);

const HEAD = ['work', 'beside', 'ours', 'theirs', 'ratio', 'goal', 'holds'];

function cells({ row, result, ours, theirs, ratio, holds }: Line, quick: boolean): readonly string[] {
  const size = row.measure === 'time' ? formatTime : (mb: number) => `${mb.toFixed(0)} MB`;
  const goal = row.goal === undefined ? 'print' : `≤ ${isAlone(row) ? size(row.goal) : row.goal}`;
  return [
    row.work,
    row.beside,
    ours === undefined ? '–' : size(ours),
    theirs === undefined ? '–' : size(theirs),
    ratio === undefined ? '–' : ratio.toFixed(ratio < 0.1 ? 4 : ratio < 10 ? 3 : 1),
    goal,
    `${holds === undefined || quick ? '–' : holds ? 'yes' : 'NO'}${result.problem === undefined ? '' : ' *'}`,
  ];
}

function formatTime(ms: number): string {
  if (ms < 10) return `${ms.toFixed(3)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** The table for a terminal, with what went wrong below it. */
export function renderText(lines: readonly Line[], { quick }: Scale): string {
  const table = [HEAD, ...lines.map((line) => cells(line, quick))];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => [...(row[column] ?? '')].length)));
  const text = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [text[0], widths.map((width) => '-'.repeat(width)).join('  '), ...text.slice(1), ...problems(lines)].join(
    '\n',
  );
}

export function renderMarkdown(lines: readonly Line[], facts: readonly string[], { quick }: Scale): string {
  const row = (cellsOfRow: readonly string[]): string => `| ${cellsOfRow.join(' | ')} |`;
  const table = [row(HEAD), row(HEAD.map(() => '---')), ...lines.map((line) => row(cells(line, quick)))];
  return [...facts, '', ...table, ...problems(lines), ''].join('\n');
}

function problems(lines: readonly Line[]): readonly string[] {
  const told = lines.flatMap(({ row, result }) =>
    result.problem === undefined ? [] : [`* ${row.work}, beside ${row.beside}: ${result.problem}`],
  );
  return told.length === 0 ? [] : ['', ...told];
}

/** The last line, and the exit code: 0 only for the whole benchmark with every goal held. */
export function conclude(lines: readonly Line[], options: Options): { readonly text: string; readonly code: number } {
  const broken = lines.some(({ result }) => result.problem !== undefined);
  if (options.scale.quick) {
    const text = broken ? 'something went wrong' : 'both sides give the same answers';
    return { text: `quick: ${text}; goals are judged at full size only`, code: broken ? 1 : 2 };
  }
  const judged = lines.filter(({ holds }) => holds !== undefined);
  const held = judged.filter(({ holds }) => holds === true).length;
  const whole = isWhole(options);
  const text = `${held} of ${judged.length} goals hold${whole ? '' : ' (only a part of the benchmark)'}`;
  if (broken || held < judged.length) return { text, code: 1 };
  return { text, code: whole ? 0 : 2 };
}
