import * as z from 'zod';
import { invalid } from './errors';
import { intBetween } from './shape';

const time = z.number();

/** Members that all List operations share. */
export const listingShape = z.object({
  NextToken: z.string().optional(),
  MaxResults: intBetween(1, 100).optional(),
  SortBy: z.enum(['Name', 'CreationTime', 'LastModifiedTime', 'Status']).optional(),
  SortOrder: z.enum(['Ascending', 'Descending']).optional(),
  NameContains: z.string().optional(),
  StatusEquals: z.string().optional(),
  CreationTimeAfter: time.optional(),
  CreationTimeBefore: time.optional(),
  LastModifiedTimeAfter: time.optional(),
  LastModifiedTimeBefore: time.optional(),
});
export type Listing = z.infer<typeof listingShape>;

export interface Listed {
  readonly name: string;
  readonly status?: string;
  /** Epoch seconds. */
  readonly created: number;
  readonly modified?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

/** Filters, sorts (by creation time unless asked otherwise; ties keep the order of creation) and cuts one page. */
export function page<T>(
  rows: readonly T[],
  query: Listing,
  view: (row: T) => Listed,
  defaultOrder: 'Ascending' | 'Descending',
): Page<T> {
  const seen = rows.map((row) => ({ row, of: view(row) })).filter(({ of }) => matches(of, query));
  seen.sort((a, b) => compare(sortKey(a.of, query), sortKey(b.of, query)));
  if ((query.SortOrder ?? defaultOrder) === 'Descending') seen.reverse();
  const start = offsetOf(query.NextToken);
  const end = start + (query.MaxResults ?? 100);
  return {
    items: seen.slice(start, end).map(({ row }) => row),
    next: end < seen.length ? { NextToken: Buffer.from(`offset:${end}`).toString('base64') } : {},
  };
}

function matches(of: Listed, query: Listing): boolean {
  const modified = of.modified ?? of.created;
  return (
    (query.NameContains === undefined || of.name.toLowerCase().includes(query.NameContains.toLowerCase())) &&
    (query.StatusEquals === undefined || of.status === query.StatusEquals) &&
    of.created > (query.CreationTimeAfter ?? Number.NEGATIVE_INFINITY) &&
    of.created < (query.CreationTimeBefore ?? Number.POSITIVE_INFINITY) &&
    modified > (query.LastModifiedTimeAfter ?? Number.NEGATIVE_INFINITY) &&
    modified < (query.LastModifiedTimeBefore ?? Number.POSITIVE_INFINITY)
  );
}

function sortKey(of: Listed, query: Listing): string | number {
  if (query.SortBy === 'Name') return of.name;
  if (query.SortBy === 'Status') return of.status ?? '';
  return query.SortBy === 'LastModifiedTime' ? (of.modified ?? of.created) : of.created;
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (offset === undefined) throw invalid('NextToken is not one that this list returned');
  return Number(offset);
}
