import { churnFile } from '../data/tables';
import type { Scale } from '../options';
import { PYTHON } from '../paths';
import type { Contender, Row } from '../types';
import { count, gate } from './data';
import { driftGate } from './drift';
import { modelGate } from './model';

/** Every gate that reads a table, by its number of rows. */
const GATES: readonly (readonly [name: string, of: (rows: number) => Contender])[] = [
  ['data gate, Parquet', (rows) => gate(churnFile(rows, 'parquet'))],
  ['data gate, CSV', (rows) => gate(churnFile(rows, 'csv'))],
  ['model gate', (rows) => modelGate(rows)],
  ['drift gate', driftGate],
];

/** Ten times the rows cost ten times the time, and a tenth more. */
const GROWTH = 11;

export function growthRows({ rows }: Scale): readonly Row[] {
  return GATES.map(([name, of]) => ({
    id: `growth.${name.replaceAll(/[ ,]+/g, '-')}`,
    section: 'growth',
    work: `growth from ${count(rows.small)} to ${count(rows.large)} rows, ${name}`,
    beside: 'itself',
    ours: of(rows.large),
    theirs: withoutFigures(of(rows.small)),
    measure: 'time',
    goal: GROWTH,
  }));
}

/** One gate on a table so small that starting is all it does. */
export function startRows({ rows }: Scale): readonly Row[] {
  const importing: Contender = { name: 'import pandas', argv: [PYTHON, '-c', 'import pandas'] };
  return GATES.map(([name, of]) => ({
    id: `start.${name.replaceAll(/[ ,]+/g, '-')}`,
    section: 'start',
    work: `${name} on ${count(rows.tiny)} rows (start-up)`,
    beside: 'pandas import alone',
    ours: of(rows.tiny),
    theirs: importing,
    measure: 'time',
    goal: 1,
  }));
}

/** The same gate on other data has other figures. */
function withoutFigures({ figures: _, ...contender }: Contender): Contender {
  return contender;
}
