import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { type PredictionsRequest, type ReadPredictions, readPredictions } from '../../../lib/engines/predictions';
import { FedTables } from '../../../lib/engines/predictions/fed';
import { PagedTables, type PagesRead } from '../../../lib/engines/predictions/paged';
import { parquetTables } from './tables';

const ROWS = 100_000;
const KEY = '(i * 2654435761) % 1099511627776 - 77';

const tables = parquetTables();
let session: DuckDbSession;
const paged = jest.spyOn(PagedTables.prototype, 'read');
const fed = jest.spyOn(FedTables.prototype, 'read');
beforeEach(() => {
  paged.mockClear();
  fed.mockClear();
});
beforeAll(async () => {
  session = await tables.session;
});

/** Columns of rows numbered `i`, in SQL, in row groups of 8,192. */
const table = (columns: string, options = 'COMPRESSION snappy') =>
  tables.write(`SELECT ${columns} FROM range(${ROWS}) AS t(i)`, `ROW_GROUP_SIZE 8192, ${options}`);

const LABEL = '(i % 3 = 0)::INTEGER AS label';
const SCORE = '1 / (i + 1.0::DOUBLE) AS score';
const GROUPS = "'plan ' || (i * i % 7) AS plan, (i % 11)::TINYINT AS size";
const GOLDEN = `${KEY} AS id, ${LABEL}, ${GROUPS}, ${SCORE}`;
const THEIRS = `(i % 1000) / 1000.0::DOUBLE AS score, ${KEY} AS id`;

const request = (
  rows: string,
  theirs: string,
  golden: Partial<PredictionsRequest['golden']> = {},
): PredictionsRequest => ({
  task: 'binary',
  golden: {
    ...{ paths: [rows], key: 'id', label: 'label' },
    groups: [
      { name: 'plan', column: 'plan' },
      { name: 'size', column: 'size' },
      { name: 'late', where: "size > 5 AND plan <> 'plan 1'" },
    ],
    ...golden,
  },
  challenger: { paths: [rows], score: 'score' },
  champion: { paths: [theirs], score: 'score' },
});

type Column = Uint8Array | Uint16Array | Float64Array;

const digest = (column: Column | undefined): string =>
  column === undefined
    ? 'none'
    : createHash('sha256')
        .update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
        .digest('hex');

/** What is told of the rows, in a form that is soon compared. */
const told = ({ columns, ...rest }: ReadPredictions) => ({
  ...rest,
  rows: columns?.rows,
  labels: digest(columns?.labels as Uint8Array | undefined),
  groups: columns?.groups.map(({ name, names, codes }) => [name, names, digest(codes as Uint16Array)]),
  scores: [columns?.challenger, columns?.champion].map((model) => digest(model?.columns[0])),
});

const outcomes = async (): Promise<readonly PagesRead['outcome'][]> =>
  (await Promise.all(paged.mock.results.map(({ value }) => value as Promise<PagesRead>))).map(({ outcome }) => outcome);

/** The same without pages. */
async function withoutPages(asked: PredictionsRequest): Promise<ReadPredictions> {
  const open = jest.spyOn(PagedTables, 'open').mockResolvedValue(undefined);
  try {
    return await readPredictions(session, asked);
  } finally {
    open.mockRestore();
  }
}

test('values are those that DuckDB reads, and only what no page tells is asked of it', async () => {
  const asked = request(await table(GOLDEN), await table(THEIRS));
  const found = await readPredictions(session, asked);
  expect(await outcomes()).toEqual(['read']);
  expect(fed.mock.calls.map(([{ key }, columns]) => [key, columns.length])).toEqual([[undefined, 2]]);
  expect(found.columns?.rows).toBe(ROWS);
  expect(told(found)).toEqual(told(await withoutPages(asked)));
}, 60_000);

test.each([
  ['keys in other bytes', GOLDEN, THEIRS, 'COMPRESSION uncompressed', {}],
  ['keys of 32 bits', GOLDEN.replace(KEY, '(99999 - i)::INTEGER'), THEIRS.replace(KEY, '(99999 - i)::INTEGER'), '', {}],
  ['single scores', GOLDEN.replace(SCORE, '(1 / (i + 1.0))::FLOAT AS score'), THEIRS, '', {}],
  [
    'labels in words',
    GOLDEN.replace(LABEL, "CASE WHEN i % 3 = 0 THEN 'bad' ELSE 'good' END AS label"),
    THEIRS,
    '',
    { positive: 'bad' },
  ],
  ['labels of one word', GOLDEN.replace(LABEL, "'good' AS label"), THEIRS, '', { positive: 'bad' }],
  ['another positive number', GOLDEN.replace(LABEL, '(i % 5)::SMALLINT - 2 AS label'), THEIRS, '', { positive: -2 }],
  ['pages of the second version', GOLDEN, THEIRS, 'PARQUET_VERSION v2', {}],
])(
  '%s are read alike',
  async (_, golden, theirs, options, rest) => {
    const settings = `${options.includes('COMPRESSION') ? '' : 'COMPRESSION snappy, '}${options}`.replace(/, $/, '');
    const asked = request(await table(golden), await table(theirs, settings), rest);
    const found = told(await readPredictions(session, asked));
    expect(paged).toHaveBeenCalledTimes(1);
    expect(found).toEqual(told(await withoutPages(asked)));
    expect(found.rows).toBe(ROWS);
  },
  60_000,
);

test.each([
  ['a file in ZSTD', GOLDEN, 'COMPRESSION zstd'],
  ['a column of declared type', GOLDEN, 'COMPRESSION snappy'],
  ['missing groups', GOLDEN.replace("'plan '", "CASE WHEN i % 13 > 0 THEN 'plan ' END"), 'COMPRESSION snappy'],
  ['labels that are booleans', GOLDEN.replace(LABEL, 'i % 3 = 0 AS label'), 'COMPRESSION snappy'],
  ['labels with a fraction', GOLDEN.replace(LABEL, '(i % 3) / 2 AS label'), 'COMPRESSION snappy'],
])(
  '%s is read alike',
  async (what, golden, options) => {
    const types = what.includes('declared') ? { types: [{ name: 'label', type: 'number' as const }] } : {};
    const asked = request(await table(golden, options), await table(THEIRS), types);
    const found = told(await readPredictions(session, asked));
    expect(found).toEqual(told(await withoutPages(asked)));
    expect(found.rows).toBe(ROWS);
  },
  60_000,
);

test.each([
  ['a key of another row', THEIRS.replace(KEY, `CASE WHEN i = 99999 THEN -1 ELSE ${KEY} END`), 'unlike'],
  ['a key that is there twice', THEIRS.replace(KEY, `CASE WHEN i = 9 THEN -77 ELSE ${KEY} END`), 'unlike'],
  [
    'an answer that is no number',
    THEIRS.replace('(i % 1000)', "CASE WHEN i = 5 THEN 'nan'::DOUBLE ELSE i END"),
    'read',
  ],
])(
  '%s is told',
  async (_, theirs, outcome) => {
    const asked = request(await table(GOLDEN), await table(theirs));
    const found = await readPredictions(session, asked);
    expect(await outcomes()).toEqual([outcome]);
    expect(told(found)).toEqual(told(await withoutPages(asked)));
    expect(found.champion).not.toEqual(found.challenger);
  },
  60_000,
);

test('what leaves no room for pages is read alike', async () => {
  const asked = request(await table(GOLDEN), await table(THEIRS));
  const reserve = jest
    .spyOn(PagedTables.prototype, 'reserve')
    .mockImplementation((_, layout) => void layout.take(2 ** 32));
  const found = told(await readPredictions(session, asked));
  reserve.mockRestore();
  expect(paged).not.toHaveBeenCalled();
  expect(fed).toHaveBeenCalledTimes(2);
  expect(found).toEqual(told(await withoutPages(asked)));
}, 60_000);

test('golden keys that are there twice are told', async () => {
  const rows = await table(GOLDEN.replace(KEY, `CASE WHEN i = 99999 THEN -77 ELSE ${KEY} END`));
  const found = await readPredictions(session, request(rows, rows));
  expect(await outcomes()).toEqual(['unlike']);
  expect(found.holdout.repeated).toEqual({ count: 1, examples: ['-77'] });
}, 60_000);

test('a file that was replaced since its rows were counted is read as it is now', async () => {
  const [rows, theirs] = [await table(GOLDEN), await table(THEIRS)];
  const open = PagedTables.open.bind(PagedTables);
  const more = jest.spyOn(PagedTables, 'open').mockImplementationOnce(async (...given) => {
    const later = (columns: string) => `SELECT ${columns} FROM range(${ROWS + 100}) AS t(i)`;
    await tables.writeTo(rows, later(GOLDEN), 'ROW_GROUP_SIZE 8192');
    await tables.writeTo(theirs, later(THEIRS), 'ROW_GROUP_SIZE 8192');
    return open(...given);
  });
  const found = told(await readPredictions(session, request(rows, theirs)));
  more.mockRestore();
  expect(paged).not.toHaveBeenCalled();
  expect(found.rows).toBe(ROWS + 100);
  expect(found).toEqual(told(await withoutPages(request(rows, theirs))));
}, 60_000);

test('a file that was cut after it was opened is an error, and leaves nothing behind', async () => {
  const [rows, theirs] = [await table(GOLDEN), await table(THEIRS)];
  const { bytes } = { bytes: readFileSync(theirs) };
  paged.mockImplementationOnce(async function (this: PagedTables, ...given) {
    writeFileSync(theirs, bytes.subarray(0, bytes.length / 2));
    return PagedTables.prototype.read.call(this, ...given);
  });
  await expect(readPredictions(session, request(rows, theirs))).rejects.toThrow(/table-\d+\.parquet/);
  writeFileSync(theirs, bytes);
  expect((await readPredictions(session, request(rows, theirs))).columns?.rows).toBe(ROWS);
}, 60_000);

test('a signal ends it', async () => {
  const [rows, theirs] = [await table(GOLDEN), await table(THEIRS)];
  const stop = new AbortController();
  const stopped = await DuckDbSession.open({ threads: 2, signal: stop.signal });
  paged.mockImplementationOnce(function (this: PagedTables, ...given) {
    setImmediate(() => stop.abort(new Error('enough of it')));
    return PagedTables.prototype.read.call(this, ...given);
  });
  await expect(readPredictions(stopped, request(rows, theirs))).rejects.toThrow('enough of it');
  stopped.close();
}, 60_000);
