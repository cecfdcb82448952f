import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { didYouMean } from '../core/nearest';
import { TableError } from '../engines/table-error';
import { UsageError } from '../release/environment';

/**
 * The share of a key, the same on every machine and for every size of the file: the first 48 bits of
 * SHA-256(`<seed>:<key>`), in [0, 1). A row stays on its side when others come and go.
 */
export function keyShare(key: string, seed: number): number {
  return createHash('sha256').update(`${seed}:${key}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

export interface Split {
  readonly train: string;
  readonly holdout: string;
  readonly trainRows: number;
  readonly holdoutRows: number;
}

/**
 * Divides a CSV into train and holdout by the hash of its key; every record keeps its bytes and order. Rows with equal
 * keys stay together.
 *
 * @param holdout share held out, between 0 and 1
 * @throws UsageError without the key column, with an empty key, or when one side would be empty
 */
export function splitCsv(path: string, key: string, holdout: number, seed: number): Split {
  return splitText(readFileSync(path), basename(path), key, holdout, seed);
}

/** As splitCsv, of content that was read before. */
export function splitText(content: Buffer, name: string, key: string, holdout: number, seed: number): Split {
  const records = readRecords(content, name);
  const [header, ...rows] = records;
  const column = header?.record.indexOf(key) ?? -1;
  if (header === undefined || column < 0) {
    const names = header?.record ?? [];
    throw new UsageError(`${name}: has no column "${key}"${didYouMean(key, names)}; it has ${names.join(', ')}`);
  }
  const sides: Record<'train' | 'holdout', string[]> = { train: [], holdout: [] };
  for (const [index, row] of rows.entries()) {
    const value = row.record[column] ?? '';
    if (value === '') throw new UsageError(`${name}: record ${index + 1} has no ${key}`);
    sides[keyShare(value, seed) < holdout ? 'holdout' : 'train'].push(row.raw);
  }
  for (const side of ['train', 'holdout'] as const) {
    if (sides[side].length > 0) continue;
    const keys = new Set(rows.map(({ record }) => record[column])).size;
    throw new UsageError(`${name}: ${rows.length} rows with ${keys} different values of ${key} leave none for ${side}`);
  }
  const text = (lines: readonly string[]) => `${[header.raw, ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
  return {
    train: text(sides.train),
    holdout: text(sides.holdout),
    trainRows: sides.train.length,
    holdoutRows: sides.holdout.length,
  };
}

interface RawRecord {
  readonly raw: string;
  readonly record: readonly string[];
}

function readRecords(content: Buffer, name: string): readonly RawRecord[] {
  try {
    return parse(content, { bom: true, raw: true, skip_empty_lines: true }) as unknown as RawRecord[];
  } catch (error) {
    throw new TableError(`${name}: is no valid CSV: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
