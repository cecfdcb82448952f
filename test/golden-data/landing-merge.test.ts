import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseGates } from '../../lib/config/load';
import { joinSql, literal, sql, userSql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { type Merged, mergeLanded } from '../../lib/golden-data/landing-merge';
import { LandedDataError } from '../../lib/golden-data/landing-table';
import { keyShare } from '../../lib/golden-data/split';

const home = mkdtempSync(join(tmpdir(), 'assay-merge-'));
afterAll(() => rmSync(home, { recursive: true }));

let scenes = 0;

interface Scene {
  /** `train`, `holdout` of the current version, and `root-train`, `root-holdout` where the root is another. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly landed: Readonly<Record<string, string | Buffer>>;
  readonly landing?: string;
  readonly suffix?: string;
  /** Type of the key. */
  readonly key?: 'string' | 'integer';
}

const COLUMNS = 'x: number, note: string, y: integer';

function gates(landing: string, suffix: string, key: string) {
  return parseGates(
    `version: 1
dataset: {name: tiny, version: "1", key: id, label: y, train: train${suffix}, holdout: deep/holdout${suffix}, columns: {id: ${key}, ${COLUMNS}}}
model: {metrics: {roc_auc: {min: 0.5}}}
landing: {${landing}}
`,
    'gates.yaml',
    '.',
  );
}

async function merge({
  files,
  landed,
  landing = '',
  suffix = '.csv',
  key = 'string',
}: Scene): Promise<Merged & { readonly out: string }> {
  const folder = join(home, String(++scenes));
  mkdirSync(folder);
  const at = (name: string): string => {
    writeFileSync(join(folder, name), files[name] ?? '');
    return join(folder, name);
  };
  const { dataset, landing: config } = gates(landing, suffix, key);
  const root =
    files['root-train'] === undefined ? {} : { root: { train: at('root-train'), holdout: at('root-holdout') } };
  const out = join(folder, 'out');
  const merged = await mergeLanded({
    dataset,
    landing: config,
    landed: Object.entries(landed).map(([name, content], i) => {
      writeFileSync(join(folder, `landed-${i}`), content);
      return { path: join(folder, `landed-${i}`), name: `landing/tiny/${name}` };
    }),
    base: { train: at('train'), holdout: at('holdout') },
    ...root,
    folder: out,
  });
  return { ...merged, out };
}

const HEADER = 'id,x,note,y';
const csv = (...lines: readonly string[]): string => `${[HEADER, ...lines].join('\n')}\n`;
const BASE = { train: csv('a,1,,0', 'b,2,"",1'), holdout: csv('c,3,n,1', 'd,4,n,0') };
const train = (out: string) => readFileSync(join(out, 'train.csv'), 'utf8');
const holdout = (out: string) => readFileSync(join(out, 'deep/holdout.csv'), 'utf8');
/** Of the division with share 0.2 and seed 0, checked below with the hash itself. */
const [HELD, TRAINED] = ['k6', 'k4'];

test('the keys of these tests are on the sides they are taken for', () => {
  expect([keyShare(HELD, 0) < 0.2, keyShare(TRAINED, 0) < 0.2]).toEqual([true, false]);
});

test('new rows go where their hash says, in landing order, and values keep their text', async () => {
  const { rows, landedRows, out } = await merge({
    files: BASE,
    landed: {
      'b.csv': `y,note,id,x\r\n1,"a, ""b""",${TRAINED},1.50\r\n0,"two\nlines",k2, 007\r\n`,
      'a.csv': csv(`${HELD},1e3,"",1`, 'k5,,,0'),
    },
  });
  expect(train(out)).toBe(
    `${csv('a,1,,0', 'b,2,"",1', `${TRAINED},1.50,"a, ""b""",1`, 'k2, 007,"two\nlines",0', 'k5,,,0')}`,
  );
  expect(holdout(out)).toBe(csv('c,3,n,1', 'd,4,n,0', `${HELD},1e3,"",1`));
  expect({ rows, landedRows }).toEqual({ rows: { train: 5, holdout: 3 }, landedRows: [2, 2] });
});

test('a later row takes the place of an earlier one with its key, and no key changes sides', async () => {
  // By its hash, c would be trained on and k6 held out: what the earlier version says counts.
  expect(keyShare('c', 0)).toBeGreaterThan(0.2);
  const { out } = await merge({
    files: { ...BASE, train: csv('a,1,,0', `${HELD},2,,1`) },
    landed: { '1.csv': csv('c,30,first,1', 'c,31,second,1', `${HELD},20,,0`), '2.csv': csv(`${HELD},21,,0`) },
  });
  expect(train(out)).toBe(csv('a,1,,0', `${HELD},21,,0`));
  expect(holdout(out)).toBe(csv('d,4,n,0', 'c,31,second,1'));
});

test('replace: the landed rows are the version, and still no key changes sides', async () => {
  const { out } = await merge({
    landing: 'combine: replace',
    files: BASE,
    landed: { '1.csv': csv('c,30,,1', 'a,10,,0', `${TRAINED},1,,1`, `${HELD},2,,0`) },
  });
  expect(train(out)).toBe(csv('a,10,,0', `${TRAINED},1,,1`));
  expect(holdout(out)).toBe(csv('c,30,,1', `${HELD},2,,0`));
});

test('a key that only the root has stays on its side there', async () => {
  const root = { 'root-train': csv(`${HELD},1,,0`), 'root-holdout': csv(`${TRAINED},1,,0`) };
  const { out } = await merge({
    files: { ...BASE, ...root },
    landed: { '1.csv': csv(`${HELD},5,,0`, `${TRAINED},6,,1`) },
  });
  expect(train(out)).toBe(`${BASE.train}${HELD},5,,0\n`);
  expect(holdout(out)).toBe(`${BASE.holdout}${TRAINED},6,,1\n`);
});

test('maxRows leaves out the oldest rows, of both files in proportion', async () => {
  const old = Array.from({ length: 8 }, (_, i) => `t${i},${i},,0`);
  const { rows, dropped, out } = await merge({
    landing: 'maxRows: 8',
    files: { train: csv(...old), holdout: BASE.holdout },
    landed: { '1.csv': csv('t0,9,,1', `${TRAINED},1,,1`, `${HELD},1,,1`) },
  });
  expect({ rows, dropped }).toEqual({ rows: { train: 6, holdout: 2 }, dropped: 4 });
  expect(train(out)).toBe(csv('t4,4,,0', 't5,5,,0', 't6,6,,0', 't7,7,,0', 't0,9,,1', `${TRAINED},1,,1`));
  expect(holdout(out)).toBe(csv('d,4,n,0', `${HELD},1,,1`));
});

test('the same files make the same bytes', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `r${(i * 7919) % 4001},${i},"n ${i}",${i % 2}`);
  const scene = { files: BASE, landed: { '1.csv': csv(...lines.slice(0, 3000)), '2.csv': csv(...lines.slice(3000)) } };
  const [first, second] = [await merge(scene), await merge(scene)];
  expect(train(first.out)).toBe(train(second.out));
  expect(holdout(first.out)).toBe(holdout(second.out));
  expect(first.rows).toEqual(second.rows);
  // As many keys, and of each the last row: the same thing with a Map.
  const latest = new Map(lines.map((line) => [line.split(',')[0], line]));
  const written = [...train(first.out).split('\n'), ...holdout(first.out).split('\n')].filter((line) =>
    line.startsWith('r'),
  );
  expect(written.map((line) => line.replaceAll('"', '')).sort()).toEqual(
    [...latest.values()].map((line) => line.replaceAll('"', '')).sort(),
  );
});

test('packed files stay packed', async () => {
  const { out } = await merge({
    suffix: '.csv.gz',
    files: { train: gzipSync(BASE.train), holdout: gzipSync(BASE.holdout) },
    landed: { '1.csv.gz': gzipSync(csv(`${TRAINED},1,,1`)), '2.csv': csv('k2,1,,1') },
  });
  expect(gunzipSync(readFileSync(join(out, 'train.csv.gz'))).toString()).toBe(
    `${BASE.train}${TRAINED},1,,1\nk2,1,,1\n`,
  );
});

describe('refuses', () => {
  const one = (content: string, name = 'x.csv') =>
    merge({ files: BASE, landed: { 'fine.csv': csv('k2,1,,1'), [name]: content } });
  test.each([
    [
      'a missing column',
      'id,x,notes,y\nk,1,,1\n',
      'landing/tiny/x.csv: has no column "note" (did you mean "notes"?); it has id, x, notes, y',
    ],
    [
      'an unknown column',
      'id,x,note,y,not\nk,1,,1,2\n',
      'landing/tiny/x.csv: has the column "not" (did you mean "note"?), which dataset.columns does not have; it has id, x, note, y',
    ],
    ['a ragged row', csv('k,1,,1', 'k2,1'), 'landing/tiny/x.csv:3: has 2 fields, the header has 4 (id, x, note, y)'],
    ['a row without a key', csv('k,1,"\n",1', '"",1,,1'), 'landing/tiny/x.csv:4: has no id, the key of the dataset'],
    ['a header alone', `${HEADER}\n`, 'landing/tiny/x.csv: has a header and no rows'],
    ['an empty file', '', 'landing/tiny/x.csv: is empty: a header and rows are needed'],
  ])('%s, naming file and place', async (_what, content, message) => {
    const error: unknown = await one(content).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LandedDataError);
    expect(error).toMatchObject({ message, index: 1 });
  });

  test('another format', async () => {
    await expect(one('{}', 'x.json')).rejects.toThrow(
      'landing/tiny/x.json: landed files are CSV: a name that ends in .csv or .csv.gz',
    );
  });

  test('an extract that leaves nothing to be held out', async () => {
    const alone = { landing: 'combine: replace', files: BASE, landed: { 'x.csv': csv('a,1,,1') } };
    await expect(merge(alone)).rejects.toMatchObject({
      message: expect.stringContaining('leave none for dataset.holdout'),
      index: undefined,
    });
  });
});

describe('a Parquet dataset', () => {
  const withSession = async <T>(work: (session: DuckDbSession) => Promise<T>): Promise<T> => {
    const session = await DuckDbSession.open({ threads: 1 });
    try {
      return await work(session);
    } finally {
      session.close();
    }
  };

  /** A file of rows `id, x, note, y` in SQL; its `y` is a 32-bit integer. */
  const parquet = (...lines: readonly string[]): Promise<Buffer> =>
    withSession(async (session) => {
      const path = join(home, `${++scenes}.parquet`);
      const rows = joinSql(lines.map(userSql), ', ');
      const typed = sql`SELECT CAST(id AS VARCHAR) AS id, CAST(x AS DOUBLE) AS x, CAST(note AS VARCHAR) AS note, CAST(y AS INTEGER) AS y`;
      await session.rows(
        sql`COPY (${typed} FROM (VALUES ${rows}) AS t(id, x, note, y)) TO ${literal(path)} (FORMAT parquet)`,
      );
      return readFileSync(path);
    });

  const base = async () => ({ train: await parquet("'a', 1, NULL, 0"), holdout: await parquet("'c', 3, 'n', 1") });

  test('landed values get the types of the columns', async () => {
    const landed = { '1.csv': csv(`${TRAINED},1.50,"",1`, 'a,,x,1') };
    const { out, rows } = await merge({ suffix: '.parquet', files: await base(), landed });
    expect(rows).toEqual({ train: 2, holdout: 1 });
    const file = literal(join(out, 'train.parquet'));
    await withSession(async (session) => {
      expect(await session.rows(sql`SELECT * FROM read_parquet(${file})`)).toEqual([
        { id: TRAINED, x: 1.5, note: '', y: 1 },
        { id: 'a', x: null, note: 'x', y: 1 },
      ]);
      const described = await session.rows(sql`DESCRIBE SELECT * FROM read_parquet(${file})`);
      expect(described.map(({ column_type }) => column_type)).toEqual(['VARCHAR', 'DOUBLE', 'VARCHAR', 'INTEGER']);
    });
  });

  test('a key is the value that the column holds, however a landed file writes it', async () => {
    const numbered = (id: number): Promise<Buffer> =>
      withSession(async (session) => {
        const path = join(home, `${++scenes}.parquet`);
        const row = sql`SELECT CAST(${literal(id)} AS BIGINT) AS id, CAST(1 AS DOUBLE) AS x, 'n' AS note, CAST(0 AS INTEGER) AS y`;
        await session.rows(sql`COPY (${row}) TO ${literal(path)} (FORMAT parquet)`);
        return readFileSync(path);
      });
    const files = { train: await numbered(7), holdout: await numbered(8) };
    const landed = { '1.csv': csv('007,2,,1', '7.0,3,,1', '+8,4,,1') };
    const { out, rows } = await merge({ suffix: '.parquet', key: 'integer', files, landed });
    expect(rows).toEqual({ train: 1, holdout: 1 });
    const read = (name: string) =>
      withSession((session) => session.rows(sql`SELECT id, x FROM read_parquet(${literal(join(out, name))})`));
    expect(await read('train.parquet')).toEqual([{ id: 7, x: 3 }]);
    expect(await read('deep/holdout.parquet')).toEqual([{ id: 8, x: 4 }]);
  });

  test('refuses a value that is none of the type, naming file, record and value', async () => {
    const landed = { 'fine.csv': csv('k2,1,,1'), 'x.csv': csv('k4,1,,1', 'k5,1_0,,1') };
    await expect(merge({ suffix: '.parquet', files: await base(), landed })).rejects.toMatchObject({
      message: 'landing/tiny/x.csv: record 2: x is "1_0", which is no number',
      index: 1,
    });
  });
});
