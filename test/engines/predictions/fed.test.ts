import { readFileSync, writeFileSync } from 'node:fs';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { type PredictionsRequest, type ReadPredictions, readPredictions } from '../../../lib/engines/predictions';
import { FedTables } from '../../../lib/engines/predictions/fed';
import { parquetTables } from './tables';

/** Enough for a room, in row groups of which two threads read several each. */
const ROWS = 150_000;
const KEY = '(i * 2654435761) % 1099511627776';

const tables = parquetTables();
let session: DuckDbSession;
/** Of tables that are read this way. */
const read = jest.spyOn(FedTables.prototype, 'read');
beforeEach(() => read.mockClear());
beforeAll(async () => {
  session = await tables.session;
});

/** Columns of rows numbered `i`, in SQL. */
function table(columns: string, { rows = ROWS, group = 6_000 } = {}): Promise<string> {
  const from = columns.includes(' FROM ') ? '' : `FROM range(${rows}) AS t(i)`;
  return tables.write(`SELECT ${columns} ${from}`, `ROW_GROUP_SIZE ${group}, COMPRESSION snappy`);
}

const GOLDEN = `${KEY} AS id, (i % 3 = 0)::INTEGER AS label, 'plan ' || (i * i % 7) AS plan, 1 / (i + 1.0::DOUBLE) AS score`;
const golden = (changed = GOLDEN) => table(changed);
const champion = (score = '(i % 1000) / 1000.0::DOUBLE', key = KEY, rows = ROWS) =>
  table(`${key} AS id, ${score} AS score`, { rows, group: 7_000 });

const request = (
  rows: string | readonly string[],
  theirs: string,
  own: string | readonly string[] = rows,
): PredictionsRequest => ({
  task: 'binary',
  golden: { paths: [rows].flat(), key: 'id', label: 'label', groups: [{ name: 'plan', column: 'plan' }] },
  challenger: { paths: [own].flat(), score: 'score' },
  champion: { paths: [theirs], score: 'score' },
});

/** Places at which a column is not what it was made of. */
function wrong({ columns }: ReadPredictions): readonly number[] {
  const [mine, theirs] = [columns?.challenger.columns[0], columns?.champion?.columns[0]];
  const expected: readonly [values: ArrayLike<number> | undefined, of: (i: number) => number][] = [
    [columns?.labels, (i) => (i % 3 === 0 ? 1 : 0)],
    [columns?.groups[0]?.codes, (i) => [0, 1, 2, 4].indexOf((i * i) % 7)],
    [mine, (i) => 1 / (i + 1)],
    [theirs, (i) => (i % 1000) / 1000],
  ];
  return expected.flatMap(([values, of]) => {
    if (values?.length !== ROWS) return [values?.length ?? -1];
    return Array.from(values, (value, i) => (value === of(i) ? -1 : i)).filter((i) => i >= 0);
  });
}

test('two tables, and three, whose row groups differ: every value is in its row', async () => {
  const [rows, theirs] = [await golden(), await champion()];
  const apart = await table(`1 / (i + 1.0::DOUBLE) AS score, ${KEY} AS id`, { group: 9_000 });
  for (const own of [rows, apart]) {
    const found = await readPredictions(session, request(rows, theirs, own));
    expect(wrong(found)).toEqual([]);
    expect([found.challenger.missing.count, found.champion?.missing.count]).toEqual([0, 0]);
  }
  expect(read).toHaveBeenCalledTimes(2 + 3);
}, 60_000);

test('a column that has the name of row numbers, and two files, are read all the same', async () => {
  const theirs = await champion();
  const named = await golden(`${GOLDEN}, 5 AS File_Row_Number`);
  expect(wrong(await readPredictions(session, request(named, theirs)))).toEqual([]);
  const half = ROWS / 2;
  const halves = [0, half].map((from) =>
    table(`COLUMNS(*) FROM (SELECT ${GOLDEN} FROM (SELECT i + ${from} AS i FROM range(${half}) AS t(i)))`),
  );
  expect(wrong(await readPredictions(session, request(await Promise.all(halves), theirs)))).toEqual([]);
  expect(read).not.toHaveBeenCalled();
}, 60_000);

test.each([
  ['a missing key', GOLDEN.replace(KEY, `CASE WHEN i <> 140000 THEN ${KEY} END`), { keyless: 1 }],
  ['a key that is there twice', GOLDEN.replace(KEY, `CASE WHEN i <> 140000 THEN ${KEY} ELSE 0 END`), { repeated: 1 }],
  [
    'a row group without labels',
    GOLDEN.replace('(i % 3 = 0)', '(CASE WHEN i >= 6000 THEN i % 3 = 0 END)'),
    { unlabelled: 6_000 },
  ],
])(
  '%s is told',
  async (_, columns, told) => {
    const rows = await golden(columns);
    const { holdout } = await readPredictions(session, request(rows, rows));
    const { keyless, repeated, unlabelled } = holdout;
    expect({ keyless, repeated: repeated.count, unlabelled: unlabelled.count }).toEqual({
      ...{ keyless: 0, repeated: 0, unlabelled: 0 },
      ...told,
    });
  },
  60_000,
);

test('a champion of other rows, or with an answer that is none, is told', async () => {
  const rows = await golden();
  const ask = async (theirs: string) => (await readPredictions(session, request(rows, theirs))).champion;
  const short = await ask(await champion('0.5::DOUBLE', KEY, ROWS - 1));
  expect([short?.missing.count, short?.unknown.count]).toEqual([1, 0]);
  const long = await ask(await champion('0.5::DOUBLE', KEY, ROWS + 1));
  expect([long?.missing.count, long?.unknown.count]).toEqual([0, 1]);
  const other = await ask(await champion('0.5::DOUBLE', `CASE WHEN i = 149999 THEN -1 ELSE ${KEY} END`));
  expect([other?.missing.count, other?.unknown.count]).toEqual([1, 1]);
  const gap = await ask(await champion('CASE WHEN i <> 77777 THEN 0.5::DOUBLE END'));
  expect(gap?.invalid.count).toBe(1);
  const odd = await ask(await champion("CASE WHEN i <> 77777 THEN 0.5 ELSE 'nan'::DOUBLE END"));
  expect(odd?.invalid.count).toBe(1);
}, 60_000);

test('a damaged file and a signal are told when neither scan goes on, so that the session closes', async () => {
  const [rows, theirs] = [await golden(), await champion()];
  const damaged = tables.at('damaged.parquet');
  const bytes = readFileSync(theirs);
  writeFileSync(damaged, bytes.fill(0xff, 500_000, 520_000));
  const other = await DuckDbSession.open({ threads: 2 });
  await expect(readPredictions(other, request(rows, damaged))).rejects.toThrow(/damaged\.parquet|napp|orrupt|nvalid/);
  other.close();
  const stop = new AbortController();
  const stopped = await DuckDbSession.open({ threads: 2, signal: stop.signal });
  read.mockImplementationOnce(function (this: FedTables, ...given) {
    setImmediate(() => stop.abort(new Error('enough of it')));
    return FedTables.prototype.read.call(this, ...given);
  });
  await expect(readPredictions(stopped, request(rows, theirs))).rejects.toThrow('enough of it');
  stopped.close();
}, 60_000);
