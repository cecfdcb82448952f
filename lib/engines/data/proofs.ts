import { type Ask, askKey, type Filter, type RepeatFault } from '../../core/data/plan';
import type { KeySpan } from '../../core/kernels/keys';
import { identifier, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Base } from './base';
import { provesDistinct } from './distinct';
import type { Footers } from './footers';
import { type KeyColumn, provesByPages } from './page-keys';

/** Types whose values are kept as they are in 32 or 64 bits. */
const SIGNED = /^(BIGINT|INTEGER|SMALLINT|TINYINT)$/;

/** Whole numbers of at most 53 bits in JavaScript, where their extremes come as numbers or text. */
type Extreme = number | bigint | null;

/** Proofs that rows differ: begun before other statements, so that they run beside these, and asked for afterwards. */
export class Proofs {
  private readonly begun = new Map<string, Promise<boolean>>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly ended = new AbortController();

  constructor(
    private readonly session: DuckDbSession,
    private readonly base: Pick<Base, 'info' | 'table' | 'census' | 'footers' | 'cells'>,
    private readonly footers: Footers | undefined,
  ) {}

  /** One after the other, because each needs memory. */
  begin(ask: Ask): void {
    const fault = repeatOf(ask);
    const key = askKey(ask);
    if (fault === undefined || this.begun.has(key)) return;
    const { base } = this;
    // One column whose values are all there and differ is enough.
    if (fault.columns.some((column) => base.census?.distinct.has(column))) {
      this.begun.set(key, Promise.resolve(true));
      return;
    }
    const proof = this.last.then(() => this.prove(fault, ask.where));
    // Whoever asks is told; until then nobody listens.
    proof.catch(() => undefined);
    this.begun.set(key, proof);
    this.last = proof.catch(() => undefined);
  }

  /** Gives up what was begun, and waits for it: a session cannot be closed while a statement of its own calls this thread. */
  async end(): Promise<void> {
    this.ended.abort();
    await this.last;
  }

  /** Whether no row repeats another for certain. @throws what the scan threw */
  async of(ask: Ask): Promise<boolean> {
    return (await this.begun.get(askKey(ask))) ?? false;
  }

  private async prove(fault: RepeatFault, where: Filter | undefined): Promise<boolean> {
    const { session, base } = this;
    const { signal } = this.ended;
    const span = await this.spanOf(fault);
    const column = where === undefined ? this.keyColumn(fault) : undefined;
    const proved = column === undefined ? undefined : await provesByPages(session, column, span, signal);
    return proved ?? provesDistinct(session, await base.table(), fault, where, span, signal);
  }

  /** Where the column lies, if that is one file, and the numbers there are those of the table. */
  private keyColumn({ columns, among }: RepeatFault): KeyColumn | undefined {
    const { info, footers = [], cells } = this.base;
    const [name = '', ...otherColumns] = columns;
    const [path, ...otherFiles] = footers;
    const stored = info.columns.find((each) => each.name === name)?.stored ?? '';
    const one = path !== undefined && otherColumns.length + otherFiles.length === 0;
    // Missing values count as one of their own unless only others are looked at.
    const present = among.text === sql`(${identifier(name)} IS NOT NULL)`.text;
    return one && present && SIGNED.test(stored) && cells?.get(name) === undefined ? { path, name } : undefined;
  }

  private async spanOf({ columns }: RepeatFault): Promise<KeySpan & { readonly stored?: string }> {
    const [name = '', ...others] = columns;
    const column = others.length === 0 ? this.base.info.columns.find((each) => each.name === name) : undefined;
    const stored = column === undefined ? {} : { stored: column.stored };
    if (this.footers !== undefined) return { ...stored, ...this.footers.span(name) };
    const extremes =
      column?.type === 'integer' ? sql`, min(${identifier(name)}) AS low, max(${identifier(name)}) AS high` : sql``;
    const [found] = await this.session.rows<{ rows: number; low?: Extreme; high?: Extreme }>(
      sql`SELECT count(*) AS "rows"${extremes} FROM ${(await this.base.table()).from}`,
    );
    const { rows = 0, low, high } = found ?? {};
    return { ...stored, rows, ...(low == null || high == null ? {} : { low: BigInt(low), high: BigInt(high) }) };
  }
}

/** The rows that an ask counts as repeated, if it does. */
export const repeatOf = ({ statistic }: Ask): RepeatFault | undefined =>
  statistic.kind === 'count' && statistic.fault.kind === 'repeat' ? statistic.fault : undefined;
