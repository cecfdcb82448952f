import { modelSchema } from '../../../lib/config/gates/model';
import type { AnswerTally, Group, ModelColumns, ModelGateConfig, ModelGateInput, Tally } from '../../../lib/core/model';
import type { Check } from '../../../lib/core/report';
import { createRandom, drawNormal } from '../../../lib/core/statistics';

const random = createRandom(3);
export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const ROWS = 600;
const CONTRACTS = ['annual', 'monthly', 'multi-year'];

/** A quarter positive. */
export const labels = Float64Array.from({ length: ROWS }, (_, index) => (index % 4 === 0 ? 1 : 0));

/** Ten rows are multi-year. */
export const contracts = groupOf(
  'contract',
  Array.from({ length: ROWS }, (_, index) => CONTRACTS[index < 10 ? 2 : index % 3 === 0 ? 0 : 1] ?? ''),
);

/** The signal is shared, so that models of different noise are correlated as real ones are. */
const signal = labels.map((label) => label * 1.8 - 0.9 + drawNormal(random));
export const model = (noise: number): Float64Array => signal.map((x) => logistic(x + noise * drawNormal(random)));

export const good = model(0.1);
export const poor = model(2.5);

export function groupOf(name: string, values: readonly string[]): Group {
  const names = [...new Set(values)].sort();
  return { name, names, codes: Uint16Array.from(values, (value) => names.indexOf(value)) };
}

/** The rows for which a condition holds. */
export const conditionOf = (name: string, holds: (row: number) => boolean, rows = ROWS): Group => ({
  name,
  names: ['false', 'true'],
  codes: Uint16Array.from({ length: rows }, (_, row) => (holds(row) ? 1 : 0)),
});

export const NONE: Tally = { count: 0, examples: [] };

export const answered = (rows: number, changes: Partial<AnswerTally> = {}): AnswerTally => ({
  answers: rows,
  missing: NONE,
  unknown: NONE,
  repeated: NONE,
  differing: NONE,
  invalid: NONE,
  ...changes,
});

export interface Sample extends Partial<Omit<ModelGateInput, 'columns'>> {
  readonly scores?: Float64Array;
  readonly championScores?: Float64Array;
  readonly columns?: Partial<ModelColumns>;
}

/** Input of the judge: what is not said is a sound first release of the good model. */
export function inputOf({ scores = good, championScores, columns, ...changes }: Sample = {}): ModelGateInput {
  const own = columns?.labels ?? labels;
  const rows = own.length;
  return {
    task: 'binary',
    holdout: { rows, keyless: 0, repeated: NONE, unlabelled: NONE },
    challenger: answered(rows),
    ...(championScores === undefined ? {} : { champion: { name: 'churn/3', tally: answered(rows) } }),
    columns: {
      rows,
      labels: own,
      challenger: { columns: [scores] },
      ...(championScores === undefined ? {} : { champion: { columns: [championScores] } }),
      groups: [contracts],
      ...columns,
    },
    groupOf: { slices: [0, 0], fairness: [0] },
    ...changes,
  };
}

/** A configuration from what gates.yaml would say; few replicates, since they are not what is tested. */
export const configOf = (said: object): ModelGateConfig =>
  modelSchema.parse({ replicates: 200, metrics: { roc_auc: { min: 0.5 } }, ...said }) as ModelGateConfig;

export function found(checks: readonly Check[], id: string): Check {
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new Error(`no check ${id} among ${checks.map((each) => each.id).join(', ')}`);
  return check;
}

export const verdicts = (checks: readonly Check[]) =>
  Object.fromEntries(checks.map((check) => [check.id, check.verdict]));
