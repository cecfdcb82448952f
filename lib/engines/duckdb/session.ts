import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import type { Sql } from '../../core/sql/sql';
import { type PlainValue, plainValue } from './values';

export interface SessionOptions {
  /** Bytes that DuckDB may use before it spills to `spillFolder`. @default 512 MiB */
  readonly memoryLimit?: number;
  /** @default one a core */
  readonly threads?: number;
  /** Where data that does not fit into memory goes. @default DuckDB's, below the working folder */
  readonly spillFolder?: string;
}

/** One row of an answer, by column name. */
export type SqlRow = Readonly<Record<string, PlainValue>>;

const MEBIBYTE = 1024 ** 2;

/** One in-memory DuckDB with a memory limit. Close it: it holds threads and the spill folder. */
export class DuckDbSession {
  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
  ) {}

  static async open(options: SessionOptions = {}): Promise<DuckDbSession> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.ceil((options.memoryLimit ?? 512 * MEBIBYTE) / MEBIBYTE)}MiB`,
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
      ...(options.spillFolder === undefined ? {} : { temp_directory: options.spillFolder }),
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    // Only here: as a setting of the instance it would be read before the extension for calendars is there.
    await connection.run("SET TimeZone = 'UTC'");
    return new DuckDbSession(instance, connection);
  }

  /**
   * The whole answer. Integers that fit are numbers, others `bigint`; dates and timestamps ISO 8601 text.
   *
   * @throws DuckDB's own error
   */
  async rows<Row extends SqlRow = SqlRow>(statement: Sql): Promise<readonly Row[]> {
    const reader = await this.connection.runAndReadAll(statement.text);
    const names = reader.deduplicatedColumnNames();
    return reader
      .getRows()
      .map((row) => Object.fromEntries(names.map((name, i) => [name, plainValue(row[i])])) as unknown as Row);
  }

  /** The answer in blocks, as it is computed. On a connection of its own, so that several can be read at once. */
  async stream(statement: Sql): Promise<DuckDBResult> {
    const connection = await this.instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection.stream(statement.text);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}
