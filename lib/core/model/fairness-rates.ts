import type { Group } from './columns';
import type { FairnessMetric } from './config';
import type { Judged } from './estimates';

/** A share of the rows of one group. */
export interface Rate {
  /** `selection rate`, `true positive rate`, `false positive rate`. */
  readonly name: string;
  readonly share: number;
  /** Rows that it is a share of. */
  readonly rows: number;
  /** How many equally weighted rows would know as much: Kish's (Σw)²/Σw². */
  readonly n: number;
  /** Of `n`. */
  readonly successes: number;
}

export interface GroupRates {
  readonly value: string;
  readonly rows: number;
  readonly rates: readonly Rate[];
}

/** What a metric compares: rates of a predicted positive among all rows, among positives, among negatives. */
const COMPARED: Readonly<Record<FairnessMetric, readonly ('all' | 1 | 0)[]>> = {
  'demographic-parity': ['all'],
  'equal-opportunity': [1],
  'equalized-odds': [1, 0],
};

const NAMES = { all: 'selection rate', 1: 'true positive rate', 0: 'false positive rate' } as const;

/** Rates of every group that has rows, in one pass, the largest group first. */
export function groupRates({ columns, config }: Judged, metric: FairnessMetric, group: Group): readonly GroupRates[] {
  const [scores = new Float64Array(0)] = columns.challenger.columns;
  const { labels, weights } = columns;
  const sums = new Float64Array(group.names.length * STRIDE);
  for (let row = 0; row < scores.length; row += 1) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    const at = (group.codes[row] as number) * STRIDE + (labels[row] === 1 ? PER_LABEL : 0);
    sums[at] = (sums[at] as number) + 1;
    sums[at + 1] = (sums[at + 1] as number) + weight;
    sums[at + 2] = (sums[at + 2] as number) + weight * weight;
    if ((scores[row] as number) >= config.threshold) sums[at + 3] = (sums[at + 3] as number) + weight;
  }
  return group.names
    .map((value, code): GroupRates => {
      const of = (label: 0 | 1) =>
        sums.subarray(code * STRIDE + label * PER_LABEL, code * STRIDE + (label + 1) * PER_LABEL);
      const rates = COMPARED[metric].map((among) =>
        rateOf(NAMES[among], among === 'all' ? [of(0), of(1)] : [of(among)]),
      );
      return { value, rows: (of(0)[0] ?? 0) + (of(1)[0] ?? 0), rates };
    })
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
}

/** Rows, Σw, Σw², Σw of predicted positives; for negatives and for positives. */
const PER_LABEL = 4;
const STRIDE = 2 * PER_LABEL;

function rateOf(name: string, parts: readonly Float64Array[]): Rate {
  const sum = (index: number): number => parts.reduce((total, part) => total + (part[index] ?? 0), 0);
  const [rows, weight, squares, selected] = [sum(0), sum(1), sum(2), sum(3)];
  const n = squares > 0 ? (weight * weight) / squares : 0;
  const share = Math.min(1, selected / weight);
  return { name, rows, share, n, successes: share * n };
}
