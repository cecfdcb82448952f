import { type ReadOptions, readPrediction } from './prediction';

export type Row = Readonly<Record<string, unknown>>;

export interface GoldenRow {
  readonly key: string;
  readonly row: Row;
}

/**
 * The first `count` rows in key order: numbers by value, everything else by code unit, so that the sample is the same
 * on every machine. @throws if a row lacks the key, or two rows share one
 */
export function goldenSample(rows: readonly Row[], key: string, count: number): readonly GoldenRow[] {
  const keyed = rows.map((row, i) => ({ key: keyOf(row[key], key, i), value: row[key], row }));
  const seen = new Set<string>();
  for (const entry of keyed) {
    if (seen.has(entry.key)) throw new Error(`the golden holdout has two rows with ${key} ${entry.key}`);
    seen.add(entry.key);
  }
  return keyed
    .sort((a, b) => compare(a.value, b.value))
    .slice(0, count)
    .map(({ key: name, row }) => ({ key: name, row }));
}

/** Numbers of the batch transform by key. Each line of its output is the row with the prediction as `SageMakerOutput`. */
export function batchScores(
  lines: readonly Row[],
  key: string,
  options: Omit<ReadOptions, 'at' | 'bare'>,
): ReadonlyMap<string, readonly number[]> {
  return new Map(
    lines.map((line, i) => {
      const read = readPrediction(line.SageMakerOutput, { ...options, at: 'SageMakerOutput.', bare: true });
      if ('problem' in read) throw new Error(`batch prediction ${i + 1} ${read.problem}: ${JSON.stringify(line)}`);
      return [keyOf(line[key], key, i), read.scores];
    }),
  );
}

/** A key as text. @throws if there is none in row `index` (from 0) */
export function keyOf(value: unknown, key: string, index: number): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`row ${index + 1} of the holdout has no key "${key}": found ${JSON.stringify(value)}`);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Cuts the sample into requests of at most `size` rows. */
export function requestsOf(sample: readonly GoldenRow[], size: number): readonly (readonly GoldenRow[])[] {
  return Array.from({ length: Math.ceil(sample.length / size) }, (_, i) => sample.slice(i * size, (i + 1) * size));
}
