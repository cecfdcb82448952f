import { symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Report } from '../../lib/core/report/report';
import { literal, sql } from '../../lib/core/sql/sql';
import { Crew } from '../../lib/engines/crew';
import { startThread } from '../../lib/engines/crew-thread';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { assay } from '../support/command-line';
import { scratchFolder } from '../support/folder';

jest.mock('../../lib/engines/crew-thread', () => {
  const real = jest.requireActual<typeof import('../../lib/engines/crew-thread')>('../../lib/engines/crew-thread');
  return { ...real, startThread: jest.fn(real.startThread) };
});

const { at } = scratchFolder();
const ROWS = 2_500_000;

beforeAll(async () => {
  const session = await DuckDbSession.open();
  for (const [name, rows] of [
    ['large.parquet', ROWS],
    ['small.parquet', 10_000],
  ] as const) {
    const keys = sql`SELECT CAST(hash(i) % 1099511627 AS BIGINT) * 10000000 + i AS id, i % 2 AS label, 0.5::DOUBLE AS score FROM range(${literal(rows)}) AS r(i)`;
    await session.rows(sql`COPY (${keys}) TO ${literal(at(name))} (FORMAT parquet)`);
  }
  session.close();
  writeFileSync(at('suite.yaml'), '- expect_column_values_to_be_unique: { column: id }\n');
});

test.each([
  ['a large one', ['large.parquet'], ['--threads', '2'], true, 2],
  ['a large one on one thread', ['large.parquet'], ['--threads', '1'], false, 1],
  ['a small one', ['small.parquet'], ['--threads', '2'], false, 1],
  ['several', ['small.parquet', 'large.parquet'], ['--threads', '2'], false, undefined],
])(
  'of files, %s: a thread is started early where its keys are proved by two',
  async (_what, files, more, early, hands) => {
    const share = jest.spyOn(Crew.prototype, 'share');
    jest.mocked(startThread).mockClear();
    const specs = files.flatMap((file) => ['--file', at(file)]);
    const { code, out } = await assay(['gate', 'data', ...specs, '--suite', at('suite.yaml'), ...more, '--json']);
    const report = JSON.parse(out) as Report;
    const started = jest.mocked(startThread).mock.calls.length > 0;
    const tasks = share.mock.calls.at(-1)?.[0].length;
    share.mockRestore();
    // The smaller file has the first rows of the larger one.
    expect([code, report.checks.length, started, tasks]).toEqual([files.length === 1 ? 0 : 1, 1, early, hands]);
  },
);

test.each([
  ['large.parquet', true],
  ['small.parquet', false],
])('of predictions in %s: a thread is started early where two read them', async (name, early) => {
  jest.mocked(startThread).mockClear();
  const asked = ['--key', 'id', '--label', 'label', '--metric', 'accuracy'];
  const { code } = await assay(['gate', 'model', '--predictions', at(name), ...asked]);
  // Constant predictions.
  expect([code, jest.mocked(startThread).mock.calls.length > 0]).toEqual([1, early && availableParallelism() > 1]);
});

test('a path that leads nowhere is told as any other one', async () => {
  symlinkSync(at('loop.parquet'), at('loop.parquet'));
  const { code, err } = await assay([
    'gate',
    'model',
    '--predictions',
    at('loop.parquet'),
    '--key',
    'id',
    '--label',
    'label',
  ]);
  expect([code, err]).toEqual([64, expect.stringContaining('there is no such file')]);
});
