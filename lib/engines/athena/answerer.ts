import type { Answered, Answerer, Ask, Example, Examples, Fault, Filter } from '../../core/data/plan';
import {
  type AggregateAsk,
  distinctSql,
  isAggregate,
  repeatsSql,
  stepsSql,
  valueCounts,
  valuesSql,
} from '../../core/data/sql';
import type { Sql } from '../../core/sql/sql';
import { TRINO } from '../../core/sql/trino';
import { cellOf } from '../data/decide';
import { DecidedFaults } from '../data/decided-faults';
import { OrderStatistics } from '../data/order';
import type { SqlRow } from '../duckdb/session';
import { parallel } from '../parallel';
import { decideValues } from './decide';
import { AthenaError, AthenaQueryError } from './errors';
import { exampleRows } from './rows-sql';
import { scanParts } from './scans';
import type { AthenaSession } from './session';
import type { AthenaTable } from './table';
import { queryRows } from './user-query';

/** Queries of one table that run at the same time; an account's limit is 20 or more. */
const AT_ONCE = 4;

/**
 * Answers asks with Athena: all counters, extremes and sums in one scan, or the fewest that a statement's longest text
 * allows; a grouping for each other statistic. Nothing is approximated.
 */
export class AthenaAnswerer implements Answerer {
  private readonly decided = new DecidedFaults((fault, where) =>
    decideValues(this.session, valueCounts(this.base.table, fault.column, where), fault),
  );

  constructor(
    private readonly session: AthenaSession,
    private readonly base: AthenaTable,
  ) {}

  async answer(asks: readonly Ask[]): Promise<readonly (Answered | Error)[]> {
    const answers: (Answered | Error | undefined)[] = asks.map(() => undefined);
    const aggregates = [...asks.entries()].filter(([, ask]) => isAggregate(ask)) as [number, AggregateAsk][];
    const others = [...asks.entries()].filter(([, ask]) => !isAggregate(ask));
    await parallel(AT_ONCE, [
      ...scanParts(this.base.table, aggregates).map((part) => () => this.scan(part, answers)),
      ...others.map(([i, ask]) => async () => {
        answers[i] = await attempt(() => this.single(ask));
      }),
    ]);
    return answers.map((answer) => answer ?? new Error('no answer'));
  }

  /** One expectation that Athena refuses must not take the others with it: a failed scan is asked again in halves. */
  private async scan(part: ReturnType<typeof scanParts>[number], answers: (Answered | Error | undefined)[]) {
    const found = await attempt(async () => this.session.rows(part.statement));
    if (!(found instanceof Error)) {
      const [row = {} as SqlRow] = found;
      for (const [at, [i, ask]] of part.members.entries()) {
        answers[i] = { value: aggregateOf(ask, row[`a${at}`]), source: 'scan' };
      }
      return;
    }
    const again = found instanceof AthenaQueryError && found.state === 'FAILED' && part.members.length > 1;
    if (!again) {
      for (const [i] of part.members) answers[i] = found;
      return;
    }
    const middle = part.members.length >> 1;
    for (const half of [part.members.slice(0, middle), part.members.slice(middle)]) {
      for (const smaller of scanParts(this.base.table, half)) await this.scan(smaller, answers);
    }
  }

  private async single(ask: Ask): Promise<Answered> {
    const { statistic, where } = ask;
    const { table, info } = this.base;
    switch (statistic.kind) {
      case 'values': {
        const rows = await this.session.rows<{ value: string; rows: number }>(
          valuesSql(valueCounts(table, statistic.column, where), statistic),
        );
        return { value: rows.map(({ value, rows: count }) => ({ value: cellOf(value), count })), source: 'group by' };
      }
      case 'distinct':
        return {
          value: await this.found(distinctSql(valueCounts(table, statistic.column, where), statistic)),
          source: 'group by',
        };
      case 'ranks': {
        const column = info.columns.find(({ name }) => name === statistic.column);
        if (column === undefined) throw new Error(`there is no column ${statistic.column}`);
        const order = new OrderStatistics(this.session, table, column, where, TRINO);
        return { value: await order.at(statistic.ranks), source: 'scan' };
      }
      case 'count':
        return this.faults(statistic.fault, where);
      case 'examples':
        return { value: await this.examples(statistic, where), source: 'rows' };
      case 'query': {
        const statement = await this.base.userQuery(statistic.text);
        return { value: await queryRows(this.session, statement, statistic.limit), source: 'query' };
      }
      default:
        throw new Error(`${statistic.kind} has no statement of its own`);
    }
  }

  private async found(statement: Sql): Promise<number> {
    const [row] = await this.session.rows<{ found: number }>(statement);
    return row?.found ?? 0;
  }

  private async faults(fault: Fault, where: Filter | undefined): Promise<Answered> {
    const { table } = this.base;
    if (fault.kind === 'decided')
      return { value: (await this.decided.of(fault, where)).rows, source: 'distinct values' };
    if (fault.kind === 'repeat')
      return { value: await this.found(repeatsSql(table, fault, where)), source: 'group by' };
    if (fault.kind === 'row') throw new TypeError('is an aggregate');
    this.needOrder();
    return { value: await this.found(stepsSql(table, fault, where)), source: 'sort' };
  }

  private needOrder(): void {
    if (this.base.ordered) return;
    throw new Error('Athena does not know the order of rows in files: `engine: duckdb` judges this expectation');
  }

  private async examples({ fault, columns, limit }: Examples, where: Filter | undefined): Promise<readonly Example[]> {
    if (fault.kind === 'step') this.needOrder();
    const plain = await this.decided.findable(fault, where);
    const rows = await this.session.rows(exampleRows(this.base, plain, columns, limit, where));
    return rows.map((row) => ({
      values: columns.map((_column, i) => cellOf(row[`v${i}`])),
      ...(row.row === null ? {} : { row: Number(row.row) + 1 }),
      ...(row.file === null ? {} : { file: String(row.file) }),
      key: cellOf(row.key),
    }));
  }
}

/** What stops the whole judgement, an interrupt or a missing permission, is no answer to one ask. */
async function attempt<T>(work: () => Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof AthenaError || error.name === 'Stopped') throw error;
    return error;
  }
}

function aggregateOf({ statistic }: AggregateAsk, value: unknown): unknown {
  if (statistic.kind === 'total') return BigInt((value ?? 0) as number | bigint);
  return statistic.kind === 'count' ? Number(value ?? 0) : cellOf(value);
}
