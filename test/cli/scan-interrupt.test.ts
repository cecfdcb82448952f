import { type ChildProcess, spawn } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { scratchFolder } from '../support/folder';

jest.setTimeout(60_000);

const { at } = scratchFolder();
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Links to one file: many rows to scan, few to write. */
beforeAll(async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  mkdirSync(at('many'));
  mkdirSync(at('temporary'));
  const rows = sql`SELECT hash(i) / 1e19 AS x, i FROM range(1000000) AS r(i)`;
  await session.rows(sql`COPY (${rows}) TO ${literal(at('many/0.parquet'))} (FORMAT parquet)`);
  for (const [name, id] of Object.entries({ own: sql`i`, other: sql`1999999 - i` })) {
    const answers = sql`SELECT ${id} AS id, i % 2 AS label, i / 2e6 AS score FROM range(2000000) AS r(i)`;
    await session.rows(sql`COPY (${answers}) TO ${literal(at(`${name}.parquet`))} (FORMAT parquet)`);
  }
  session.close();
  for (let i = 1; i < 300; i += 1) linkSync(at('many/0.parquet'), at(`many/${i}.parquet`));
  const endless = 'SELECT a.i FROM {batch} a, {batch} b, {batch} c WHERE a.x + b.x + c.x < 0';
  writeFileSync(at('endless.yaml'), `- unexpected_rows_expectation: { unexpected_rows_query: "${endless}" }\n`);
});

const temporary = () => readdirSync(at('temporary')).filter((name) => name.startsWith('assay-'));

/** It has a temporary file, and some time to be in the midst of its scan. */
async function scanning(child: ChildProcess): Promise<void> {
  while (temporary().length === 0 && child.exitCode === null) await pause(20);
  await pause(500);
}

/** What it read with is closed. */
async function judging(child: ChildProcess): Promise<void> {
  await scanning(child);
  while (temporary().length > 0 && child.exitCode === null) await pause(20);
}

/** A real process, which gets Ctrl-C. */
async function interrupted(args: readonly string[], env: Readonly<Record<string, string>> = {}, when = scanning) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/assay.ts', 'gate', ...args], {
    cwd: resolve(__dirname, '../..'),
    env: { ...process.env, ...env, TMPDIR: at('temporary') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<readonly unknown[]>((done) => child.once('close', (...how) => done(how)));
  await when(child);
  child.kill('SIGINT');
  return { ended: await ended, said, left: temporary() };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const STOPPED = { ended: [130, null], said: 'assay: stopped by Ctrl-C\n', left: [] };

test('Ctrl-C in the midst of a long drift ends with 130 and leaves nothing', async () => {
  expect(await interrupted(['drift', '--reference', at('many'), '--current', at('many')])).toEqual(STOPPED);
});

test('Ctrl-C in the midst of a long data gate ends with 130 and leaves nothing', async () => {
  const args = ['data', '--file', at('many/0.parquet'), '--suite', at('endless.yaml')];
  expect(await interrupted(args)).toEqual(STOPPED);
});

const MODEL = ['model', '--predictions', at('own.parquet'), '--champion', at('other.parquet'), '--key', 'id'];

test('Ctrl-C in the midst of a long reading of predictions ends with 130 and leaves nothing', async () => {
  expect(await interrupted([...MODEL, '--label', 'label'])).toEqual(STOPPED);
});

test('Ctrl-C in the midst of a long judgement ends it at once and leaves nothing', async () => {
  const long = ['pr_auc', 'ece', 'ks', 'lift', 'log_loss'].flatMap((metric) => ['--metric', metric]);
  const ended = { ended: [null, 'SIGINT'], said: '', left: [] };
  expect(await interrupted([...MODEL, '--label', 'label', ...long], {}, judging)).toEqual(ended);
});

test('Ctrl-C in the midst of a download ends with 130 and leaves nothing', async () => {
  // An object store that stops in the middle of an object, which the emulator never does.
  const store = createServer((request, response) => {
    const list =
      '<ListBucketResult><Contents><Key>a.csv</Key><Size>1000</Size></Contents><IsTruncated>false</IsTruncated></ListBucketResult>';
    if (request.url?.includes('list-type=2') === true) response.end(list);
    else response.writeHead(200, { 'content-length': '1000' }).write('x\n1\n');
  });
  await new Promise<void>((done) => store.listen(0, '127.0.0.1', done));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  try {
    expect(await interrupted(['drift', '--reference', 's3://lake/a.csv', '--current', 's3://lake/a.csv'], env)).toEqual(
      STOPPED,
    );
  } finally {
    store.closeAllConnections();
    store.close();
  }
});
