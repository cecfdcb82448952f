import type { Baseline } from '../../core/drift/baseline';
import { didYouMean } from '../../core/nearest';
import { sql } from '../../core/sql/sql';
import type { Relation } from '../duckdb/relation';
import { DuckDbSession, type SessionOptions } from '../duckdb/session';
import { parallel } from '../parallel';
import { Progress } from '../progress';
import { NoSuchColumn } from '../table-error';
import { absent, type Compared, compareColumn, compareWithPinned } from './compare';
import { lookAt } from './look';
import { withPages } from './page-scan';
import { type ColumnSide, openSample, profileSides, type Sample, type SampleFiles } from './side';

export interface DriftScanOptions extends SessionOptions {
  /** Files, or what was pinned of them. */
  readonly reference: SampleFiles | Baseline;
  readonly current: SampleFiles;
  /** Columns to compare. @default all of the reference but `except` and `keys` */
  readonly columns?: readonly string[];
  /** Columns that are left out where `columns` names none. @default none */
  readonly except?: readonly string[];
  /** As `except`, where the reference has them. @default none */
  readonly keys?: readonly string[];
  /** Bins between quantiles of the reference. */
  readonly bins: number;
  /** Rows from which on plain columns of Parquet files are counted without DuckDB; results are the same. @default a million */
  readonly pagesFrom?: number;
}

/** Groups of a 16-bit type are counted in an array, at half the time of a hash table. */
const COUNT_IN_ARRAYS = sql`SET GLOBAL perfect_ht_threshold = 17`;

/**
 * Counts the columns of two samples, some at a time, with the fewest scans that decide them.
 *
 * @throws TableError when a file is no table, NoSuchColumn when a named column is not there
 */
export async function scanDrift(options: DriftScanOptions): Promise<readonly Compared[]> {
  const { onProgress, ...others } = options;
  const progress = new Progress(onProgress, 'schema' in options.reference ? 1 : 2);
  const session = await DuckDbSession.open({ ...others, ...progress.watcher });
  try {
    await session.rows(COUNT_IN_ARRAYS);
    const scan = { session, options, progress };
    return await ('schema' in options.reference
      ? compareWithBaseline(scan, options.reference)
      : compareFiles(scan, options.reference));
  } finally {
    session.close();
  }
}

interface Scan {
  readonly session: DuckDbSession;
  readonly options: DriftScanOptions;
  readonly progress: Progress;
}

async function compareFiles(scan: Scan, files: SampleFiles): Promise<readonly Compared[]> {
  const { session, options, progress } = scan;
  const { columns, except = [], keys = [] } = options;
  const wanted = (column: string) => columns?.includes(column) ?? !(except.includes(column) || keys.includes(column));
  const reference = await progress.step(() => openSample(session, files, 'reference', wanted));
  const current = await progress.step(() => openSample(session, options.current, 'current', wanted));
  const all = reference.relation.columns.map(({ name }) => name);
  checkNamed(options, reference.relation.name, all, current);
  const names = chosen(all, options);
  const samples = await parallel(2, [
    () => withSides(session, reference, names),
    () => withSides(session, current, has(current, names)),
  ]);
  return withPages(session, samples, options.pagesFrom, (sides) =>
    together(scan, names, async (name) => {
      const [one, other] = sides.map((side) => side.get(name));
      if (one === undefined || other === undefined) return absent(name, current.relation.name);
      return compareColumn(name, one, other, options.bins, current.relation.name);
    }),
  );
}

/** Columns under way at a time: while one is counted here, others are scanned there. */
const TOGETHER = 3;

async function together<T>(
  { progress }: Scan,
  items: readonly T[],
  compare: (item: T) => Promise<Compared>,
): Promise<readonly Compared[]> {
  progress.expect(items.length);
  return parallel(
    TOGETHER,
    items.map((item) => () => progress.step(() => compare(item))),
  );
}

async function withSides(
  session: DuckDbSession,
  sample: Sample,
  names: readonly string[],
): Promise<readonly [Relation, ReadonlyMap<string, ColumnSide>]> {
  return [sample.relation, await lookAt(session, sample, await profileSides(session, sample, names))];
}

const chosen = (all: readonly string[], { columns, except = [], keys = [] }: DriftScanOptions): readonly string[] =>
  columns ?? all.filter((name) => !except.includes(name) && !keys.includes(name));

/** @throws NoSuchColumn for one to compare that the reference does not have, or one to leave out that neither has */
function checkNamed(
  { columns = [], except = [] }: DriftScanOptions,
  where: string,
  ofReference: readonly string[],
  current: Sample,
): void {
  const check = (named: readonly string[], known: readonly string[]): void => {
    const unknown = named.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const message = `${where}: has no column ${unknown}${didYouMean(unknown, known)}; it has ${ofReference.join(', ')}`;
    throw new NoSuchColumn(message, unknown);
  };
  check(columns, ofReference);
  check(except, [...ofReference, ...current.relation.columns.map(({ name }) => name)]);
}

const has = ({ relation }: Sample, names: readonly string[]): readonly string[] =>
  names.filter((name) => relation.columns.some((column) => column.name === name));

async function compareWithBaseline(scan: Scan, baseline: Baseline): Promise<readonly Compared[]> {
  const { session, options, progress } = scan;
  const all = baseline.columns.map(({ name }) => name);
  const names = chosen(all, options);
  const current = await progress.step(() =>
    openSample(session, options.current, 'current', (column) => names.includes(column)),
  );
  checkNamed(options, `the baseline of ${baseline.reference}`, all, current);
  const sample = await withSides(session, current, has(current, names));
  const pinned = baseline.columns.filter(({ name }) => names.includes(name));
  return withPages(session, [sample], options.pagesFrom, ([sides]) =>
    together(scan, pinned, async (column) => {
      const side = sides?.get(column.name);
      if (side === undefined) return absent(column.name, current.relation.name);
      return compareWithPinned(column, side, current.relation.name);
    }),
  );
}
