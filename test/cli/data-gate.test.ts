import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../lib/core/report/report';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { bundle, CLI_ENTRY } from '../../lib/pipeline/cli-asset';
import { bindingFolder } from '../../lib/pipeline/duckdb-binding';
import type { ObjectStore } from '../../lib/release/objects';
import { type CallOptions, assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import type { Moto } from '../support/moto';
import { buildEnvironment, startRunStore } from '../support/pipeline-run';
import { TINY_GATES, TINY_TRAIN, tinyWorkload, writeFiles } from '../support/workload';

let moto: Moto;
let store: ObjectStore;
const { folder: scratch } = scratchFolder();

beforeAll(async () => {
  ({ moto, store } = await startRunStore());
}, 60_000);

afterAll(() => moto.stop());

const assay = (args: readonly string[], options: CallOptions = {}) => call(args, { cwd: scratch, ...options });

const report = async (runId: string) =>
  JSON.parse(await store.readText('artifacts', `runs/${runId}/reports/data.json`)) as Report;

describe('usage: exit 64 and one line', () => {
  test.each([
    [['goldn'], "assay: unknown command 'goldn' (did you mean golden?)\n"],
    [[], 'assay: which command? --help lists them\n'],
    [['golden'], 'assay: which command? --help lists them\n'],
    [['gate', 'data', '--jsn'], "assay: unknown option '--jsn' (did you mean --json?)\n"],
    [['gate', 'data'], 'assay: outside a run of the pipeline, --workload DIR says what to judge\n'],
    [['golden', 'generate'], "assay: required option '--out <dir>' not specified\n"],
    [
      ['golden', 'generate', '--out', 'x', '--seed', '-1'],
      expect.stringContaining('It is a whole number, 0 to 4294967295'),
    ],
    [['golden', 'push', '.'], expect.stringContaining('gates.yaml: there is no such file')],
  ])('%j', async (args, err) => {
    expect(await assay(args)).toEqual({ code: 64, out: '', err });
  });

  test('help and version are no errors', async () => {
    expect((await assay(['--version'])).code).toBe(0);
    const help = await assay(['gate', '--help']);
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toContain('data');
  });

  test('a stack is shown on request', async () => {
    expect((await assay(['goldn'], { env: { ASSAY_DEBUG: '1' } })).err).toContain('    at ');
  });
});

describe('on local files', () => {
  test('passes with 0, writes JUnit and HTML, and prints JSON on request', async () => {
    const workload = tinyWorkload();
    const text = await assay([
      'gate',
      'data',
      '--workload',
      workload,
      '--junit',
      'out/data.xml',
      '--html',
      'out/data.html',
    ]);
    expect([text.code, text.err]).toEqual([0, '']);
    expect(text.out).toMatch(/^data gate: PASS: all \d+ checks passed\n/);
    expect(readFileSync(join(scratch, 'out/data.xml'), 'utf8')).toContain('<testsuite');
    expect(existsSync(join(scratch, 'out/data.html'))).toBe(true);
    const json = await assay(['gate', 'data', '--workload', workload, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ schema: 'assay.report/1', gate: 'data', verdict: 'pass' });
    rmSync(workload, { recursive: true });
  });

  test('fails with 1, verdict first, then every reason', async () => {
    const workload = tinyWorkload({ 'golden/train.csv': 'id,x,flag,y\n,1.5,true,0\nb,77,maybe,1\n' });
    const { code, out } = await assay(['gate', 'data', '--workload', workload]);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 4)).toEqual([
      'data gate: FAIL: train.csv: flag: 1 of 2 values cannot be read as boolean (first: "maybe" at id b) (and 2 more)',
      '  ✗ data.train.types: train.csv: flag: 1 of 2 values cannot be read as boolean (first: "maybe" at id b)',
      '  ✗ data.train.id.not_null: train.csv: id: 1 of 2 values are missing (first at line 2)',
      '  ✗ data.train.x.between: train.csv: x: 1 of 1 values are not between 0 and 9 (first: 77 at id b)'.replace(
        '1 of 1',
        '1 of 2',
      ),
    ]);
    rmSync(workload, { recursive: true });
  });

  test('is inconclusive with 2 when a column has no value', async () => {
    const none = 'id,x,flag,y\na,,true,0\nb,,false,1\n';
    const workload = tinyWorkload({ 'golden/train.csv': none });
    const { code, out } = await assay(['gate', 'data', '--workload', workload]);
    expect(code).toBe(2);
    expect(out).toContain(
      '  ? data.train.x.between: train.csv: x: all 2 values are missing, so nothing could be checked',
    );
    rmSync(workload, { recursive: true });
  });

  test('a positive value that the label never has fails', async () => {
    const workload = tinyWorkload({ 'gates.yaml': TINY_GATES.replace('  label: y', '  label: y\n  positive: 2') });
    const { code, out } = await assay(['gate', 'data', '--workload', workload]);
    expect(code).toBe(1);
    expect(out).toContain('✗ data.train.label: train.csv: y: no row is 2 (dataset.positive); found 0, 1');
    rmSync(workload, { recursive: true });
  });

  test('a ragged row fails with its line; other data than the pinned fails', async () => {
    const workload = tinyWorkload({ 'golden/train.csv': 'id,x,flag,y\na,1\n' });
    expect((await assay(['gate', 'data', '--workload', workload])).out).toContain(
      'train.csv:2: has 2 fields, the header has 4',
    );
    const digest = `sha256:${'0'.repeat(64)}`;
    writeFiles(workload, {
      'gates.yaml': TINY_GATES.replace('  key: id', `  digest: ${digest}\n  key: id`),
      'golden/train.csv': TINY_TRAIN,
    });
    const { code, out } = await assay(['gate', 'data', '--workload', workload]);
    expect(code).toBe(1);
    expect(out).toContain(`✗ golden.integrity: gates.yaml pins ${digest}, the files have sha256:`);
    rmSync(workload, { recursive: true });
  });
});

describe('in a run', () => {
  test('push, prepare, judge: reports lie in the run folder', async () => {
    const workload = tinyWorkload();
    const pushed = await assay(['golden', 'push', workload, '--bucket', 'golden']);
    expect([pushed.code, pushed.out]).toEqual([0, expect.stringMatching(/digest: sha256:[0-9a-f]{64}\n/)]);
    expect((await assay(['golden', 'verify', workload, '--bucket', 'golden'])).code).toBe(0);
    expect((await assay(['release', 'prepare'], { cwd: workload, env: buildEnvironment('r1') })).code).toBe(0);
    const { code, out } = await assay(['gate', 'data'], { env: buildEnvironment('r1') });
    expect([code, out]).toEqual([0, expect.stringContaining('data gate: PASS')]);
    expect(await report('r1')).toMatchObject({
      verdict: 'pass',
      release: { commit: 'c0ffee', dataset: { name: 'tiny', version: '1', rows: 4 } },
    });
    expect(await store.readText('artifacts', 'runs/r1/reports/data.xml')).toContain('golden.integrity.train.csv');
    expect(await store.readText('artifacts', 'runs/r1/reports/data.html')).toContain('<html');
    rmSync(workload, { recursive: true });
  });

  test('one changed byte: prepare and verify stop with 1, and the report holds the reason', async () => {
    const workload = tinyWorkload();
    await store.write('golden', 'datasets/tiny/1/train.csv', TINY_TRAIN.replace('1.5', '1.6'), 'text/csv');
    const { code, err } = await assay(['release', 'prepare'], { cwd: workload, env: buildEnvironment('r2') });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^assay: train\.csv: golden data was changed: expected sha256 \w+, found \w+\n$/),
    ]);
    const { verdict, reason, checks } = await report('r2');
    expect([verdict, reason]).toEqual(['fail', expect.stringContaining('train.csv: golden data was changed')]);
    expect(checks[0]?.id).toBe('golden.integrity.train.csv');
    const verified = await assay(['golden', 'verify', workload, '--bucket', 'golden']);
    expect([verified.code, verified.err]).toEqual([1, expect.stringContaining('train.csv: was overwritten')]);
    rmSync(workload, { recursive: true });
  });

  test('the gate judges the pinned bytes: other bytes under the pinned version fail, a pinned version that is gone fails', async () => {
    const release = JSON.parse(await store.readText('artifacts', 'runs/r1/release.json'));
    release.dataset.train.sha256 = '0'.repeat(64);
    release.dataset.holdout.versionId = 'c0ffee00-0000-0000-0000-000000000000';
    await store.write('artifacts', 'runs/r3/release.json', JSON.stringify(release), 'application/json');
    expect((await assay(['gate', 'data'], { env: buildEnvironment('r3') })).code).toBe(1);
    expect((await report('r3')).checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['golden.integrity.train.csv', 'fail'],
      ['golden.integrity.holdout.csv', 'fail'],
    ]);
  });

  test('without a release there is no verdict', async () => {
    const { code, err } = await assay(['gate', 'data'], { env: buildEnvironment('r4') });
    expect([code, err]).toEqual([70, 'assay: s3://artifacts/runs/r4/release.json: there is no such object\n']);
  });
});

test('init makes a workload that its own gate accepts', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `K${i},${i % 7},${i % 3 ? 'a' : 'b'},${i % 4 ? 'No' : 'Yes'}`);
  writeFiles(scratch, { 'all.csv': `id,n,kind,left\n${rows.join('\n')}\n` });
  const made = await assay(['init', 'new', '--data', 'all.csv', '--key', 'id', '--label', 'left']);
  expect([made.code, made.err]).toEqual([0, '']);
  expect((await assay(['gate', 'data', '--workload', 'new'])).code).toBe(0);
  const again = await assay(['init', 'new', '--data', 'all.csv', '--key', 'id', '--label', 'left']);
  expect([again.code, again.err]).toEqual([64, expect.stringContaining('exists already')]);
});

test('init takes Parquet: golden files of the same format, named in gates.yaml', async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  const path = join(scratch, 'all.parquet');
  await session.rows(
    sql`COPY (SELECT 'K' || range AS id, range % 7 AS n, range % 4 = 0 AS "left" FROM range(200)) TO ${literal(path)} (FORMAT parquet)`,
  );
  session.close();
  const made = await assay(['init', 'columnar', '--data', 'all.parquet', '--key', 'id', '--label', 'left']);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(readdirSync(join(scratch, 'columnar/golden')).sort()).toEqual(['holdout.parquet', 'train.parquet']);
  expect((await assay(['gate', 'data', '--workload', 'columnar'])).out).toContain('data gate: PASS');
  rmSync(join(scratch, 'columnar/gates.yaml'));
  const again = await assay(['init', 'columnar', '--data', 'all.parquet', '--key', 'id', '--label', 'left']);
  expect([again.code, again.err]).toEqual([
    64,
    'assay: columnar/golden/train.parquet exists already; --data columnar/golden/train.parquet takes it as it is\n',
  ]);
  const taken = await assay([
    'init',
    'columnar',
    '--data',
    'columnar/golden/train.parquet',
    '--key',
    'id',
    '--label',
    'left',
  ]);
  expect([taken.code, taken.err]).toEqual([0, '']);
});

describe('golden split, then init, as README.md says', () => {
  const init = (data: string, label = 'left') =>
    assay(['init', 'My Model', '--data', data, '--key', 'id', '--label', label]);

  beforeAll(() => {
    const rows = Array.from({ length: 200 }, (_, i) => `K${i},${i % 7},${i % 3},${i % 4 ? 'No' : 'Yes'}`);
    writeFiles(scratch, { 'rows.csv': `id,n,kind,left\n${rows.join('\n')}\n` });
  });

  test('takes both files as they are and names the dataset after the folder', async () => {
    expect((await assay(['golden', 'split', 'rows.csv', '--key', 'id', '--out', 'My Model/golden'])).code).toBe(0);
    const before = readFileSync(join(scratch, 'My Model/golden/holdout.csv'), 'utf8');
    const refused = await init('rows.csv');
    expect([refused.code, refused.err]).toEqual([
      64,
      'assay: My Model/golden/train.csv exists already; --data My Model/golden/train.csv takes it as it is\n',
    ]);
    const made = await init('My Model/golden/train.csv');
    expect([made.code, made.err]).toEqual([0, '']);
    expect(readFileSync(join(scratch, 'My Model/golden/holdout.csv'), 'utf8')).toBe(before);
    expect(readFileSync(join(scratch, 'My Model/gates.yaml'), 'utf8')).toContain('name: my-model-golden');
    expect((await assay(['gate', 'data', '--workload', 'My Model'])).code).toBe(0);
  });

  test('half a split and a label of three texts are refused', async () => {
    rmSync(join(scratch, 'My Model'), { recursive: true });
    writeFiles(scratch, { 'My Model/golden/train.csv': 'id,left\na,1\nb,0\n' });
    expect((await init('My Model/golden/train.csv')).err).toBe(
      'assay: My Model/golden/holdout.csv: there is no such file; `assay golden split` divides a file into both\n',
    );
    writeFiles(scratch, { 'three.csv': 'id,left\na,x\nb,y\nc,z\n' });
    const three = await assay(['init', 'three', '--data', 'three.csv', '--key', 'id', '--label', 'left']);
    expect([three.code, three.err]).toEqual([
      64,
      'assay: --label left: has 3 different values ("x", "y", "z"); a binary label has two, a regression label is a number\n',
    ]);
  });
});

test('one bundled file works far from the sources and from node_modules, as CodeBuild gets it', () => {
  const cli = join(scratch, 'assay.js');
  bundle(CLI_ENTRY, cli);
  for (const file of readdirSync(bindingFolder())) symlinkSync(join(bindingFolder(), file), join(scratch, file));
  const workload = tinyWorkload({ 'golden/train.csv': 'id,x,flag,y\n,1,true,0\n' });
  const call = () =>
    execFileSync(process.execPath, [cli, 'gate', 'data', '--workload', workload], { cwd: scratch, timeout: 30_000 });
  expect(call).toThrow(expect.objectContaining({ status: 1, stdout: expect.any(Buffer) }));
  rmSync(workload, { recursive: true });
});
