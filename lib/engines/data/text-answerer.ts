import { type Answered, type Answerer, type Ask, askKey } from '../../core/data/plan';
import { columnsOf } from '../../core/data/sql';
import type { DuckDbSession } from '../duckdb/session';
import { DuckDbAnswerer } from './answerer';
import type { Base, LargeText } from './base';
import { countable, countableColumn } from './groups';
import { passOf } from './pass';
import { type Known, runPass } from './run-pass';
import { expectedDistinct, repeats, sampled } from './sample';

/** Distinct values of a column that are counted while other columns' are. */
const MOST_VALUES = 500_000;

interface CopyAnswerer {
  /** Undefined for all. */
  readonly columns: readonly string[] | undefined;
  readonly answerer: Promise<Answerer>;
}

/**
 * Answers about large text files, of which parsing costs most: they are counted while they are parsed, and copied only when
 * something is asked that the counts do not tell.
 */
export class TextAnswerer implements Answerer {
  private known: Promise<Known | undefined> | undefined;
  private byCounts: Answerer | undefined;
  private copy: CopyAnswerer | undefined;

  constructor(
    private readonly session: DuckDbSession,
    private readonly base: Base,
    private readonly text: LargeText,
  ) {}

  async answer(asks: readonly Ask[]): Promise<readonly (Answered | Error)[]> {
    this.known ??= this.parsed(asks);
    const known = await this.known;
    const found = asks.map((ask) => known?.answers.get(askKey(ask)));
    const open = asks.filter((_ask, i) => found[i] === undefined);
    const rest = open.length === 0 ? [] : await (await this.source(open, known)).answer(open);
    const next = rest[Symbol.iterator]();
    return found.map((answer) => answer ?? next.next().value ?? new Error('no answer'));
  }

  private source(asks: readonly Ask[], known: Known | undefined): Answerer | Promise<Answerer> {
    const { session, base } = this;
    const counted = known?.counted ?? [];
    const tells = (ask: Ask) => counted.some(({ column }) => column === countableColumn(ask));
    if (this.copy === undefined && asks.every(tells)) {
      this.byCounts ??= new DuckDbAnswerer(session, base, { counted });
      return this.byCounts;
    }
    // Where the counts told nearly all, nearly nothing is copied; if that is too little, everything is.
    const columns = known === undefined || this.copy !== undefined ? undefined : shownBy(asks);
    if (this.copy === undefined || !holds(this.copy.columns, shownBy(asks))) {
      const made = this.text.copy(columns);
      this.copy = { columns, answerer: made.then((copy) => new DuckDbAnswerer(session, copy, { counted })) };
    }
    return this.copy.answerer;
  }

  /** What the first asks have counted, if that answers them all. */
  private async parsed(asks: readonly Ask[]): Promise<Known | undefined> {
    try {
      const rows = await this.text.rowsAtMost();
      const pass = passOf(asks, await this.few(countable(asks), rows), this.text.needed);
      return pass && (await runPass(this.session, this.base, pass, rows));
    } catch {
      // A cell that cannot be read, rows that are equal, too little memory: the copy says so, or has it.
      return undefined;
    }
  }

  private async few(columns: readonly string[], rows: number): Promise<readonly string[]> {
    if (columns.length === 0) return [];
    const samples = await sampled(this.session, this.base.table.from, columns);
    return [...samples].flatMap(([column, sample]) =>
      repeats(sample) && expectedDistinct(sample, rows) <= MOST_VALUES ? [column] : [],
    );
  }
}

/** Columns that answers need; undefined for all. */
function shownBy(asks: readonly Ask[]): readonly string[] | undefined {
  if (asks.some(({ statistic }) => statistic.kind === 'query')) return undefined;
  const shown = asks.flatMap((ask) => [
    ...columnsOf(ask),
    ...(ask.statistic.kind === 'examples' ? ask.statistic.columns : []),
  ]);
  return shown.length === 0 ? undefined : shown;
}

const holds = (has: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean =>
  has === undefined || (wanted?.every((column) => has.includes(column)) ?? false);
