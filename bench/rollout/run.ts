import { parseArgs } from 'node:util';
import { writeCalibration } from '../calibration-page';
import { calibrate, type Table } from './calibration';
import { calibrationMarkdown, detects, holdsBound } from './table';

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
  writeCalibration('rollout.md', `${sizes}\n\n${markdown}`);
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

process.exitCode = main();
