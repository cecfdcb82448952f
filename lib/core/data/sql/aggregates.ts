import type { Dialect } from '../../sql/dialect';
import { identifier, joinSql, type Sql, sql } from '../../sql/sql';
import type { Ask, Statistic } from '../plan';
import { all, ROWS, type TableSql, type ValueCountsSql, whereOf } from './table-sql';

/** A statistic that is one column of an aggregate SELECT. */
export type AggregateAsk = Ask & { readonly statistic: Extract<Statistic, { kind: 'count' | 'extreme' | 'total' }> };

export const isAggregate = ({ statistic }: Ask): boolean =>
  statistic.kind === 'extreme' ||
  statistic.kind === 'total' ||
  (statistic.kind === 'count' && statistic.fault.kind === 'row');

/** Columns that an ask reads, its row condition included. */
export function columnsOf({ statistic, where }: Ask): readonly string[] {
  const own = ownColumns(statistic);
  return [...new Set([...own, ...(where?.columns ?? [])])];
}

function ownColumns(statistic: Statistic): readonly string[] {
  switch (statistic.kind) {
    case 'count':
    case 'examples': {
      const { fault } = statistic;
      return fault.kind === 'row' || fault.kind === 'repeat' ? fault.columns : [fault.column];
    }
    case 'total':
      return statistic.columns;
    case 'query':
      return [];
    default:
      return [statistic.column];
  }
}

/** `FILTER` is in the standard; DuckDB and Trino both have it. */
const filter = (...conditions: readonly (Sql | undefined)[]): Sql => {
  const joined = all(...conditions);
  return joined.text === '' || joined.text === '(TRUE)' ? sql`` : sql` FILTER (WHERE ${joined})`;
};

/** One statistic over rows, or over value counts, where each line stands for `#rows` rows. */
function aggregate({ statistic, where }: AggregateAsk, counted: boolean, dialect: Dialect): Sql {
  switch (statistic.kind) {
    case 'count': {
      const { fault } = statistic;
      const when = filter(where?.sql, fault.kind === 'row' ? fault.when : undefined);
      return counted ? sql`coalesce(sum(${dialect.wide(ROWS)})${when}, 0)` : sql`count(*)${when}`;
    }
    case 'extreme':
      return statistic.side === 'min'
        ? sql`min(${identifier(statistic.column)})${filter(where?.sql)}`
        : sql`max(${identifier(statistic.column)})${filter(where?.sql)}`;
    case 'total': {
      const value = counted ? sql`${dialect.wide(statistic.of)} * ${ROWS}` : dialect.total(statistic.of);
      return sql`sum(${value})${filter(where?.sql)}`;
    }
  }
}

const named = (asks: readonly AggregateAsk[], counted: boolean, dialect: Dialect): Sql =>
  joinSql(
    asks.map((ask, i) => sql`${aggregate(ask, counted, dialect)} AS ${identifier(`a${i}`)}`),
    ', ',
  );

/** All statistics in one SELECT over the table; the answers are `a0`, `a1`, …. */
export function scanSql(table: TableSql, asks: readonly AggregateAsk[], dialect: Dialect): Sql {
  // A condition that all share is better known to the scan than to each counter.
  const [first] = asks;
  const shared = asks.every(({ where }) => where?.sql.text === first?.where?.sql.text) ? first?.where?.sql : undefined;
  const own = shared === undefined ? asks : asks.map(({ statistic }) => ({ statistic }) as AggregateAsk);
  return sql`SELECT ${named(own, false, dialect)} FROM ${table.from}${whereOf(shared)}`;
}

export const countsSql = (counts: ValueCountsSql, asks: readonly AggregateAsk[], dialect: Dialect): Sql =>
  sql`SELECT ${named(asks, true, dialect)} FROM ${counts.from}`;
