import type { BaselineColumn } from '../../core/drift/baseline';
import type { ColumnCounts, Pair, UncomparedColumn } from '../../core/drift/column';
import { countCategories, MOST_CATEGORIES, matchCategories } from './categories';
import { scanNumeric } from './numeric-scan';
import type { ColumnSide } from './side';

export type Compared = ColumnCounts | UncomparedColumn;

export const absent = (name: string, where: string): UncomparedColumn => ({
  kind: 'uncompared',
  name,
  verdict: 'fail',
  reason: `${name}: ${where} has no such column; the reference has it`,
});

/** Compares one column of both samples. @param where name of the current sample, for people */
export async function compareColumn(
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

/** As `compareColumn`, with what a baseline pins of the reference. */
export async function compareWithPinned(column: BaselineColumn, side: ColumnSide, where: string): Promise<Compared> {
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
