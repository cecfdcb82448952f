import { type Ask, askKey, missing } from '../../core/data/plan';
import { all, ROWS, type ValueCountsSql } from '../../core/data/sql';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { countableColumn } from './groups';
import { repeatOf } from './proofs';

/** What one statement finds out while it parses text files. */
export interface Pass {
  /** Columns whose values are counted. */
  readonly counted: readonly string[];
  /** Asks for rows with a fault that is decided by the row alone. */
  readonly faults: readonly Ask[];
  /** Asks for rows that repeat others, of which it is proved that there are none. */
  readonly distinct: readonly Ask[];
}

/** Each is a hash table of the statement; with so many, a copy that is asked again costs no more. */
const MOST_SETS = 32;

/**
 * The pass that answers all asks, and parses every cell that a copy would have.
 *
 * @param few columns with so few values that all are counted at once
 * @param needed columns whose cells must be readable
 * @returns undefined where some ask needs the copy: it is then made at once, and nothing is parsed twice
 */
export function passOf(asks: readonly Ask[], few: readonly string[], needed: readonly string[]): Pass | undefined {
  const counted = few.filter((column) => asks.some((ask) => countableColumn(ask) === column));
  const rest = asks.filter((ask) => !isRows(ask) && !counted.includes(countableColumn(ask) ?? ''));
  const distinct = rest.filter((ask) => repeatOf(ask) !== undefined);
  const gaps = needed.filter((column) => !counted.includes(column)).map((column) => missing(column));
  const faulty = rest.filter((ask) => !distinct.includes(ask));
  const faults = [...new Map([...gaps, ...faulty].map((ask) => [askKey(ask), ask])).values()];
  if (faults.some((ask) => conditionOf(ask) === undefined)) return undefined;
  return counted.length + faults.length + distinct.length <= MOST_SETS ? { counted, faults, distinct } : undefined;
}

/** Whether an ask is for the number of rows. */
export const isRows = ({ statistic, where }: Ask): boolean =>
  statistic.kind === 'count' &&
  statistic.fault.kind === 'row' &&
  statistic.fault.when.text === 'TRUE' &&
  where === undefined;

/** Which rows an ask counts, where the row alone decides. */
function conditionOf({ statistic, where }: Ask): Sql | undefined {
  if (statistic.kind !== 'count' || statistic.fault.kind !== 'row') return undefined;
  return all(statistic.fault.when, where?.sql);
}

/** The statement of a pass, and what stands where in the table of its answer. */
export class PassSql {
  private readonly keys: readonly Sql[];

  constructor(
    private readonly pass: Pass,
    /** Hands over what stands for a row that the ask compares. */
    private readonly hand: (ask: Ask) => Sql,
  ) {
    this.keys = [
      ...pass.counted.map(identifier),
      ...pass.faults.map((ask) => conditionOf(ask) ?? sql`NULL`),
      ...pass.distinct.map((ask) => this.handed(ask)),
    ];
  }

  /** One grouping set for each thing that is counted: (set, its key among NULLs, number of rows). */
  select(from: Sql): Sql {
    const all = this.keys.map((_key, i) => key(i));
    const named = joinSql(
      this.keys.map((value, i) => sql`${value} AS ${key(i)}`),
      ', ',
    );
    const list = joinSql(all, ', ');
    const sets = joinSql(
      all.map((each) => sql`(${each})`),
      ', ',
    );
    return sql`SELECT grouping(${list}) AS "assay#set", ${list}, count(*) AS ${ROWS} FROM (SELECT ${named} FROM ${from}) GROUP BY GROUPING SETS (${sets})`;
  }

  counts(table: Sql): readonly ValueCountsSql[] {
    return this.pass.counted.map((column, i) => ({
      column,
      from: sql`(SELECT ${key(i)} AS ${identifier(column)}, ${ROWS} FROM ${table} WHERE ${this.inSet(i)})`,
    }));
  }

  /** Columns `rows`, `f0`, `f1`, … for the faults and `d0`, `d1`, … for the rows handed over. */
  figures(table: Sql): Sql {
    const { counted, faults, distinct } = this.pass;
    const sum = (when: Sql): Sql => sql`CAST(coalesce(sum(${ROWS}) FILTER (WHERE ${when}), 0) AS BIGINT)`;
    const figures = [
      sql`${sum(this.inSet(0))} AS "rows"`,
      ...faults.map((_ask, i) => {
        const at = counted.length + i;
        return sql`${sum(sql`${this.inSet(at)} AND ${key(at)}`)} AS ${identifier(`f${i}`)}`;
      }),
      ...distinct.map((_ask, i) => {
        const at = counted.length + faults.length + i;
        return sql`${sum(sql`${this.inSet(at)} AND ${key(at)}`)} AS ${identifier(`d${i}`)}`;
      }),
    ];
    return sql`SELECT ${joinSql(figures, ', ')} FROM ${table}`;
  }

  private handed(ask: Ask): Sql {
    const fault = repeatOf(ask);
    if (fault === undefined) throw new TypeError('compares no rows');
    return sql`CASE WHEN ${all(fault.among, ask.where?.sql)} THEN ${this.hand(ask)} END IS NOT NULL`;
  }

  /** `grouping` sets a bit for each key that a line is not grouped by, the first key's highest. */
  private inSet(at: number): Sql {
    const { length } = this.keys;
    return sql`"assay#set" = ${literal(2 ** length - 1 - 2 ** (length - 1 - at))}`;
  }
}

const key = (at: number): Sql => identifier(`assay#key${at}`);
