import { identifier, type Sql, sql } from '../../sql/sql';
import type { Value } from '../table';
import type { Ask, Example, Fault, Filter, QueryRows, ValueCount } from './ask';

/** Asks as expectations write them; `where` is the row condition of the expectation, if it has one. */
const filtered = (where: Filter | undefined): { where?: Filter } => (where === undefined ? {} : { where });

export const rows = (where?: Filter): Ask<number> => countWhere(sql`TRUE`, [], where);

export const missing = (column: string, where?: Filter): Ask<number> =>
  countWhere(sql`${identifier(column)} IS NULL`, [column], where);

export const countWhere = (when: Sql, columns: readonly string[], where?: Filter): Ask<number> =>
  countFaults({ kind: 'row', when, columns }, where);

export const countFaults = (fault: Fault, where?: Filter): Ask<number> => ({
  statistic: { kind: 'count', fault },
  ...filtered(where),
});

export const extreme = (side: 'min' | 'max', column: string, where?: Filter): Ask<Value> => ({
  statistic: { kind: 'extreme', side, column },
  ...filtered(where),
});

export const total = (of: Sql, columns: readonly string[], where?: Filter): Ask<bigint> => ({
  statistic: { kind: 'total', of, columns },
  ...filtered(where),
});

export const values = (
  column: string,
  by: 'value' | 'count',
  limit: number,
  where?: Filter,
): Ask<readonly ValueCount[]> => ({ statistic: { kind: 'values', column, by, limit }, ...filtered(where) });

export const distinct = (column: string, when?: Sql, where?: Filter): Ask<number> => ({
  statistic: { kind: 'distinct', column, ...(when === undefined ? {} : { when }) },
  ...filtered(where),
});

export const atRanks = (column: string, ranks: readonly number[], where?: Filter): Ask<readonly Value[]> => ({
  statistic: { kind: 'ranks', column, ranks },
  ...filtered(where),
});

export const examples = (
  fault: Fault,
  columns: readonly string[],
  limit: number,
  where?: Filter,
): Ask<readonly Example[]> => ({ statistic: { kind: 'examples', fault, columns, limit }, ...filtered(where) });

export const query = (text: string, limit: number): Ask<QueryRows> => ({ statistic: { kind: 'query', text, limit } });

/** A step of an expectation: what it asks, and what it makes of the answers. */
export type Steps<Result> = Generator<readonly Ask[], Result, readonly unknown[]>;

type Answers<Asks extends readonly Ask[]> = { [I in keyof Asks]: Asks[I] extends Ask<infer Answer> ? Answer : never };

/** `const [rows, missing] = yield* ask(rows(), missing('x'))`: all in one round. */
export function* ask<const Asks extends readonly Ask[]>(...asks: Asks): Steps<Answers<Asks>> {
  return (yield asks) as Answers<Asks>;
}
