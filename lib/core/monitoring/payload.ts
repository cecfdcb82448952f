import { isRecord, type ReadOptions, readPrediction } from '../serving/prediction';
import type { CapturedSide, Unreadable } from './capture';
import { csvRecords } from './csv';
import { parseLoose } from './loose-json';

/** One row of a request by column; a column that the request lacks is not there. */
export type InstanceRow = Readonly<Record<string, unknown>>;

/** How requests and answers of a workload look: `serving.fields` and the dataset of gates.yaml. */
export interface TrafficShape extends Omit<ReadOptions, 'fields' | 'at' | 'bare'> {
  readonly fields: ReadOptions['fields'] & { readonly instances: string; readonly predictions: string };
  /** All columns of the dataset, in order: what a row without names is told by. */
  readonly columns: readonly string[];
  readonly key: string;
  readonly label: string;
}

/** Text of base64, which the core cannot make by itself. @throws for no base64 */
export type DecodeBase64 = (base64: string) => string;

/** The rows of a request. JSON of the contract, a bare list, JSON lines, or CSV with or without a header. */
export function readInstances(
  side: CapturedSide,
  shape: TrafficShape,
  decode: DecodeBase64,
): { readonly rows: readonly InstanceRow[] } | Unreadable {
  const found = contentOf(side, decode);
  if ('problem' in found) return found;
  if (found.kind === 'csv') return csvRows(found.records, shape);
  const rows: InstanceRow[] = [];
  for (const value of valuesIn(found, shape.fields.instances)) {
    const row = isRecord(value) ? value : Array.isArray(value) ? byPlace(value, shape) : undefined;
    if (row === undefined || !shape.columns.some((name) => name in row)) {
      return { problem: `has an instance without any column of the dataset, or no list "${shape.fields.instances}"` };
    }
    rows.push(row);
  }
  return rows.length === 0 ? { problem: `has no rows in "${shape.fields.instances}"` } : { rows };
}

/**
 * The numbers of each prediction of an answer: its score, or the probability of every class.
 *
 * @param rows that were asked about: an answer has as many predictions
 */
export function readPredictions(
  side: CapturedSide,
  rows: number,
  shape: TrafficShape,
  decode: DecodeBase64,
): { readonly scores: readonly (readonly number[])[] } | Unreadable {
  const found = contentOf(side, decode);
  if ('problem' in found) return found;
  const predictions: readonly unknown[] =
    found.kind === 'csv' ? found.records.map(bareNumbers) : valuesIn(found, shape.fields.predictions);
  if (predictions.length !== rows) return { problem: `has ${predictions.length} predictions for ${rows} rows` };
  const scores: (readonly number[])[] = [];
  for (const prediction of predictions) {
    const read = readPrediction(prediction, { ...shape, bare: true });
    if ('problem' in read) return { problem: 'has a prediction without the numbers that serving.fields name' };
    scores.push(read.scores);
  }
  return { scores };
}

type Content =
  | { readonly kind: 'json'; readonly values: readonly unknown[] }
  | { readonly kind: 'csv'; readonly records: readonly (readonly string[])[] };

function contentOf(side: CapturedSide, decode: DecodeBase64): Content | Unreadable {
  let text = side.data;
  if (side.encoding === 'BASE64') {
    try {
      text = decode(side.data);
    } catch {
      return { problem: 'is no base64' };
    }
  }
  // Base64 stands for every content type that the capture was not told of: the text itself says what it is.
  const csv = side.encoding === 'CSV' || side.contentType === 'text/csv';
  if (csv) {
    const records = csvRecords(text);
    return records === undefined ? { problem: 'is CSV with an open quote' } : { kind: 'csv', records };
  }
  const values = parseLoose(text);
  return values === undefined ? { problem: 'is neither JSON, JSON lines nor CSV' } : { kind: 'json', values };
}

/** What the contract's field holds, or each value where the text has several, or a list without a field around it. */
function valuesIn({ values }: Content & { readonly kind: 'json' }, field: string): readonly unknown[] {
  const [first] = values;
  if (values.length !== 1) return values;
  const held = isRecord(first) ? first[field] : undefined;
  if (Array.isArray(held)) return held;
  return Array.isArray(first) && first.some((value) => isRecord(value) || Array.isArray(value)) ? first : values;
}

/** Columns that a row without names may have: all features, with the key, or every column. */
function orders({ columns, key, label }: TrafficShape): readonly (readonly string[])[] {
  const unlabelled = columns.filter((name) => name !== label);
  return [unlabelled.filter((name) => name !== key), unlabelled, columns];
}

function byPlace(values: readonly unknown[], shape: TrafficShape): InstanceRow | undefined {
  const names = orders(shape).find(({ length }) => length === values.length);
  return names === undefined ? undefined : Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

function csvRows(
  records: readonly (readonly string[])[],
  shape: TrafficShape,
): { readonly rows: readonly InstanceRow[] } | Unreadable {
  const [first = []] = records;
  const header = first.length > 0 && first.every((name) => shape.columns.includes(name));
  const names = header ? first : orders(shape).find(({ length }) => length === first.length);
  const lines = header ? records.slice(1) : records;
  if (names === undefined) return { problem: `is CSV with ${first.length} fields; no set of features has so many` };
  if (lines.some(({ length }) => length !== names.length)) return { problem: 'is CSV with records of unequal length' };
  if (lines.length === 0) return { problem: 'is CSV without a row' };
  // In CSV nothing else stands for a value that is missing.
  return {
    rows: lines.map((line) => Object.fromEntries(names.map((name, i) => [name, line[i] === '' ? null : line[i]]))),
  };
}

const bareNumbers = (fields: readonly string[]): unknown =>
  fields.length === 1 ? numberIn(fields[0]) : fields.map(numberIn);

const numberIn = (text: string | undefined): number | undefined =>
  text === undefined || text.trim() === '' ? undefined : Number(text);
