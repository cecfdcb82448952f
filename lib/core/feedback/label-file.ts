import { csvRecords } from '../monitoring/csv';
import { didYouMean } from '../nearest';

/** What is known later of one answer: the row of the request with this id, counted from 0, turned out to be this. */
export interface Label {
  readonly inferenceId: string;
  readonly row: number;
  /** As text: `1`, `true`, `annual`. What it means is the dataset's matter. */
  readonly label: string;
}

/** Why a line says nothing; begins with what is wrong, e.g. `row is "x"; a whole number from 0 is allowed`. */
export interface LabelProblem {
  readonly problem: string;
}

export type LabelFormat = 'csv' | 'jsonl';

/** What a file of labels has to have; `row` only where requests hold several rows. */
export const LABEL_COLUMNS = { id: 'inference_id', label: 'label', row: 'row' } as const;

/** Suffixes of label files. */
export const LABEL_SUFFIXES: Readonly<Record<string, LabelFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** A file of labels that cannot be used at all: its header does not say which column is what. */
export class LabelFileError extends Error {
  override readonly name = 'LabelFileError';
}

/** The format that a file's name tells; undefined for other files. */
export function labelFormat(name: string): LabelFormat | undefined {
  const suffix = Object.keys(LABEL_SUFFIXES).find((each) => name.toLowerCase().endsWith(each));
  return suffix === undefined ? undefined : LABEL_SUFFIXES[suffix];
}

/** Reads one line after the other. */
export type LabelReader = (line: string) => Label | LabelProblem | undefined;

/**
 * Reads the lines of one file. A line that cannot be read is a problem of its own and the others count all the same; blank
 * lines and the header of a CSV file are undefined. Values of CSV may stand in double quotes, and end with their line.
 *
 * @throws LabelFileError for a CSV header without the columns, naming what it has
 */
export function createLabelReader(format: LabelFormat): LabelReader {
  if (format === 'jsonl') return (line) => (line.trim() === '' ? undefined : fromJson(line));
  let columns: CsvColumns | undefined;
  return (line) => {
    // A byte order mark comes before the first name.
    const text = columns === undefined ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim() === '') return undefined;
    const cells = csvRecords(text)?.[0];
    if (columns === undefined) {
      columns = headerOf(cells);
      return undefined;
    }
    if (cells === undefined) return { problem: 'is no line of CSV: a value in quotes does not end' };
    return fromCells(cells, columns);
  };
}

export const isProblem = (read: Label | LabelProblem): read is LabelProblem => 'problem' in read;

interface CsvColumns {
  readonly count: number;
  readonly id: number;
  readonly label: number;
  readonly row: number | undefined;
}

function headerOf(cells: readonly string[] | undefined): CsvColumns {
  const names = (cells ?? []).map((name) => name.trim());
  const at = (name: string): number => {
    const found = names.indexOf(name);
    if (found >= 0) return found;
    throw new LabelFileError(
      `the header has no column "${name}"${didYouMean(name, names)}; it has ${names.join(', ')}`,
    );
  };
  const row = names.indexOf(LABEL_COLUMNS.row);
  return {
    count: names.length,
    id: at(LABEL_COLUMNS.id),
    label: at(LABEL_COLUMNS.label),
    row: row < 0 ? undefined : row,
  };
}

function fromCells(cells: readonly string[], { count, id, label, row }: CsvColumns): Label | LabelProblem {
  if (cells.length !== count) return { problem: `has ${cells.length} values; the header has ${count} columns` };
  return labelOf(cells[id]?.trim(), row === undefined ? undefined : cells[row]?.trim(), cells[label]?.trim());
}

function fromJson(line: string): Label | LabelProblem {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'is not a JSON object' };
  const fields = value as Readonly<Record<string, unknown>>;
  return labelOf(fields[LABEL_COLUMNS.id], fields[LABEL_COLUMNS.row], fields[LABEL_COLUMNS.label]);
}

function labelOf(id: unknown, row: unknown, label: unknown): Label | LabelProblem {
  if (typeof id !== 'string' || id === '')
    return { problem: `${LABEL_COLUMNS.id} is ${shown(id)}; a text is required` };
  const text = typeof label === 'number' || typeof label === 'boolean' ? String(label) : label;
  if (typeof text !== 'string' || text === '') {
    return { problem: `${LABEL_COLUMNS.label} is ${shown(label)}; a text, number or boolean is required` };
  }
  const index = row === undefined || row === null || row === '' ? 0 : Number(row);
  if (Number.isInteger(index) && index >= 0) return { inferenceId: id, row: index, label: text };
  return { problem: `${LABEL_COLUMNS.row} is ${shown(row)}; a whole number from 0 is allowed` };
}

const shown = (value: unknown): string => (value === undefined || value === '' ? 'missing' : JSON.stringify(value));
