import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { difference } from './compare';
import { Interrupted, measure } from './measure';
import { BenchError, isWhole, type Options, parseOptions } from './options';
import { PROJECT, WORK } from './paths';
import { prepare } from './prepare';
import { State } from './state';
import { conclude, judge, type Line, renderMarkdown, renderText } from './table';
import type { Contender, Figures, Row, RowResult, Run } from './types';
import { rowsOf } from './works';

/** Above this share of the machine used by others, a run is measured again, this often. */
const BUSY = 0.08;
const AGAIN = 2;

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(argv);
  const rows = rowsOf(options);
  await prepare(options);
  const state = new State(options.scale);
  if (options.fresh) state.clear();
  const kept = state.finished();
  const lines: Line[] = [];
  for (const [index, row] of rows.entries()) {
    const before = kept.get(row.id);
    say(`${index + 1}/${rows.length} ${row.work}, beside ${row.beside}${before === undefined ? '' : ' (kept)'}`);
    const result = before ?? (await compare(row, options));
    if (before === undefined && result.problem === undefined) state.keep(result);
    lines.push(judge(row, result));
  }
  state.clear();
  return print(lines, options);
}

/** Ours and theirs in turn, `runs` times. A failure or different answers end the row with a problem. */
async function compare(row: Row, { scale }: Options): Promise<RowResult> {
  const ours: Run[] = [];
  const theirs: Run[] = [];
  let figures: Figures = {};
  try {
    for (let i = 0; i < scale.runs; i++) {
      const mine = await quietly(row.ours);
      if (row.together !== undefined) {
        const [here, there] = row.together(mine.stdout);
        ours.push({ ...mine.run, ms: here });
        theirs.push({ ...mine.run, ms: there });
        continue;
      }
      ours.push(mine.run);
      figures = mine.figures;
      if (row.theirs === undefined) continue;
      const other = await quietly(row.theirs);
      theirs.push(other.run);
      const problem = row.theirs.figures && difference(figures, other.figures, row.tolerance);
      if (problem !== undefined) return { id: row.id, ours, theirs, figures, problem };
    }
    return { id: row.id, ours, theirs, figures };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const missing = process.env.ASSAY_BENCH_MISSING ?? '';
    const reason = missing === '' ? '' : ` (could not be installed: ${missing})`;
    return { id: row.id, ours, theirs, figures, problem: error.message + reason };
  }
}

interface Observed {
  readonly run: Run;
  readonly figures: Figures;
  readonly stdout: string;
}

/** One run; measured again while something else keeps the machine busy, and then taken as it is. */
async function quietly(contender: Contender): Promise<Observed> {
  let measured = await measure(contender);
  if (contender.helped === true) measured = { ...measured, others: null };
  for (let i = 0; i < AGAIN && (measured.others ?? 0) > BUSY; i++) {
    const again = await measure(contender);
    if ((again.others ?? 0) < (measured.others ?? 0)) measured = again;
  }
  const { ms, peakMb, others, stdout } = measured;
  say(
    `    ${contender.name}: ${ms.toFixed(0)} ms, ${peakMb.toFixed(0)} MB${(others ?? 0) > BUSY ? ', machine busy' : ''}`,
  );
  return { run: { ms, peakMb, others }, figures: contender.figures?.(stdout) ?? {}, stdout };
}

function print(lines: readonly Line[], options: Options): number {
  const { text, code } = conclude(lines, options);
  const busy = lines
    .flatMap(({ result }) => [...result.ours, ...result.theirs])
    .filter((run) => (run.others ?? 0) > BUSY);
  const facts = [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, ` +
      `${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.versions.node}. Medians of ${options.scale.runs} alternated runs, ` +
      'whole processes, files in the page cache.',
    ...(busy.length === 0 ? [] : [`Other processes used more than 8 % of the machine during ${busy.length} runs.`]),
  ];
  const whole = isWhole(options) ? 'full' : 'part';
  const name = options.scale.quick ? 'quick' : whole;
  const markdown = `${renderMarkdown(lines, facts, options.scale)}\n${text}\n`;
  writeFileSync(join(WORK, `results-${name}.md`), markdown);
  if (options.docs && isWhole(options)) recordIn(join(PROJECT, 'docs', 'benchmarks.md'), markdown);
  writeFileSync(join(WORK, `results-${name}.json`), JSON.stringify({ facts, lines, summary: text }, undefined, 1));
  process.stdout.write(`${facts.join('\n')}\n\n${renderText(lines, options.scale)}\n\n${text}\n`);
  return code;
}

/** Between the two marks of the page. */
function recordIn(page: string, markdown: string): void {
  const text = readFileSync(page, 'utf8');
  const marked = /(<!-- results -->\n)[\s\S]*?(<!-- \/results -->)/;
  if (!marked.test(text)) throw new BenchError(`${page}: there is no place for results`);
  writeFileSync(
    page,
    text.replace(marked, (_, begin: string, end: string) => `${begin}${markdown}${end}`),
  );
}

const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const told = error instanceof BenchError || error instanceof Interrupted;
    say(told ? error.message : ((error as Error).stack ?? String(error)));
    process.exitCode = error instanceof Interrupted ? 130 : told ? 64 : 70;
  },
);
