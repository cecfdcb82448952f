import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calibrate, type Table } from './calibration';
import { calibrationMarkdown, detects, holdsBound } from './table';

const PAGE = join(__dirname, '..', '..', 'docs', 'rollout.md');
const [BEGIN, END] = ['<!-- calibration: npm run calibrate -->', '<!-- end of calibration -->'];

/** Simulates the rollouts, writes the tables into docs/rollout.md, and fails if the judge breaks its promises. */
function main(): number {
  const { values } = parseArgs({ options: { rollouts: { type: 'string', default: '20000' } } });
  const equal = Number(values.rollouts);
  if (!Number.isInteger(equal) || equal < 100) {
    process.stderr.write(`--rollouts is ${values.rollouts}; a whole number of at least 100 is needed\n`);
    return 64;
  }
  const tables = calibrate({ equal, worse: Math.ceil(equal / 10) }, (line) => process.stderr.write(`${line}\n`));
  const markdown = calibrationMarkdown(tables);
  process.stdout.write(`${markdown}\n`);
  const count = (share: number): string => Math.ceil(equal / share).toLocaleString('en');
  const sizes = `${count(1)} rollouts of releases that are as good (${count(4)} with no excess allowed), ${count(10)} of ones that are worse.`;
  write(`${sizes}\n\n${markdown}`);
  const broken = tables.flatMap(promises);
  for (const line of broken) process.stderr.write(`${line}\n`);
  return broken.length === 0 ? 0 : 1;
}

const promises = ({ title, rows }: Table): readonly string[] =>
  rows
    .filter((row) => row.ours && !(holdsBound(row) && detects(row)))
    .map(
      (row) => `${title}: ${row.method} takes back more than 1 % of good releases or misses more than 1 % of bad ones`,
    );

function write(markdown: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the tables between ${BEGIN} and ${END}`);
  writeFileSync(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${markdown}\n\n${page.slice(to)}`);
}

process.exitCode = main();
