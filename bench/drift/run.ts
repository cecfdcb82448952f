import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCalibration } from '../calibration-page';
import { WORK } from '../paths';
import { POPULATIONS } from './populations';
import { type Alarms, type Cell, simulate } from './simulate';
import { falseAlarms, PROMISED, power, type Result, shareOf } from './table';

/** Finished cells of a run that was interrupted; the settings are part of each key. */
const STATE = join(WORK, 'drift-calibration.jsonl');

const ROWS = [100, 300, 1000, 3000, 10_000, 100_000];
/** With many categories each check is a simulation of its own. */
const SLOW_BINS = 50;

function cells(checks: number): readonly Cell[] {
  const of = (population: Cell['population']) => (population.bins >= SLOW_BINS ? Math.ceil(checks / 10) : checks);
  const none = POPULATIONS.flatMap((population) =>
    [5000, 100_000].flatMap((baseline) =>
      ROWS.map((rows) => ({ population, baseline, rows, psi: 0, checks: of(population) })),
    ),
  );
  const drifted = POPULATIONS.filter(({ name }) => SHOWN.includes(name)).flatMap((population) =>
    [0.1, 0.25, 0.5].flatMap((psi) =>
      ROWS.map((rows) => ({ population, baseline: 5000, rows, psi, checks: Math.ceil(checks / 10) })),
    ),
  );
  return [...none, ...drifted];
}

const SHOWN = ['normal', '24 whole numbers', '10 categories', '50 categories'];

/** Simulates checks of live traffic, writes the tables into docs/drift.md, and fails if false alarms are too many. */
function main(): number {
  const { values } = parseArgs({
    options: { checks: { type: 'string', default: '10000' }, fresh: { type: 'boolean' } },
  });
  const checks = Number(values.checks);
  if (!Number.isInteger(checks) || checks < 100) {
    process.stderr.write(`--checks is ${values.checks}; a whole number of at least 100 is needed\n`);
    return 64;
  }
  mkdirSync(WORK, { recursive: true });
  if (values.fresh === true) rmSync(STATE, { force: true });
  const before = finished();
  const results = cells(checks).map((cell): Result => {
    const plain = { ...cell, population: cell.population.name };
    const key = JSON.stringify(plain);
    const found = before.get(key) ?? simulate(cell);
    if (!before.has(key)) appendFileSync(STATE, `${JSON.stringify({ key, found })}\n`);
    process.stderr.write(`${key} ${(shareOf(found) * 100).toFixed(2)} %\n`);
    return { cell: plain, found };
  });
  writeCalibration('drift.md', `${heading(checks)}\n\n${falseAlarms(results)}\n\n${POWER}\n\n${power(results)}`);
  const broken = results.filter(({ cell, found }) => cell.psi === 0 && shareOf(found) > PROMISED);
  for (const { cell } of broken) process.stderr.write(`more than 1 % false alarms: ${JSON.stringify(cell)}\n`);
  rmSync(STATE, { force: true });
  return broken.length === 0 ? 0 : 1;
}

const heading = (checks: number): string =>
  `False alarms per check of one column, of ${checks.toLocaleString('en')} simulated checks a cell (${Math.ceil(checks / 10).toLocaleString('en')} with 50 categories):`;
const POWER = 'Checks that find drift, by the true index; baseline of 5,000 rows:';

/** A line that was cut off by a kill is no entry. */
function finished(): ReadonlyMap<string, Alarms> {
  if (!existsSync(STATE)) return new Map();
  const lines = readFileSync(STATE, 'utf8').split('\n');
  const entries = lines.flatMap((line): [string, Alarms][] => {
    try {
      const { key, found } = JSON.parse(line) as { key: string; found: Alarms };
      return [[key, found]];
    } catch {
      return [];
    }
  });
  return new Map(entries);
}

process.exitCode = main();
