import { type Answered, type Ask, askKey, rows as rowCount } from '../../core/data/plan';
import type { ValueCountsSql } from '../../core/data/sql';
import { keyCheckBytes } from '../../core/kernels/keys';
import { identifier, sql } from '../../core/sql/sql';
import { type Feed, openFeed } from '../duckdb/feed';
import type { DuckDbSession } from '../duckdb/session';
import type { Base } from './base';
import { Distinct, hasRoom, rowKey } from './distinct';
import { type Pass, PassSql } from './pass';
import { repeatOf } from './proofs';

/** What a pass found out. */
export interface Known {
  readonly counted: readonly ValueCountsSql[];
  /** By the ask's key. */
  readonly answers: ReadonlyMap<string, Answered>;
}

/** A proof that goes on while the files are parsed. */
interface Proof {
  readonly ask: Ask;
  readonly feed: Feed;
  readonly rows: Distinct;
}

let made = 0;

/**
 * Parses text files once.
 *
 * @param rows more than there are
 * @returns undefined for want of memory
 * @throws what the scan threw: also when rows repeat others, because then nothing is proved
 */
export async function runPass(
  session: DuckDbSession,
  base: Base,
  pass: Pass,
  rows: number,
): Promise<Known | undefined> {
  const bytes = pass.distinct.length * keyCheckBytes({ rows });
  if (!hasRoom(session, bytes)) return undefined;
  const found = async () => parsed(session, base, pass, await proofs(session, base, pass, rows));
  return bytes === 0 ? found() : session.lend(bytes, found);
}

function proofs(session: DuckDbSession, { info }: Base, { distinct }: Pass, rows: number): Promise<readonly Proof[]> {
  return Promise.all(
    distinct.map(async (ask): Promise<Proof> => {
      const differ = new Distinct({ rows });
      return { ask, rows: differ, feed: await openFeed(session, keyOf(ask, info).type, differ.take) };
    }),
  );
}

function keyOf(ask: Ask, { columns }: Base['info']) {
  const fault = repeatOf(ask);
  if (fault === undefined) throw new TypeError('compares no rows');
  return rowKey(fault, columns.find(({ name }) => name === fault.columns[0])?.stored);
}

async function parsed(
  session: DuckDbSession,
  { info, table }: Base,
  pass: Pass,
  proofs: readonly Proof[],
): Promise<Known> {
  const statement = new PassSql(pass, (ask) => {
    const call = proofs.find((proof) => proof.ask === ask)?.feed.call;
    if (call === undefined) throw new TypeError('nobody takes the rows');
    return call(keyOf(ask, info).value);
  });
  made += 1;
  const name = identifier(`parsed_${made}`);
  await session.rows(sql`CREATE TABLE ${name} AS ${statement.select(table.from)}`);
  const [figures = {}] = await session.rows<Record<string, number>>(statement.figures(name));
  const answers = new Map<string, Answered>([
    [askKey(rowCount()), { value: figures.rows, source: 'value counts' }],
    ...pass.faults.map((ask, i): [string, Answered] => [
      askKey(ask),
      { value: figures[`f${i}`], source: 'value counts' },
    ]),
  ]);
  for (const [i, { ask, feed, rows }] of proofs.entries()) {
    const complete = feed.taken === figures[`d${i}`];
    if (complete && rows.allDiffer()) answers.set(askKey(ask), { value: 0, source: 'key check' });
  }
  return { counted: statement.counts(name), answers };
}
