import type { Answered, Answerer, Ask, Example, Filter, Source } from '../../core/data/plan';
import { EXAMPLES } from '../../core/data/result';
import {
  type AggregateAsk,
  columnsOf,
  countsSql,
  distinctSql,
  examplesSql,
  isAggregate,
  ROWS,
  repeatsSql,
  scanSql,
  stepsSql,
  type ValueCountsSql,
  valueCounts,
  valuesSql,
} from '../../core/data/sql';
import { DUCKDB } from '../../core/sql/dialect';
import { type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession, SqlRow } from '../duckdb/session';
import type { Base } from './base';
import { ValueCountTables } from './counts';
import { cellOf, decide } from './decide';
import { DecidedFaults } from './decided-faults';
import { Footers } from './footers';
import { aggregateOf, attempt, countable, type Group, inParts } from './groups';
import { OrderStatistics, ranksOfCounts } from './order';
import { Proofs, repeatOf } from './proofs';
import { repeatedRows } from './unique';
import { runQuery } from './user-query';

/** Rows below which it takes longer to begin a proof than to count the values. */
const FEW = 10_000;

export interface AnswererOptions {
  /** `scan` asks the table itself for everything, one statement an ask: for tests of the plan. @default 'plan' */
  readonly strategy?: 'plan' | 'scan';
}

/** Answers asks from the cheapest source: footers, value counts, one scan for all counters, or a statement of their own. */
export class DuckDbAnswerer implements Answerer {
  private readonly counts: ValueCountTables;
  private readonly decided = new DecidedFaults((fault, where) =>
    this.valueCounts(fault.column, where).then(({ counts }) => decide(this.session, counts, fault)),
  );
  private footers: Footers | undefined;
  private proofs: Proofs | undefined;

  constructor(
    private readonly session: DuckDbSession,
    private readonly base: Base,
    private readonly options: AnswererOptions = {},
  ) {
    this.counts = new ValueCountTables(session, base, options.strategy === 'scan' ? 'never' : 'where they pay');
  }

  async answer(asks: readonly Ask[]): Promise<readonly (Answered | Error)[]> {
    try {
      return await this.answered(asks);
    } catch (error) {
      await this.proofs?.end();
      throw error;
    }
  }

  private async answered(asks: readonly Ask[]): Promise<readonly (Answered | Error)[]> {
    const answers: (Answered | Error | undefined)[] = await this.fromFooters(asks);
    const open = asks.filter((_ask, i) => answers[i] === undefined);
    const certain = this.certain();
    const proving = this.prove(open, certain);
    const columns = countable(open.filter((ask) => !proving.includes(ask)));
    await this.counts.prepare(columns, certain);
    const groups = this.groups(asks, answers);
    for (const group of groups) await this.aggregates(group, answers);
    for (const [i, ask] of asks.entries()) answers[i] ??= await attempt(() => this.single(ask));
    return answers.map((answer) => answer ?? new Error('no answer'));
  }

  /** Begins to prove rows distinct where values do not repeat for certain. @returns the asks that this answers */
  private prove(asks: readonly Ask[], certain: readonly string[]): readonly Ask[] {
    const few = this.base.census === undefined && (this.footers?.rows ?? this.base.rows ?? FEW) < FEW;
    if (this.options.strategy === 'scan' || few) return [];
    this.proofs ??= new Proofs(this.session, this.base, this.footers);
    const wanted = asks.filter((ask) => {
      const { columns } = repeatOf(ask) ?? {};
      return columns !== undefined && !(columns.length === 1 && certain.includes(columns[0] ?? ''));
    });
    for (const ask of wanted) this.proofs.begin(ask);
    return wanted;
  }

  /** Columns whose values repeat for certain: truth values, and dictionaries of a file. */
  private certain(): readonly string[] {
    if (this.options.strategy === 'scan') return [];
    const flags = this.base.info.columns.flatMap(({ name, type }) => (type === 'boolean' ? [name] : []));
    return [...flags, ...(this.footers?.repeating() ?? [])];
  }

  private async fromFooters(asks: readonly Ask[]): Promise<(Answered | undefined)[]> {
    if (this.options.strategy === 'scan') return asks.map(() => undefined);
    this.footers ??= await this.readFooters();
    return asks.map((ask) => this.footers?.answer(ask));
  }

  private async readFooters(): Promise<Footers | undefined> {
    const { footers: files, info, census, cells } = this.base;
    if (census !== undefined || files === undefined) return census?.footers;
    const columns = info.columns.filter(({ name }) => cells?.get(name) === undefined);
    return Footers.read(this.session, files, columns);
  }

  /** Value counts that can answer an ask: those of the one column that it reads. */
  private countsOf(ask: Ask): ValueCountsSql | undefined {
    const [column, ...others] = columnsOf(ask);
    return column === undefined || others.length > 0 ? undefined : this.counts.of(column);
  }

  /** Aggregates that one statement answers: those of one column's value counts, or all that need the table. */
  private groups(asks: readonly Ask[], answers: readonly unknown[]): readonly Group[] {
    const groups = new Map<string, Group>();
    for (const [index, ask] of asks.entries()) {
      if (answers[index] !== undefined || !isAggregate(ask)) continue;
      const counts = this.countsOf(ask);
      const name = this.options.strategy === 'scan' ? String(index) : (counts?.column ?? '');
      const group = groups.get(name) ?? { ...(counts === undefined ? {} : { counts }), members: [] };
      group.members.push({ index, ask: ask as AggregateAsk });
      groups.set(name, group);
    }
    return [...groups.values()].flatMap(inParts);
  }

  private async aggregates({ counts, members }: Group, answers: (Answered | Error | undefined)[]): Promise<void> {
    const asks = members.map(({ ask }) => ask);
    const found = await attempt(async () => this.session.rows(await this.statement(asks, counts)));
    if (found instanceof Error) {
      // One expectation that the engine refuses must not take the others with it.
      for (const { index, ask } of members) {
        answers[index] = members.length === 1 ? found : await attempt(() => this.alone(ask, counts));
      }
      return;
    }
    const [row = {} as SqlRow] = found;
    const source: Source = counts === undefined ? 'scan' : 'value counts';
    for (const [i, { index, ask }] of members.entries())
      answers[index] = { value: aggregateOf(ask, row[`a${i}`]), source };
  }

  private async alone(ask: AggregateAsk, counts: ValueCountsSql | undefined): Promise<Answered> {
    const [row = {} as SqlRow] = await this.session.rows(await this.statement([ask], counts));
    return { value: aggregateOf(ask, row.a0), source: counts === undefined ? 'scan' : 'value counts' };
  }

  private async statement(asks: readonly AggregateAsk[], counts: ValueCountsSql | undefined): Promise<Sql> {
    return counts === undefined ? scanSql(await this.base.table(), asks, DUCKDB) : countsSql(counts, asks, DUCKDB);
  }

  private async single(ask: Ask): Promise<Answered> {
    const { statistic, where } = ask;
    switch (statistic.kind) {
      case 'values': {
        const { counts, source } = await this.valueCounts(statistic.column, where);
        const rows = await this.session.rows<{ value: unknown; rows: number } & SqlRow>(valuesSql(counts, statistic));
        return { value: rows.map(({ value, rows: count }) => ({ value: cellOf(value), count })), source };
      }
      case 'distinct': {
        const { counts, source } = await this.valueCounts(statistic.column, where);
        return { value: await this.found(distinctSql(counts, statistic)), source };
      }
      case 'ranks': {
        const counts = where === undefined ? this.counts.of(statistic.column) : undefined;
        if (counts !== undefined) {
          const found = await ranksOfCounts(this.session, counts, statistic);
          return { value: found.map(cellOf), source: 'value counts' };
        }
        const column = this.base.info.columns.find(({ name }) => name === statistic.column);
        if (column === undefined) throw new Error(`there is no column ${statistic.column}`);
        const order = new OrderStatistics(this.session, await this.base.table(), column, where, DUCKDB);
        return { value: (await order.at(statistic.ranks)).map(cellOf), source: 'scan' };
      }
      case 'count':
        return this.faults(ask);
      case 'examples':
        return { value: await this.examples(ask), source: 'rows' };
      case 'query':
        return { value: await runQuery(this.session, await this.base.table(), statistic), source: 'query' };
      default:
        throw new Error(`${statistic.kind} has no statement of its own`);
    }
  }

  private async valueCounts(
    column: string,
    where: Filter | undefined,
  ): Promise<{ readonly counts: ValueCountsSql; readonly source: Source }> {
    const kept = where === undefined ? this.counts.of(column) : undefined;
    if (kept !== undefined) return { counts: kept, source: 'value counts' };
    return { counts: valueCounts(await this.base.table(), column, where), source: 'group by' };
  }

  private async found(statement: Parameters<DuckDbSession['rows']>[0]): Promise<number> {
    const [row] = await this.session.rows<{ found: number }>(statement);
    return row?.found ?? 0;
  }

  private async faults(ask: Ask): Promise<Answered> {
    const { statistic, where } = ask;
    if (statistic.kind !== 'count') throw new TypeError('asks for faults');
    const { fault } = statistic;
    if (fault.kind === 'decided')
      return { value: (await this.decided.of(fault, where)).rows, source: 'distinct values' };
    if (fault.kind === 'step')
      return { value: await this.found(stepsSql(await this.base.table(), fault, where)), source: 'sort' };
    if (fault.kind === 'row') throw new TypeError('is an aggregate');
    if (await this.proofs?.of(ask)) return { value: 0, source: 'key check' };
    const [column = ''] = fault.columns;
    const alone = fault.columns.length === 1 && where === undefined;
    if (alone) await this.counts.prepare([column]);
    const counts = alone ? this.counts.of(column) : undefined;
    if (counts !== undefined) {
      const statement = sql`SELECT coalesce(sum(${ROWS}) FILTER (WHERE ${ROWS} > 1 AND ${fault.among}), 0) AS "found" FROM ${counts.from}`;
      return { value: await this.found(statement), source: 'value counts' };
    }
    const table = await this.base.table();
    if (this.options.strategy === 'scan') {
      return { value: await this.found(repeatsSql(table, fault, where)), source: 'group by' };
    }
    return { value: await repeatedRows(this.session, table, fault, where), source: 'sort' };
  }

  private async examples({ statistic, where }: Ask): Promise<readonly Example[]> {
    if (statistic.kind !== 'examples') throw new TypeError('asks for examples');
    const { fault, columns, limit } = statistic;
    const plain = await this.decided.findable(fault, where);
    const rows = await this.session.rows(examplesSql(await this.base.table(), plain, columns, limit, where));
    // Only where no key names the row: to find a line, the file is read up to there.
    const unnamed = rows.filter(({ key }) => key === null).map(({ row }) => Number(row));
    const lines = await this.base.linesOf(unnamed.slice(0, EXAMPLES));
    return rows.map((row) => ({
      values: columns.map((_column, i) => cellOf(row[`v${i}`])),
      row: Number(row.row) + 1,
      ...lines.get(Number(row.row)),
      key: cellOf(row.key),
    }));
  }
}
