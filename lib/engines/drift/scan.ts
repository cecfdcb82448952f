import type { Baseline, BaselineColumn } from '../../core/drift/baseline';
import type { ColumnCounts, Pair, UncomparedColumn } from '../../core/drift/column';
import { didYouMean } from '../../core/nearest';
import { sql } from '../../core/sql/sql';
import { DuckDbSession, type SessionOptions } from '../duckdb/session';
import { NoSuchColumn } from '../table-error';
import { countCategories, MOST_CATEGORIES, matchCategories } from './categories';
import { lookAt } from './look';
import { scanNumeric } from './numeric-scan';
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
}

/** Groups of a 16-bit type are counted in an array, at half the time of a hash table. */
const COUNT_IN_ARRAYS = sql`SET GLOBAL perfect_ht_threshold = 17`;

type Compared = ColumnCounts | UncomparedColumn;

/**
 * Counts the columns of two samples, one column after the other, with the fewest scans that decide them.
 *
 * @throws TableError when a file is no table, NoSuchColumn when a named column is not there
 */
export async function scanDrift(options: DriftScanOptions): Promise<readonly Compared[]> {
  const session = await DuckDbSession.open(options);
  try {
    await session.rows(COUNT_IN_ARRAYS);
    return await ('schema' in options.reference
      ? compareWithBaseline(session, options.reference, options)
      : compareFiles(session, options.reference, options));
  } finally {
    session.close();
  }
}

async function compareFiles(
  session: DuckDbSession,
  files: SampleFiles,
  options: DriftScanOptions,
): Promise<readonly Compared[]> {
  const { columns, except = [], keys = [] } = options;
  const wanted = (column: string) => columns?.includes(column) ?? !(except.includes(column) || keys.includes(column));
  const reference = await openSample(session, files, 'reference', wanted);
  const current = await openSample(session, options.current, 'current', wanted);
  const all = reference.relation.columns.map(({ name }) => name);
  checkNamed(options, reference.relation.name, all, current);
  const names = chosen(all, options);
  const [ofReference, ofCurrent] = await Promise.all([
    sidesOf(session, reference, names),
    sidesOf(session, current, has(current, names)),
  ]);
  return together(names, async (name) => {
    const [one, other] = [ofReference.get(name), ofCurrent.get(name)];
    if (one === undefined || other === undefined) return absent(name, current.relation.name);
    return compareColumn(name, one, other, options.bins, current.relation.name);
  });
}

/** Columns under way at a time: while one is counted here, others are scanned there. */
const TOGETHER = 3;

async function together<T>(items: readonly T[], compare: (item: T) => Promise<Compared>): Promise<readonly Compared[]> {
  const result = new Array<Compared>(items.length);
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      result[next[0]] = await compare(next[1]);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  return result;
}

async function sidesOf(session: DuckDbSession, sample: Sample, names: readonly string[]): Promise<Sides> {
  return lookAt(session, sample, await profileSides(session, sample, names));
}

type Sides = ReadonlyMap<string, ColumnSide>;

const chosen = (all: readonly string[], { columns, except = [], keys = [] }: DriftScanOptions): readonly string[] =>
  columns ?? all.filter((name) => !except.includes(name) && !keys.includes(name));

/** @throws NoSuchColumn for one to compare that the reference does not have, or one to leave out that neither has */
function checkNamed(
  { columns, except = [] }: DriftScanOptions,
  where: string,
  all: readonly string[],
  current: Sample,
) {
  const known = columns === undefined ? [...all, ...current.relation.columns.map(({ name }) => name)] : all;
  const unknown = (columns ?? except).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `${where}: has no column ${unknown}${didYouMean(unknown, known)}; it has ${all.join(', ')}`;
  throw new NoSuchColumn(message, unknown);
}

const has = ({ relation }: Sample, names: readonly string[]): readonly string[] =>
  names.filter((name) => relation.columns.some((column) => column.name === name));

const absent = (name: string, where: string): UncomparedColumn => ({
  kind: 'uncompared',
  name,
  verdict: 'fail',
  reason: `${name}: ${where} has no such column; the reference has it`,
});

async function compareColumn(
  name: string,
  one: ColumnSide,
  other: ColumnSide,
  bins: number,
  where: string,
): Promise<Compared> {
  if (one.kind.kind === 'other')
    return uncomparable(name, 'has a type without a distribution to compare (a list, a structure or bytes)');
  // Rows that are not there have no types either.
  if (one.profile.rows === 0 || other.profile.rows === 0) {
    return uncomparable(name, `${one.profile.rows === 0 ? 'the reference' : where} has no rows`);
  }
  if (one.kind.kind !== other.kind.kind || one.kind.unit !== other.kind.unit)
    return otherKind(name, one.kind.kind, where);
  const common = { name, rows: pairOf(one, other, 'rows'), missing: pairOf(one, other, 'missing') };
  if (one.kind.kind === 'numeric') {
    const { nan, ...counts } = await scanNumeric(one, other, { quantiles: bins });
    const missing = sumOf(common.missing, nan);
    return { kind: 'numeric', ...common, missing, ...unitOf(one), quantiles: bins, ...counts };
  }
  const [ours, theirs] = [await countCategories(one), await countCategories(other)];
  if (ours === undefined || theirs === undefined) return tooManyCategories(name);
  return { kind: 'categorical', ...common, ...matchCategories(ours, theirs) };
}

const unitOf = ({ kind: { unit } }: ColumnSide): { readonly unit?: string } => (unit === undefined ? {} : { unit });

const pairOf = (one: ColumnSide, other: ColumnSide, field: 'rows' | 'missing') => ({
  reference: one.profile[field],
  current: other.profile[field],
});

const sumOf = (a: Pair<number>, b: Pair<number>): Pair<number> => ({
  reference: a.reference + b.reference,
  current: a.current + b.current,
});

const uncomparable = (name: string, reason: string): UncomparedColumn => ({
  kind: 'uncompared',
  name,
  verdict: 'inconclusive',
  reason: `${name}: ${reason}`,
});

const tooManyCategories = (name: string): UncomparedColumn =>
  uncomparable(
    name,
    `has more than ${MOST_CATEGORIES} different values, too many for categories; leave it out (drift.columns, --columns)`,
  );

function otherKind(name: string, kind: 'numeric' | 'categorical', where: string): UncomparedColumn {
  const words = kind === 'numeric' ? 'numbers (or dates)' : 'categories';
  return {
    kind: 'uncompared',
    name,
    verdict: 'fail',
    reason: `${name}: the reference has ${words}, ${where} does not`,
  };
}

async function compareWithBaseline(
  session: DuckDbSession,
  baseline: Baseline,
  options: DriftScanOptions,
): Promise<readonly Compared[]> {
  const all = baseline.columns.map(({ name }) => name);
  const names = chosen(all, options);
  const current = await openSample(session, options.current, 'current', (column) => names.includes(column));
  checkNamed(options, `the baseline of ${baseline.reference}`, all, current);
  const sides = await sidesOf(session, current, has(current, names));
  const pinned = baseline.columns.filter(({ name }) => names.includes(name));
  return together(pinned, async (column) => {
    const side = sides.get(column.name);
    if (side === undefined) return absent(column.name, current.relation.name);
    return compareWithPinned(column, side, current.relation.name);
  });
}

async function compareWithPinned(column: BaselineColumn, side: ColumnSide, where: string): Promise<Compared> {
  const { name, kind } = column;
  if (side.kind.kind !== kind || (kind === 'numeric' && side.kind.unit !== column.unit))
    return otherKind(name, kind, where);
  const common = {
    name,
    rows: { reference: column.rows, current: side.profile.rows },
    missing: { reference: column.missing, current: side.profile.missing },
  };
  if (column.kind === 'numeric') {
    const { edges, bins, nan } = await scanNumeric(undefined, side, { pinned: column.edges });
    const reference = Float64Array.from(column.counts);
    const pinned = { quantiles: column.counts.length, edges, bins: { reference, current: bins.current } };
    return { kind: 'numeric', ...common, missing: sumOf(common.missing, nan), ...unitOf(side), ...pinned };
  }
  const theirs = await countCategories(side);
  if (theirs === undefined) return tooManyCategories(name);
  const ours = new Map(column.categories.map((category) => [category.name, category.rows]));
  return { kind: 'categorical', ...common, ...matchCategories(ours, theirs) };
}
