import { driftFile } from '../data/tables';
import type { Scale } from '../options';
import { CLI, PYTHON, rival } from '../paths';
import type { Contender, Figures, Row } from '../types';
import { count } from './data';

/** The drift gate beside NumPy and SciPy. */
export function driftRows({ rows }: Scale): readonly Row[] {
  return [
    {
      id: 'drift.scipy',
      section: 'drift',
      work: `drift gate, PSI and exact KS, 6 columns, ${count(rows.large)} rows a side`,
      beside: 'NumPy and ks_2samp',
      ours: driftGate(rows.large),
      theirs: {
        name: 'NumPy and ks_2samp',
        argv: [PYTHON, rival('drift.py'), ...files(rows.large)],
        figures: (stdout) => JSON.parse(stdout) as Figures,
      },
      measure: 'time',
      goal: 0.15,
    },
  ];
}

const files = (rows: number): readonly string[] => [driftFile(rows, 'reference').path, driftFile(rows, 'current').path];

export function driftGate(rows: number): Contender {
  const [reference = '', current = ''] = files(rows);
  return {
    name: 'assay gate drift',
    argv: [process.execPath, CLI, 'gate', 'drift', '--reference', reference, '--current', current, '--json'],
    // The current data has drifted a little; whether that is too much is not what is measured.
    exitCodes: [0, 1, 2],
    figures: ofReport,
  };
}

interface Evidence {
  readonly nReference: number;
  readonly nCurrent: number;
  readonly statistics: readonly { readonly name: string; readonly estimate: number }[];
}

function ofReport(stdout: string): Figures {
  const { checks } = JSON.parse(stdout) as { checks: readonly { id: string; evidence?: Evidence }[] };
  const found = checks.flatMap(({ id, evidence }): [string, number][] => {
    if (evidence?.statistics === undefined) return [];
    const column = id.slice('drift.'.length);
    return [
      ['rows_reference', evidence.nReference],
      ['rows_current', evidence.nCurrent],
      ...evidence.statistics.map(({ name, estimate }): [string, number] => [`${name}_${column}`, estimate]),
    ];
  });
  return Object.fromEntries(found);
}
