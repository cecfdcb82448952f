import type { Filter, Ranks } from '../../core/data/plan';
import { cellsSql, partSql, type Range, ranksSql, type TableSql, type ValueCountsSql } from '../../core/data/sql';
import type { TableColumn, Value } from '../../core/data/table';
import type { Dialect } from '../../core/sql/dialect';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import type { SqlRow } from '../duckdb/session';
import type { SqlSession } from '../sql-session';

/** Rows of a cell that are fetched and sorted; a cell with more is divided again. */
const FETCHED = 65_536;

/** Values at places of the order, from value counts. */
export async function ranksOfCounts(
  session: SqlSession,
  counts: ValueCountsSql,
  ranks: Ranks,
): Promise<readonly Value[]> {
  const [row = {} as SqlRow] = await session.rows(ranksSql(counts, ranks));
  return ranks.ranks.map((_rank, i) => (row[`r${i}`] ?? null) as Value);
}

/**
 * Values at places of the order without sorting the column: its range is cut into cells, their rows are counted, and
 * only the cell that holds the place is looked at more closely. Two or three scans, whatever the column holds.
 */
export class OrderStatistics {
  private readonly measure: Sql;

  constructor(
    private readonly session: SqlSession,
    private readonly table: TableSql,
    private readonly column: TableColumn,
    private readonly where: Filter | undefined,
    dialect: Dialect,
  ) {
    const type = column.type === 'string' || column.type === 'other' ? 'number' : column.type;
    this.measure = dialect.measure(identifier(column.name), type);
  }

  async at(ranks: readonly number[]): Promise<readonly Value[]> {
    const [found] = await this.session.rows<{ low: number | null; high: number | null }>(
      sql`SELECT min(${this.measure}) AS low, max(${this.measure}) AS high FROM ${this.table.from}${this.condition()}`,
    );
    if (found === undefined || found.low === null || found.high === null) return ranks.map(() => null);
    const wanted = [...new Set(ranks)].sort((a, b) => a - b);
    const values = await this.within({ low: found.low, high: found.high }, wanted, 0);
    return ranks.map((rank) => values.get(rank) ?? null);
  }

  private condition(): Sql {
    return this.where === undefined ? sql`` : sql` WHERE ${this.where.sql}`;
  }

  /** @param before number of rows below the range */
  private async within(range: Range, ranks: readonly number[], before: number): Promise<ReadonlyMap<number, Value>> {
    if (range.low === range.high) return this.exactly(range, ranks, before);
    const cells = await this.session.rows<{ rows: number; low: number; high: number }>(
      cellsSql(this.table, this.measure, range, this.where?.sql),
    );
    const values = new Map<number, Value>();
    let below = before;
    for (const { rows, low, high } of cells) {
      const start = below;
      const inside = ranks.filter((rank) => rank >= start && rank < start + rows);
      below += rows;
      if (inside.length === 0) continue;
      const part = { low, high };
      const small = rows <= FETCHED || low === high;
      const found = await (small ? this.exactly(part, inside, start) : this.within(part, inside, start));
      for (const [rank, value] of found) values.set(rank, value);
    }
    return values;
  }

  private async exactly(range: Range, ranks: readonly number[], before: number): Promise<ReadonlyMap<number, Value>> {
    const counts = await this.session.rows<{ value: string | number | boolean; rows: number }>(
      partSql(this.table, this.column.name, this.measure, range, this.where?.sql),
    );
    const values = new Map<number, Value>();
    let below = before;
    for (const { value, rows } of counts) {
      for (const rank of ranks) if (rank >= below && rank < below + rows) values.set(rank, value);
      below += rows;
    }
    return values;
  }
}
