import { availableParallelism } from 'node:os';
import { isNativeError } from 'node:util/types';
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult, type DuckDBScalarFunction } from '@duckdb/node-api';
import type { Sql } from '../../core/sql/sql';
import { resourceError } from './resources';
import { openSpillFolder, type SpillFolder } from './spill';
import { type PlainValue, plainValue } from './values';

/** How far a statement is: share of its rows, 0 to 1. */
export type OnProgress = (share: number) => void;

export interface SessionOptions {
  /** Bytes that DuckDB may use before it spills. @default 512 MiB */
  readonly memoryLimit?: number;
  /** @default one a core */
  readonly threads?: number;
  /** Folder in which a folder for data that does not fit into memory is made. @default that for temporary files */
  readonly spillFolder?: string;
  /** Told a few times a second while a statement runs. @default nobody is told */
  readonly onProgress?: OnProgress;
  /** Ends the running statement, which rejects with the signal's reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/** Who is told how far work is, and ends it. */
export type Watcher = Pick<SessionOptions, 'signal' | 'onProgress'>;

/** One row of an answer, by column name. */
export type SqlRow = Readonly<Record<string, PlainValue>>;

/** What an error of DuckDB says in a user's words, or undefined when it is none that it knows. */
export type Explain = (error: Error) => Promise<Error | undefined>;

const MEBIBYTE = 1024 ** 2;
const PROGRESS_MS = 250;
const INTERRUPT_MS = 50;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / MEBIBYTE)}MiB`;

/** One in-memory DuckDB with a memory limit. Close it: it holds threads and the spill folder. */
export class DuckDbSession {
  private readonly explanations: Explain[] = [];
  private readonly connections = new Set<DuckDBConnection>();
  /** Those whose answer was read to its end: the next statement takes one of them. */
  private readonly idle: DuckDBConnection[] = [];
  /** Ends what goes on beside statements that run, or whose answers are not read to their end. */
  private readonly watches = new Set<() => void>();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly spill: SpillFolder,
    readonly memoryLimit: number,
    private readonly options: SessionOptions,
  ) {
    this.connections.add(connection);
  }

  static async open(options: SessionOptions = {}): Promise<DuckDbSession> {
    const spill = openSpillFolder(options.spillFolder);
    const memoryLimit = options.memoryLimit ?? 512 * MEBIBYTE;
    try {
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: mebibytes(memoryLimit),
        ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
        temp_directory: spill.path,
        autoinstall_known_extensions: 'false',
      });
      const connection = await instance.connect();
      // Only here: as a setting of the instance it would be read before the extension for calendars is there.
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      if (options.onProgress !== undefined) await countProgress(connection);
      return new DuckDbSession(instance, connection, spill, memoryLimit, options);
    } catch (error) {
      spill.remove();
      throw error;
    }
  }

  get threads(): number {
    return this.options.threads ?? availableParallelism();
  }

  /** For what goes on beside DuckDB. */
  get watcher(): Watcher {
    return this.options;
  }

  /** A relation knows its files, and so what an error means: where the damaged line is, for one. */
  explainWith(explain: Explain): void {
    this.explanations.push(explain);
  }

  /**
   * The whole answer. Integers that fit are numbers, others `bigint`; dates and timestamps ISO 8601 text.
   *
   * @throws TableError for a file that is no table, Error in one line for a lack of memory or disk, DuckDB's own error else
   */
  async rows<Row extends SqlRow = SqlRow>(statement: Sql): Promise<readonly Row[]> {
    return this.rowsOn(this.connection, statement);
  }

  /** The same beside other statements, whose answers it does not wait for. */
  async rowsBeside<Row extends SqlRow = SqlRow>(statement: Sql): Promise<readonly Row[]> {
    return this.beside((connection) => this.rowsOn(connection, statement));
  }

  private async rowsOn<Row extends SqlRow>(connection: DuckDBConnection, statement: Sql): Promise<readonly Row[]> {
    const reader = await this.running(connection, () => connection.runAndReadAll(statement.text));
    const names = reader.deduplicatedColumnNames();
    return reader
      .getRows()
      .map((row) => Object.fromEntries(names.map((name, i) => [name, plainValue(row[i])])) as unknown as Row);
  }

  /** The answer in blocks, as it is computed. On a connection of its own, so that several can be read at once. */
  async stream(statement: Sql): Promise<DuckDBResult> {
    const connection = this.idle.pop() ?? (await this.connect());
    const end = this.watch(connection);
    const result = await this.guarded(() => connection.stream(statement.text), end);
    const next = result.fetchChunk.bind(result);
    let ended = false;
    // Errors of a scan come with the blocks.
    result.fetchChunk = async () => {
      const chunk = ended ? null : await this.guarded(next, end);
      if (ended || (chunk !== null && chunk.rowCount > 0)) return chunk;
      ended = true;
      end();
      this.idle.push(connection);
      return chunk;
    };
    return result;
  }

  /**
   * Leaves a part of the memory limit to work that needs it outside DuckDB; one work at a time.
   *
   * @returns undefined, and the work is not done, when DuckDB needs so much of it itself
   */
  async lend<T>(bytes: number, work: () => Promise<T>): Promise<T | undefined> {
    const limit = (most: number) => this.setting(`memory_limit = '${mebibytes(most)}'`);
    try {
      await limit(this.memoryLimit - bytes);
    } catch (error) {
      if (isNativeError(error) && error.message.startsWith('Out of Memory Error')) return undefined;
      throw error;
    }
    try {
      return await work();
    } finally {
      await limit(this.memoryLimit);
    }
  }

  /** Makes a function of ours known to all statements. */
  async register(scalarFunction: DuckDBScalarFunction): Promise<void> {
    // One that works would keep this thread waiting.
    await this.beside(async (connection) => connection.registerScalarFunction(scalarFunction));
  }

  private setting(text: string): Promise<unknown> {
    return this.beside((connection) => connection.run(`SET GLOBAL ${text}`));
  }

  private async beside<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? (await this.connect());
    const done = await work(connection);
    this.idle.push(connection);
    return done;
  }

  private async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect();
    this.connections.add(connection);
    if (this.options.onProgress !== undefined) await countProgress(connection);
    return connection;
  }

  private async running<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
    const end = this.watch(connection);
    try {
      return await this.guarded(work, end);
    } finally {
      end();
    }
  }

  /** While a connection works: tells how far it is, and interrupts it when the signal says so. */
  private watch(connection: DuckDBConnection): () => void {
    const { signal, onProgress } = this.options;
    let interrupting: NodeJS.Timeout | undefined;
    const interrupt = () => {
      connection.interrupt();
      // DuckDB forgets of one that comes while a statement is only about to begin.
      interrupting = setInterval(() => connection.interrupt(), INTERRUPT_MS).unref();
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    const timer = onProgress === undefined ? undefined : setInterval(() => tell(connection, onProgress), PROGRESS_MS);
    const end = () => {
      clearInterval(timer);
      clearInterval(interrupting);
      signal?.removeEventListener('abort', interrupt);
      this.watches.delete(end);
    };
    this.watches.add(end);
    return end;
  }

  /** Errors in a user's words. @param end called when there is one */
  private async guarded<T>(work: () => Promise<T>, end: () => void): Promise<T> {
    const { signal } = this.options;
    try {
      signal?.throwIfAborted();
      const done = await work();
      signal?.throwIfAborted();
      return done;
    } catch (error) {
      end();
      signal?.throwIfAborted();
      throw await this.explain(error);
    }
  }

  private async explain(error: unknown): Promise<unknown> {
    // Not `instanceof`: the native files make their errors in the realm that loaded them.
    if (!isNativeError(error)) return error;
    const known = resourceError(error, { memoryLimit: this.memoryLimit, spillFolder: this.spill.path });
    if (known !== undefined) return known;
    // The last that opened a file knows how it was read.
    for (const explain of this.explanations.toReversed()) {
      const explained = await explain(error);
      if (explained !== undefined) return explained;
    }
    return error;
  }

  close(): void {
    for (const end of this.watches) end();
    for (const connection of this.connections) connection.closeSync();
    this.instance.closeSync();
    this.spill.remove();
  }
}

/** DuckDB counts only for its own bar, which is not to be drawn. */
async function countProgress(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_progress_bar = true');
  await connection.run('SET enable_progress_bar_print = false');
}

function tell(connection: DuckDBConnection, onProgress: OnProgress): void {
  const { percentage } = connection.progress;
  if (percentage >= 0) onProgress(Math.min(percentage / 100, 1));
}
