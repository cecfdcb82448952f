import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { ROWS, type ValueCountsSql } from '../../core/data/sql';
import { CsvCensus, type CsvColumn, type CsvFound, type CsvShape } from '../../core/kernels/csv-census';
import { identifier, sql } from '../../core/sql/sql';
import { type CsvFile, type CsvSample, sampleCsv } from '../census/sample';
import { scanCsvFiles, TEXT_BYTES } from '../census/scan';
import { csvReader } from '../duckdb/readers';
import type { Relation } from '../duckdb/relation';
import type { DuckDbSession, Watcher } from '../duckdb/session';
import { typedCsvReader } from '../duckdb/whole';
import { formatOf } from '../formats';
import { packingOf } from '../packed';
import { textBytes } from '../text-bytes';
import type { BaseColumn } from './base-columns';
import { type ColumnFooter, Footers } from './footers';

/** All that is asked of a text file, found while it was read once. */
export interface Census {
  /** Number of rows, and of a key its gaps and extremes. */
  readonly footers: Footers;
  readonly counts: ReadonlyMap<string, ValueCountsSql>;
  /** Columns whose values are all there and differ. */
  readonly distinct: ReadonlySet<string>;
}

export interface CensusInput {
  readonly files: readonly string[];
  /** Of the files, or of the table, for people: they tell what it is. */
  readonly names: readonly string[];
  /** Columns that are asked about; all of them when absent. */
  readonly needed?: readonly string[] | undefined;
  /** Those of which it is enough to know what a census finds of a key. */
  readonly keys: (header: readonly string[]) => readonly string[];
  /** Smaller tables are not worth it. @default 16 MiB */
  readonly inMemoryBytes?: number;
}

/** Of less text, threads are started and tables of counts read for longer than a parse takes. */
const WORTH_COUNTING = 16 * 1024 ** 2;
/** A column with more distinct values than this, as a share of what was sampled, is a key, or has too many to be counted. */
const MOST_DISTINCT = 0.96;
/** Share of the session's memory that may be taken. */
const SHARE = 0.5;
/** Types in which different whole numbers differ, and each can be read. */
const OF_NUMBERS: ReadonlySet<string> = new Set(['integer', 'number', 'string']);

let made = 0;

interface Scanned {
  readonly rows: number;
  /** In the order of the header; nothing for columns that nobody asks about. */
  readonly columns: readonly (CsvFound | undefined)[];
}

/**
 * Counts the texts of large CSV files that are plain, without DuckDB: to parse and to keep ten million records costs it three times
 * what the counts do. What a text means is DuckDB's: it reads the distinct ones, as it would read the file.
 */
export class CsvCounting {
  private constructor(
    private readonly session: DuckDbSession,
    private readonly header: readonly string[],
    private readonly scanned: Promise<Scanned | undefined>,
    private readonly ended: AbortController,
  ) {
    // Whoever asks for it is told; until then nobody listens.
    scanned.catch(() => undefined);
  }

  /**
   * Begins, on threads of its own.
   *
   * @returns `undefined` where a column has too many values, or anything in a sample is not plain
   */
  static begin(session: DuckDbSession, input: CensusInput): CsvCounting | undefined {
    const sample = isPlainText(input) ? sampled(input.files) : undefined;
    const columns = sample === undefined ? undefined : planOf(sample, input);
    if (sample === undefined || columns === undefined) return undefined;
    const shape = { columns, rows: sample.rows, textBytes: TEXT_BYTES, parts: session.threads > 1 ? 2 : 1 };
    const bytes = CsvCensus.bytesOf(shape);
    if (bytes > SHARE * session.memoryLimit) return undefined;
    const ended = new AbortController();
    const { signal = ended.signal, ...watcher } = session.watcher;
    const options = { ...watcher, signal: AbortSignal.any([signal, ended.signal]) };
    const scanned = session.lend(bytes, () => scan(shape, sample.files, options));
    return new CsvCounting(session, sample.header, scanned, ended);
  }

  /**
   * What was found, in the columns of a relation of the same files.
   *
   * @param folder for small files
   * @returns `undefined` where something is not plain, or a text is none of its column's type: the files must be read as a whole
   * @throws the reason of the session's signal
   */
  async census(relation: Relation, columns: readonly BaseColumn[], folder: string): Promise<Census | undefined> {
    const scanned = await this.scanned;
    const names = relation.columns.map(({ name }) => name);
    if (scanned === undefined || names.join() !== this.header.join()) return undefined;
    const { rows } = scanned;
    const footers = new Map<string, ColumnFooter>();
    const counts = new Map<string, ValueCountsSql>();
    const distinct = new Set<string>();
    for (const [index, found] of scanned.columns.entries()) {
      const { name = '', held } = relation.columns[index] ?? {};
      const column = columns.find((each) => each.name === name);
      if (found === undefined || column === undefined) continue;
      if (found.as === 'key') {
        if (!OF_NUMBERS.has(column.type)) return undefined;
        const { missing, span, differ } = found;
        footers.set(name, { rows, missing, min: span?.low.toString(), max: span?.high.toString(), dictionary: false });
        if (differ && missing === 0) distinct.add(name);
        continue;
      }
      const table = await countsTable(this.session, found, column, held === 'text', folder);
      if (table === undefined) return undefined;
      footers.set(name, { rows, dictionary: true });
      counts.set(name, table);
    }
    return { footers: Footers.of(rows, footers, columns), counts, distinct };
  }

  /** Gives it up, if it is not done, and waits for its threads. */
  async end(): Promise<void> {
    this.ended.abort();
    await this.scanned.catch(() => undefined);
  }
}

function sampled(files: readonly string[]): CsvSample | undefined {
  try {
    return sampleCsv(files);
  } catch {
    // Whoever opens the table says what is wrong with a file.
    return undefined;
  }
}

const isPlainText = ({ files, names, inMemoryBytes = WORTH_COUNTING }: CensusInput): boolean =>
  textBytes(files) > inMemoryBytes &&
  formatOf(names[0] ?? '') === 'csv' &&
  [...names, ...files].every((name) => packingOf(name) === undefined);

/** What each column is read for; `undefined` if there is one that this is not for. */
function planOf({ header, columns }: CsvSample, { needed, keys }: CensusInput): readonly CsvColumn[] | undefined {
  const asKeys = keys(header);
  const plan = header.map((name, index): CsvColumn | undefined => {
    const { distinct = 0, seen = 0, greatest } = columns[index] ?? {};
    if (needed?.includes(name) === false) return { as: 'skipped' };
    if (distinct <= MOST_DISTINCT * seen) return { as: 'counted' };
    return greatest !== undefined && asKeys.includes(name) ? { as: 'key', greatest } : undefined;
  });
  return plan.every((column) => column !== undefined) ? plan : undefined;
}

async function scan(shape: CsvShape, files: readonly CsvFile[], options: Watcher): Promise<Scanned | undefined> {
  const census = CsvCensus.of(shape);
  if (census === undefined || !(await scanCsvFiles(census, files, shape.columns.length, options))) return undefined;
  return { rows: census.rows(), columns: shape.columns.map((_, index) => census.column(index)) };
}

/**
 * Value counts of a column from those of its texts.
 *
 * @param verbatim whether cells are text until they are asked for
 * @returns `undefined` if a text is none of the column's type
 */
async function countsTable(
  session: DuckDbSession,
  { lines, missing }: Extract<CsvFound, { readonly as: 'counted' }>,
  { name, type, cell, broken }: BaseColumn,
  verbatim: boolean,
  folder: string,
): Promise<ValueCountsSql | undefined> {
  made += 1;
  const path = join(folder, `census_${made}.csv`);
  const header = ['value', 'rows'];
  const rowsType = { name: 'rows', type: 'integer' } as const;
  writeFileSync(
    path,
    Buffer.concat([Buffer.from(`${header}\n`), ...lines, Buffer.from(missing === 0 ? '' : `,${missing}\n`)]),
  );
  const file = { path, name: path };
  const reader =
    verbatim || type === 'other'
      ? csvReader([file], header, [rowsType])
      : typedCsvReader([file], header, [{ name: 'value', type }, rowsType]);
  const column = identifier(name);
  const texts = sql`(SELECT "value" AS ${column}, "rows" AS ${ROWS} FROM ${reader})`;
  const table = identifier(`census_${made}`);
  try {
    const unfit =
      broken === undefined ? [] : await session.rows(sql`SELECT 1 FROM ${texts} WHERE ${broken} IS NOT NULL LIMIT 1`);
    if (unfit.length > 0) return undefined;
    await session.rows(
      sql`CREATE TABLE ${table} AS SELECT ${cell} AS ${column}, CAST(sum(${ROWS}) AS BIGINT) AS ${ROWS} FROM ${texts} GROUP BY ALL`,
    );
    return { column: name, from: table };
  } catch (error) {
    session.watcher.signal?.throwIfAborted();
    // Whoever reads the whole file can say where the cell stands.
    if (isNativeError(error)) return undefined;
    throw error;
  } finally {
    rmSync(path, { force: true });
  }
}
