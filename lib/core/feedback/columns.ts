import { parseText } from '../data/table';
import type { Group, Predictions } from '../model/columns';
import type { JoinedRow } from './joined-row';
import type { QualityGates } from './settings';

/** Rows as the metrics take them: index i is the same row in every array. */
export interface JudgedRows {
  readonly labels: Float64Array;
  readonly predictions: Predictions;
  readonly classes?: readonly string[];
  readonly clusters?: Int32Array;
  /** The rows themselves, in the same order. */
  readonly rows: readonly JoinedRow[];
}

/** Rows that cannot be judged: their label is no value of the dataset's label, or their answer has other numbers. */
export interface Unusable {
  readonly count: number;
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/** Turns joined rows into columns; rows whose label or answer does not fit the task are left out and told. */
export function toColumns(
  rows: readonly JoinedRow[],
  gates: QualityGates,
): { readonly judged: JudgedRows; readonly unusable: Unusable } {
  const read = labelReading(gates);
  const width = gates.dataset.task === 'multiclass' ? (gates.dataset.classes?.length ?? 0) : 1;
  const usable: JoinedRow[] = [];
  const labels: number[] = [];
  const examples: string[] = [];
  for (const row of rows) {
    const label = read(row.label);
    if (label !== undefined && row.scores.length === width && row.scores.every(Number.isFinite)) {
      usable.push(row);
      labels.push(label);
    } else if (examples.length < EXAMPLES) {
      examples.push(
        `${row.inferenceId}: ${label === undefined ? `label "${row.label}"` : `answer ${row.scores.join(', ')}`}`,
      );
    }
  }
  const columns = Array.from({ length: width }, (_, at) => Float64Array.from(usable, ({ scores }) => scores[at] ?? 0));
  const { clusters } = gates.model;
  return {
    judged: {
      rows: usable,
      labels: Float64Array.from(labels),
      predictions: { columns },
      ...(gates.dataset.classes === undefined ? {} : { classes: gates.dataset.classes.map(String) }),
      ...(clusters === undefined ? {} : { clusters: clustersOf(usable, clusters) }),
    },
    unusable: { count: rows.length - usable.length, examples },
  };
}

/** 0 or 1, the number of a class, or a number; undefined for a text that is no value of the dataset's label. */
function labelReading({ dataset }: QualityGates): (text: string) => number | undefined {
  const { task, positive, classes = [], columns, label } = dataset;
  if (task === 'regression') {
    return (text) => {
      const value = parseText(text, 'number');
      return typeof value === 'number' ? value : undefined;
    };
  }
  const type = columns[label] ?? 'string';
  const names = classes.map(String);
  return (text) => {
    const value = parseText(text, type);
    if (value === undefined) return undefined;
    if (task === 'binary') return value === positive ? 1 : 0;
    const index = names.indexOf(String(value));
    return index < 0 ? undefined : index;
  };
}

/** Rows of one value depend on each other; a row without a value stands for itself. */
function clustersOf(rows: readonly JoinedRow[], column: string): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(rows, ({ columns }, i) => {
    const value = columns[column] ?? null;
    const key = value === null ? `row ${i}` : `value ${value}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

/** Values of a column as groups; rows without one are the group `missing`. */
export function groupOf(rows: readonly JoinedRow[], column: string): Group {
  const numbers = new Map<string, number>();
  const codes = Uint16Array.from(rows, ({ columns }) => {
    const name = columns[column] ?? 'missing';
    const code = numbers.get(name) ?? numbers.size;
    // Codes have sixteen bits: a column of more values is no column to slice by, and its rest is one slice.
    if (code >= MOST_GROUPS) return MOST_GROUPS;
    numbers.set(name, code);
    return code;
  });
  return { name: column, names: [...numbers.keys(), ...(numbers.size >= MOST_GROUPS ? ['others'] : [])], codes };
}

const MOST_GROUPS = 65_534;
