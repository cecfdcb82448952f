import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Gates } from '../config/gates';
import type { Value } from '../core/data/table';
import type { HoldoutRow, Prediction } from '../core/model';
import { openTable, TableError } from '../engines/rows';

/** Where batch transform puts the model's answer when it joins it to the input. */
const JOINED = 'SageMakerOutput';

/**
 * The holdout's keys, labels and sliced columns.
 *
 * @param name file name for errors and for the format; the content is read from `file`
 * @throws TableError if the file is no table or lacks a needed column
 */
export async function readHoldout(name: string, file: string, gates: Gates): Promise<readonly HoldoutRow[]> {
  const { dataset, model } = gates;
  const columns = Object.entries(dataset.columns).map(([column, type]) => ({ name: column, type }));
  const table = await openTable(name, createReadStream(file), columns);
  const sliced = model.slices.map((slice) => slice.column);
  const absent = [dataset.key, dataset.label, ...sliced].filter((column) => !table.header.includes(column));
  if (absent.length > 0) {
    throw new TableError(`${name}: has no column ${absent.join(', ')}; it has ${table.header.join(', ')}`);
  }
  const rows: HoldoutRow[] = [];
  for await (const { values, unreadable } of table.rows) {
    const label = unreadable.includes(dataset.label) ? null : (values[dataset.label] ?? null);
    const slices = sliced.map((column) => [column, textOf(values[column]) ?? '(missing)'] as const);
    rows.push({
      key: textOf(values[dataset.key]),
      target: targetOf(label, dataset),
      slices: Object.fromEntries(slices),
    });
  }
  return rows;
}

function targetOf(label: Value, { task, positive }: Gates['dataset']): number | null {
  if (label === null) return null;
  if (task === 'binary') return label === positive ? 1 : 0;
  return typeof label === 'number' ? label : null;
}

/** Keys are compared as text: a file's 17 and a prediction's "17" are the same row. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * Predictions in JSON Lines: the input object with the model's answer as `SageMakerOutput`.
 *
 * @param name for errors
 * @throws TableError naming file and line of what is no such object
 */
export async function readPredictions(name: string, stream: Readable, gates: Gates): Promise<readonly Prediction[]> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let failed: Error | undefined;
  // readline ends quietly when its input breaks; a shortened file would look like missing answers.
  stream.on('error', (error) => {
    failed = error;
    lines.close();
  });
  const predictions: Prediction[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') predictions.push(predictionOf(`${name}:${number}`, line, gates));
  }
  if (failed !== undefined) throw failed;
  return predictions;
}

function predictionOf(where: string, line: string, gates: Gates): Prediction {
  const row = parse(where, line);
  const { key } = gates.dataset;
  const { score } = gates.serving.fields;
  if (!isObject(row) || !(key in row) || !(JOINED in row)) {
    throw new TableError(
      `${where}: each line is an object with the key "${key}" and the answer "${JOINED}", found ${line.slice(0, 80)}`,
    );
  }
  const answer = row[JOINED];
  return { key: textOf(row[key]), score: isObject(answer) ? answer[score] : answer };
}

function parse(where: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new TableError(`${where}: is no JSON: ${line.slice(0, 80)}`, { cause: error });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
