import type { Ask } from '../../core/data/plan';
import { type AggregateAsk, columnsOf, isAggregate, type ValueCountsSql } from '../../core/data/sql';
import type { Value } from '../../core/data/table';
import { cellOf } from './decide';

/** Planning a statement takes DuckDB time that grows with the square of its aggregates: 3,000 in one took it a minute. */
const MOST_AGGREGATES = 300;

export function inParts({ members, ...group }: Group): readonly Group[] {
  const parts = Math.ceil(members.length / MOST_AGGREGATES);
  return Array.from({ length: parts }, (_, part) => ({
    ...group,
    members: members.slice(part * MOST_AGGREGATES, (part + 1) * MOST_AGGREGATES),
  }));
}

export interface Group {
  readonly counts?: ValueCountsSql;
  readonly members: { readonly index: number; readonly ask: AggregateAsk }[];
}

export async function attempt<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export function aggregateOf({ statistic }: AggregateAsk, value: unknown): Value | bigint {
  if (statistic.kind === 'total') return BigInt((value ?? 0) as number | bigint);
  return statistic.kind === 'count' ? Number(value ?? 0) : cellOf(value);
}

/** Columns of which some ask can be answered by value counts better than by a scan. */
export function countable(asks: readonly Ask[]): readonly string[] {
  const found = asks.flatMap((ask) => {
    const { statistic, where } = ask;
    const [column, ...others] = columnsOf(ask);
    if (column === undefined || others.length > 0) return [];
    if (statistic.kind === 'examples' || statistic.kind === 'query') return [];
    if (statistic.kind === 'count' && statistic.fault.kind === 'step') return [];
    // With a row condition on the column itself only counters can use them.
    return where !== undefined && !isAggregate(ask) ? [] : [column];
  });
  return [...new Set(found)];
}
