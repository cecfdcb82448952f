import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type AthenaClient,
  AthenaServiceException,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Sql } from '../../core/sql/sql';
import type { SqlRow } from '../duckdb/session';
import type { SqlSession } from '../sql-session';
import { AthenaError, AthenaQueryError } from './errors';
import { plainRows } from './results';

/** Bytes of a statement that Athena takes (service quotas, query string length). */
export const LONGEST_QUERY = 262_144;

/** Rows of a page of GetQueryResults at most; the first page begins with the names of the columns. */
const PAGE = 1000;
const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 5000;

export interface AthenaSessionOptions {
  readonly client: AthenaClient;
  /** Says where results go, how they are encrypted, and how much a query may read. */
  readonly workGroup: string;
  readonly database: string;
  /** Ends the running query, which rejects with the signal's reason. @default nothing does */
  readonly signal?: AbortSignal;
  /** Milliseconds before a query is first asked about; the pauses grow from there to 5 s. @default 200 */
  readonly firstPoll?: number;
  /** Milliseconds that a query may take. @default 30 minutes, Athena's own limit */
  readonly timeout?: number;
}

/** A query that was answered, and what it read. */
export interface Executed {
  readonly id: string;
  readonly bytesScanned: number;
}

/** Statements on Athena: one query execution each. */
export class AthenaSession implements SqlSession {
  private readonly done: Executed[] = [];

  constructor(private readonly options: AthenaSessionOptions) {}

  /** Queries so far, failed ones too: what they read is paid for. */
  get executed(): readonly Executed[] {
    return this.done;
  }

  /**
   * The whole answer, typed as DuckDB's.
   *
   * @throws AthenaQueryError when Athena ends the query, AthenaError when it cannot be asked or not in time
   */
  async rows<Row extends SqlRow = SqlRow>(statement: Sql): Promise<readonly Row[]> {
    const all: SqlRow[] = [];
    for await (const page of this.pages(statement)) all.push(...page);
    return all as unknown as readonly Row[];
  }

  /** The answer in pages of at most 1,000 rows. */
  async *pages(statement: Sql): AsyncGenerator<readonly SqlRow[]> {
    const id = await this.execute(statement);
    let token: string | undefined;
    do {
      const page = await this.results(id, token);
      const rows = page.ResultSet?.Rows ?? [];
      yield plainRows(page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [], token === undefined ? rows.slice(1) : rows);
      token = page.NextToken;
    } while (token !== undefined);
  }

  private results(id: string, token: string | undefined) {
    this.options.signal?.throwIfAborted();
    const input = { QueryExecutionId: id, MaxResults: PAGE, ...(token === undefined ? {} : { NextToken: token }) };
    return this.asked(() => this.options.client.send(new GetQueryResultsCommand(input)));
  }

  private async execute({ text }: Sql): Promise<string> {
    const { client, workGroup, database, signal } = this.options;
    const bytes = Buffer.byteLength(text);
    if (bytes > LONGEST_QUERY) throw new AthenaError(`a query has ${bytes} bytes, Athena takes ${LONGEST_QUERY}`);
    signal?.throwIfAborted();
    // With a token a request that the SDK sends again starts nothing twice.
    const command = new StartQueryExecutionCommand({
      QueryString: text,
      ClientRequestToken: randomUUID(),
      WorkGroup: workGroup,
      QueryExecutionContext: { Database: database },
    });
    const { QueryExecutionId: id = '' } = await this.asked(() => client.send(command));
    const { Status, Statistics } = await this.ended(id).catch((error: unknown) => this.stopped(id, error));
    this.done.push({ id, bytesScanned: Statistics?.DataScannedInBytes ?? 0 });
    if (Status?.State === 'SUCCEEDED') return id;
    const state = Status?.State === 'CANCELLED' ? 'CANCELLED' : 'FAILED';
    throw new AthenaQueryError(state, Status?.StateChangeReason ?? 'no reason is given', id);
  }

  private async ended(id: string): Promise<QueryExecution> {
    const { client, signal, timeout = 30 * 60_000, firstPoll = FIRST_POLL_MS } = this.options;
    const deadline = Date.now() + timeout;
    for (let pause = firstPoll; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
      const { QueryExecution: found = {} } = await this.asked(() =>
        client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
      );
      const state = found.Status?.State;
      if (state !== 'QUEUED' && state !== 'RUNNING') return found;
      signal?.throwIfAborted();
      if (Date.now() >= deadline) {
        throw new AthenaError(`Athena: query ${id} took longer than ${timeout / 1000} s and was stopped`);
      }
      // The pause ends at once when the signal comes.
      await wait(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  /** Whatever keeps us from waiting must not leave a query that runs and costs. */
  private async stopped(id: string, reason: unknown): Promise<never> {
    await this.options.client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
    throw reason;
  }

  private async asked<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AthenaServiceException)) throw error;
      throw new AthenaError(`Athena: ${error.message} (${error.name}, work group ${this.options.workGroup})`, {
        cause: error,
      });
    }
  }
}
