import { parseArgs } from 'node:util';
import type { Section } from './types';

const SECTIONS: readonly Section[] = [
  'data',
  'memory',
  'model',
  'bootstrap',
  'drift',
  'serving',
  'report',
  'growth',
  'start',
];

/** Wrong arguments or a machine that cannot run the benchmark; the message is for the person who started it. */
export class BenchError extends Error {}

/** Rows of the tables, and how often each side runs. */
export interface Scale {
  readonly quick: boolean;
  readonly runs: number;
  /** Start-up, small, large and huge tables. */
  readonly rows: { readonly tiny: number; readonly small: number; readonly large: number; readonly huge: number };
}

export interface Options {
  readonly scale: Scale;
  readonly only: readonly Section[];
  readonly fresh: boolean;
  /** Writes the table into docs/benchmarks.md. */
  readonly docs: boolean;
}

const FULL: Scale = {
  quick: false,
  runs: 5,
  rows: { tiny: 1_000, small: 1_000_000, large: 10_000_000, huge: 50_000_000 },
};
const QUICK: Scale = { quick: true, runs: 2, rows: { tiny: 1_000, small: 10_000, large: 100_000, huge: 500_000 } };

export const USAGE = `npm run bench [-- --quick] [--only ${SECTIONS.join(',')}] [--runs N] [--fresh] [--docs]
  --quick   a hundredth of the rows, two runs: shows that everything works; goals are not judged
  --only    these sections
  --runs    runs of each side (5; the medians count)
  --fresh   forget what an interrupted benchmark has measured
  --docs    write the table into docs/benchmarks.md, after a whole benchmark`;

/** @throws BenchError on a wrong argument */
export function parseOptions(argv: readonly string[]): Options {
  const { values } = read(argv);
  const base = values.quick ? QUICK : FULL;
  const runs = values.runs === undefined ? base.runs : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new BenchError(`--runs ${values.runs}: a whole number from 1`);
  const only = values.only?.split(',').map((name) => name.trim()) ?? SECTIONS;
  const wrong = only.find((name) => !SECTIONS.some((section) => section === name));
  if (wrong !== undefined) throw new BenchError(`--only ${wrong}: one of ${SECTIONS.join(', ')}`);
  return {
    scale: { ...base, runs },
    only: SECTIONS.filter((section) => only.includes(section)),
    fresh: values.fresh ?? false,
    docs: values.docs ?? false,
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        runs: { type: 'string' },
        fresh: { type: 'boolean' },
        docs: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** Whether the outcome may count as the benchmark: every section, full size, at least five runs. */
export function isWhole({ scale, only }: Options): boolean {
  return !scale.quick && scale.runs >= FULL.runs && only.length === SECTIONS.length;
}
