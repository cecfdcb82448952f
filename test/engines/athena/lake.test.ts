import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, GetTablesCommand, GlueClient } from '@aws-sdk/client-glue';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ExpectationInput, TableContract } from '../../../lib/core/data/compile';
import type { Check } from '../../../lib/core/report/report';
import { literal, sql } from '../../../lib/core/sql/sql';
import { judgeObjects } from '../../../lib/engines/athena/gate';
import { judgeFiles } from '../../../lib/engines/data/gate';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { listFiles } from '../../../lib/engines/listing';
import { type Moto, startMoto } from '../../support/moto';
import { type LakeServer, startLake } from '../../trino/lake';
import { NO_TRINO, startTrino, type Trino } from '../../trino/server';

const where = NO_TRINO === undefined ? describe : describe.skip;

const contract: TableContract = {
  columns: [
    { name: 'id', type: 'string' },
    { name: 'Plan "A"', type: 'string' },
    { name: 'n', type: 'integer' },
    { name: 'x', type: 'number' },
    { name: 'on', type: 'date' },
    { name: 'at', type: 'timestamp' },
    { name: 'y', type: 'boolean' },
  ],
  key: 'id',
  label: 'y',
};

const expectations: readonly ExpectationInput[] = [
  {
    type: 'expect_column_values_to_be_in_set',
    kwargs: { column: 'Plan "A"', value_set: ['a,b', 'say "hi"'], mostly: 0.5 },
  },
  { type: 'expect_column_values_to_be_between', kwargs: { column: 'n', min_value: 2, max_value: 40 } },
  { type: 'expect_column_mean_to_be_between', kwargs: { column: 'x', max_value: 1 } },
  { type: 'expect_column_stdev_to_be_between', kwargs: { column: 'x', max_value: 100 } },
  { type: 'expect_column_median_to_be_between', kwargs: { column: 'n', max_value: 100 } },
  { type: 'expect_column_max_to_be_between', kwargs: { column: 'on', max_value: '2024-12-31' } },
  { type: 'expect_column_min_to_be_between', kwargs: { column: 'at', min_value: '2024-01-01T00:00:00' } },
  { type: 'expect_column_value_lengths_to_be_between', kwargs: { column: 'Plan "A"', max_value: 5 } },
  { type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: ['n', 'on'] } },
  { type: 'expect_column_values_to_match_regex', kwargs: { column: 'id', regex: '^K\\d+$' } },
  {
    type: 'unexpected_rows_expectation',
    kwargs: { unexpected_rows_query: 'SELECT id FROM {batch} WHERE n > 38 AND y' },
  },
];

const PLANS = ['a,b', 'say "hi"', 'café', '', "it's", ' spaced '];

/** Texts of the rows; empty where a value is missing. */
const rows = Array.from({ length: 60 }, (_, i) => ({
  id: `K${i}`,
  plan: PLANS[i % PLANS.length] ?? '',
  n: i % 7 === 0 ? '' : String(i % 41),
  x: i % 5 === 0 ? '' : String((i - 30) / 8),
  on: i % 11 === 0 ? '' : `2024-0${1 + (i % 9)}-1${i % 10}`,
  at: i % 13 === 0 ? '' : `2024-02-0${1 + (i % 9)}T10:${10 + (i % 50)}:30`,
  y: i % 2 === 0 ? 'true' : 'false',
}));

const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (of: typeof rows): string =>
  ['id,"Plan ""A""",n,x,on,at,y', ...of.map((row) => Object.values(row).map(quoted).join(','))].join('\n').concat('\n');
const jsonLines = (of: typeof rows): string =>
  of
    .map(({ id, plan, n, x, on, at, y }) =>
      JSON.stringify({
        id,
        'Plan "A"': plan === '' ? null : plan,
        n: n === '' ? null : Number(n),
        x: x === '' ? null : Number(x),
        on: on === '' ? null : on,
        at: at === '' ? null : at,
        y: y === 'true',
      }),
    )
    .join('\n')
    .concat('\n\n');

where('files in S3, judged by Athena with a table in Glue', () => {
  jest.setTimeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'assay-lake-'));
  // The one schema of Trino's tables in memory.
  const database = 'default';
  let moto: Moto;
  let trino: Trino;
  let lake: LakeServer;
  let glue: GlueClient;
  let athena: AthenaClient;

  beforeAll(async () => {
    [moto, trino] = await Promise.all([startMoto(), startTrino()]);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    glue = new GlueClient({ endpoint: moto.endpoint, region: 'us-east-1', credentials });
    lake = await startLake(trino, glue, moto.s3);
    athena = new AthenaClient({ endpoint: lake.endpoint, region: 'us-east-1', credentials });
    await moto.createBucket('lake', false);
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  }, 120_000);
  afterAll(async () => {
    athena.destroy();
    glue.destroy();
    await lake.stop();
    await Promise.all([moto.stop(), trino.stop()]);
    rmSync(folder, { recursive: true });
  });

  const put = (Key: string, Body: string | Buffer) => moto.s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }));
  const options = () => ({ clients: { athena, glue, s3: moto.s3 }, workGroup: 'assay', database, firstPoll: 2 });
  const judge = async (uri: string, more: Partial<Parameters<typeof judgeObjects>[0]> = {}) =>
    judgeObjects(
      { prefix: 'data', name: uri, files: await listFiles(uri), expectations, contract, ...more },
      options(),
    );
  const tables = async () => (await glue.send(new GetTablesCommand({ DatabaseName: database }))).TableList ?? [];

  /** The same bytes here, judged by DuckDB. */
  async function local(
    files: Readonly<Record<string, string | Buffer>>,
    asked: readonly ExpectationInput[],
  ): Promise<readonly Check[]> {
    const paths = Object.entries(files).map(([path, body]) => {
      const file = join(folder, path.replaceAll('/', '-'));
      writeFileSync(file, body);
      return file;
    });
    return judgeFiles({
      prefix: 'data',
      name: 'rows',
      names: Object.keys(files),
      files: paths,
      expectations: asked,
      contract,
    });
  }

  /** What both engines must agree on: not the rows that are shown first, which one of them cannot know. */
  const plain = (checks: readonly Check[]) =>
    checks.map(({ id, verdict, evidence }) => {
      const result = (evidence?.result ?? {}) as Readonly<Record<string, unknown>>;
      const counts = Object.entries(result).filter(([name]) => !name.startsWith('partial_'));
      return { id, verdict, success: evidence?.success, ...Object.fromEntries(counts) };
    });

  async function parquet(of: typeof rows): Promise<Buffer> {
    const session = await DuckDbSession.open({ threads: 1 });
    const [from, to] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')];
    writeFileSync(from, csv(of));
    try {
      await session.rows(
        sql`COPY (SELECT * FROM read_csv(${literal(from)}, types = {'id': 'VARCHAR', 'n': 'BIGINT', 'x': 'DOUBLE', 'on': 'DATE', 'at': 'TIMESTAMP', 'y': 'BOOLEAN'})) TO ${literal(to)} (FORMAT parquet)`,
      );
      return readFileSync(to);
    } finally {
      session.close();
    }
  }

  test.each([
    ['CSV', true, async () => ({ 'csv/a.csv': csv(rows.slice(0, 25)), 'csv/b.csv': csv(rows.slice(25)) })],
    ['packed CSV', false, async () => ({ 'gz/a.csv.gz': gzipSync(csv(rows)) })],
    ['CSV with Windows line ends', false, async () => ({ 'crlf/a.csv': csv(rows).replaceAll('\n', '\r\n') })],
    ['JSON lines', false, async () => ({ 'json/a.jsonl': jsonLines(rows) })],
    [
      'Parquet',
      true,
      async () => ({
        'parquet/a.parquet': await parquet(rows.slice(0, 30)),
        'parquet/b.parquet': await parquet(rows.slice(30)),
      }),
    ],
  ])('%s: verdicts, counts and values are DuckDB’s', async (_what, whole, make) => {
    const files: Readonly<Record<string, string | Buffer>> = await make();
    for (const [key, body] of Object.entries(files)) await put(key, body);
    const prefix = Object.keys(files)[0]?.split('/')[0];
    // What else differs between formats is decided by the cells alone.
    const asked = whole ? expectations : expectations.slice(0, 3);
    const { checks, executed } = await judge(`s3://lake/${prefix}/`, { expectations: asked });
    expect(plain(checks)).toEqual(plain(await local(files, asked)));
    expect(checks.filter(({ evidence }) => evidence !== undefined && 'exception_info' in evidence)).toEqual([]);
    expect(executed.length).toBeGreaterThan(3);
    expect(await tables()).toEqual([]);
  });

  test('one object of a folder is judged alone', async () => {
    await put('mixed/a.csv', csv(rows.slice(0, 10)));
    await put('mixed/b.csv', csv(rows.slice(10)));
    const { checks } = await judge('s3://lake/mixed/a.csv', {
      expectations: [{ type: 'expect_table_row_count_to_equal', kwargs: { value: 10 } }],
    });
    expect(checks.find(({ id }) => id === 'data.table.row_count_to_equal' || id.includes('row_count'))?.verdict).toBe(
      'pass',
    );
  });

  test('without a contract types are inferred from the first lines, and the rest is held to them', async () => {
    await put('typed/a.csv', csv(rows).concat('K99,a,many,1.5,2024-01-01,2024-01-01T10:00:00,true\n'));
    const { contract: _none, ...input } = { contract, expectations };
    const files = await listFiles('s3://lake/typed/a.csv');
    const { checks } = await judgeObjects({ prefix: 'data', name: 'typed', files, key: 'id', ...input }, options());
    const mean = checks.find(({ id }) => id === 'data.x.mean_between');
    expect(mean?.verdict).toBe('pass');
  });

  test('a cell that cannot be read as declared is counted and shown with its key', async () => {
    await put('cells/a.csv', csv(rows.slice(0, 5)).replace('K2,café,2,', 'K2,café,two,'));
    const { checks } = await judge('s3://lake/cells/a.csv', { expectations: expectations.slice(1, 2) });
    const [between] = checks.filter(({ id }) => id === 'data.n.between');
    expect([between?.verdict, between?.reason]).toEqual([
      'fail',
      's3://lake/cells/a.csv: n: cannot be told: 1 value cannot be read as integer (first: "two" at id K2)',
    ]);
  });

  test.each([
    ['a record with a field too many', 'K9,a,1,2,2024-01-01,2024-01-01,true,more\n', /1 line is no record of 7 fields/],
    ['a line break in quotes', 'K9,"a\nb",1,2,2024-01-01,2024-01-01,true\n', /2 lines are no record of 7 fields/],
    [
      'text after a quote',
      'K9,"a"b,1,2,2024-01-01,2024-01-01,true\n',
      /1 line is no record of 7 fields \(first in s3:\/\/lake\/broken\/a.csv: "K9/,
    ],
  ])('%s is refused, and the table dropped', async (_what, line, message) => {
    await put('broken/a.csv', csv(rows.slice(0, 5)).concat(line));
    await expect(judge('s3://lake/broken/a.csv')).rejects.toThrow(message);
    expect(await tables()).toEqual([]);
  });

  test('a line that is no JSON object is refused', async () => {
    await put('badjson/a.jsonl', jsonLines(rows.slice(0, 5)).concat('{"id": "K9"\n'));
    await expect(judge('s3://lake/badjson/a.jsonl')).rejects.toThrow(/badjson\/a.jsonl:7: is no JSON/);
  });

  test('an interrupt drops the table, too', async () => {
    await put('stop/a.csv', csv(rows));
    const controller = new AbortController();
    const files = await listFiles('s3://lake/stop/a.csv');
    const work = judgeObjects(
      { prefix: 'data', name: 'stop', files, expectations, contract },
      { ...options(), signal: controller.signal },
    );
    const seen = lake.statements.length;
    while (lake.statements.length === seen) await new Promise((done) => setTimeout(done, 5));
    controller.abort(new Error('stopped by Ctrl-C'));
    await expect(work).rejects.toThrow('stopped by Ctrl-C');
    expect(await tables()).toEqual([]);
  });

  test('what needs the order of rows is refused in a clear line, and others are judged', async () => {
    await put('order/a.csv', csv(rows));
    const { checks } = await judge('s3://lake/order/a.csv', {
      expectations: [{ type: 'expect_column_values_to_be_increasing', kwargs: { column: 'n' } }],
    });
    const last = checks.at(-1);
    expect([last?.verdict, last?.reason]).toEqual([
      'fail',
      expect.stringMatching(
        /Athena does not know the order of rows in files: `engine: duckdb` judges this expectation$/,
      ),
    ]);
    expect(checks.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(2);
  });

  test('a query of a person reads {batch} alone', async () => {
    await put('query/a.csv', csv(rows));
    const { checks } = await judge('s3://lake/query/a.csv', {
      expectations: [
        {
          type: 'unexpected_rows_expectation',
          kwargs: { unexpected_rows_query: 'SELECT * FROM {batch} JOIN other ON TRUE' },
        },
      ],
    });
    expect(checks.at(-1)?.reason).toMatch(/reads \{batch\} alone; it names other/);
  });

  test('Glue’s refusal is told in one line', async () => {
    await put('glue/a.csv', csv(rows));
    const files = await listFiles('s3://lake/glue/a.csv');
    const input = { prefix: 'data', name: 'glue', files, expectations, contract };
    await expect(judgeObjects(input, { ...options(), database: 'absent' })).rejects.toThrow(
      /^Glue: absent\.assay_\w+: .*EntityNotFound/,
    );
  });
});
