import { readFileSync, rmSync } from 'node:fs';
import type { Report } from '../../lib/core/report/report';
import { createRandom } from '../../lib/core/statistics';
import { assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';
import { TINY_GATES, tinyWorkload, writeFiles } from '../support/workload';

jest.setTimeout(30_000);

const { folder, at } = scratchFolder();
const assay = (...args: readonly string[]) => call(['gate', 'drift', ...args]);

/** Rows of a small table; `shift` moves the number and the mix of plans. */
function table(rows: number, seed: number, shift: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const plan = random() < 0.5 - shift / 4 ? 'basic' : shift > 0 && random() < 0.2 ? 'gold' : 'plus';
    const spend = random() < 0.05 ? '' : (random() + random() + shift).toFixed(3);
    const since = `2024-0${1 + Math.floor(random() * (shift > 0 ? 9 : 6))}-15`;
    return `${i},${spend},${plan},${random() < 0.3},${since}`;
  });
  return `id,spend,plan,active,since\n${lines.join('\n')}\n`;
}

beforeAll(() => {
  writeFiles(folder, {
    'reference.csv': table(900, 1, 0),
    'same.csv': table(600, 2, 0),
    'moved.csv': table(600, 3, 1),
    'part/one.csv': table(300, 4, 0),
    'part/two.csv': table(300, 5, 0),
    'lacks.csv': 'id,spend\n1,2\n2,3\n',
    'empty.csv': 'id,spend,plan,active,since\n',
  });
});

const files = (current: string) => ['--reference', at('reference.csv'), '--current', at(current), '--except', 'id'];

test('data without drift passes with 0, moved data fails with 1 and a line for each column', async () => {
  expect(await assay(...files('same.csv'))).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^drift gate: PASS/),
  });
  const { code, out } = await assay(...files('moved.csv'));
  expect(code).toBe(1);
  for (const column of ['spend', 'plan', 'since']) expect(out).toContain(`✗ drift.${column}: ${column}: PSI is `);
  expect(out).not.toContain('drift.active:');
});

test('a sample without rows is inconclusive, whatever its types', async () => {
  const { code, out } = await assay(...files('empty.csv'));
  expect(code).toBe(2);
  for (const column of ['spend', 'plan', 'active', 'since']) {
    expect(out).toMatch(new RegExp(`\\? drift\\.${column}: ${column}: .*empty\\.csv has no rows`));
  }
});

test('one and two threads say the same, bit for bit, and a glob is one table', async () => {
  const json = async (...args: readonly string[]) => JSON.parse((await assay(...args, '--json')).out) as Report;
  const [one, two] = [
    await json(...files('moved.csv'), '--threads', '1'),
    await json(...files('moved.csv'), '--threads', '2'),
  ];
  expect(one.checks).toEqual(two.checks);
  expect(one.checks.find(({ id }) => id === 'drift.plan')?.evidence).toMatchObject({ unseen: { examples: ['gold'] } });
  const globbed = await json(...files('part/*.csv'));
  expect(globbed.checks[0]?.evidence).toMatchObject({ nReference: 900, nCurrent: 600 });
});

test('a pinned baseline gives the same PSI as its files', async () => {
  await assay(...files('same.csv'), '--write-baseline', at('base.json'));
  expect(JSON.parse(readFileSync(at('base.json'), 'utf8'))).toMatchObject({
    schema: 'assay.baseline/1',
    reference: 'reference.csv',
  });
  const psi = async (...args: readonly string[]) =>
    (JSON.parse((await assay(...args, '--json')).out) as Report).checks.map(({ id, evidence }) => [
      id,
      evidence?.estimate,
    ]);
  expect(await psi('--baseline', at('base.json'), '--current', at('moved.csv'))).toEqual(
    await psi(...files('moved.csv')),
  );
});

test.each([
  [['--current', 'x.csv'], 'assay: --reference FILE says what to compare (or --baseline FILE)\n'],
  [['--reference', 'x.csv'], 'assay: --current FILE says which data is in question\n'],
  [['--reference', 'x.csv', '--current', 'y.csv', '--columns', 'a', '--except', 'b'], /there is no such file|exclude/],
  [['--memory', 'lots', '--current', 'x.csv'], 'assay: --memory lots: is a size of 32MB or more, e.g. 512MB or 2GB\n'],
  [['--threads', '0', '--current', 'x.csv'], 'assay: --threads 0: is a whole number, 1 to 999\n'],
])('%j is one line and 64 or 1', async (args, err) => {
  const { code, err: said } = await assay(...args);
  expect([1, 64]).toContain(code);
  expect(said).toEqual(typeof err === 'string' ? err : expect.stringMatching(err));
  expect(said.trim().split('\n')).toHaveLength(1);
});

test.each([
  ['--columns', 'spent'],
  ['--columns', 'spend,spent'],
  ['--except', 'spent'],
])('%s %s, with a column that is not there, ends with 64 and the nearest name', async (flag, named) => {
  const both = ['--reference', at('reference.csv'), '--current', at('same.csv')];
  const { code, out, err } = await assay(...both, flag, named);
  expect([code, out]).toEqual([64, '']);
  expect(err).toMatch(
    new RegExp(
      `^assay: ${flag} spent: .*reference\\.csv: has no column spent \\(did you mean "spend"\\?\\); it has id, .*\n$`,
    ),
  );
});

test('a column that only the current data lacks is a finding', async () => {
  const lacks = await assay('--reference', at('reference.csv'), '--current', at('lacks.csv'), '--columns', 'plan');
  expect([lacks.code, lacks.out]).toEqual([
    1,
    expect.stringContaining('lacks.csv has no such column; the reference has it'),
  ]);
});

test('a column that only the current data has may be left out, as with a baseline that never had it', async () => {
  await assay(...files('same.csv'), '--write-baseline', at('without.json'));
  const against = ['--baseline', at('without.json'), '--current', at('same.csv')];
  expect((await assay(...against, '--except', 'id')).code).toBe(0);
  expect(await assay(...against, '--except', 'iid')).toMatchObject({
    code: 64,
    err: expect.stringContaining('did you mean "id"?'),
  });
});

test('a workload compares the files that its gates.yaml names, or says which column it does not have', async () => {
  const rows = (seed: number, shift: number) => {
    const random = createRandom(seed);
    return `id,x,flag,y\n${Array.from({ length: 400 }, (_, i) => `${i},${random() + shift},${random() < 0.5},1`).join('\n')}\n`;
  };
  const drift = (text: string) => ({ 'gates.yaml': `${TINY_GATES}drift:\n${text}` });
  const golden = { 'golden/train.csv': rows(1, 0), 'golden/holdout.csv': rows(2, 0.4) };
  const moved = tinyWorkload({ ...golden, ...drift('  thresholds: { ks: { fail: 0.1 } }\n') });
  const { code, out } = await assay('--workload', moved);
  expect([code, out]).toEqual([1, expect.stringContaining('✗ drift.x: x: ')]);
  const lenient = tinyWorkload({ ...golden, ...drift('  columns: [flag]\n') });
  expect((await assay('--workload', lenient)).code).toBe(0);
  const wrong = tinyWorkload({ ...golden, ...drift('  columns: [flg]\n') });
  expect((await assay('--workload', wrong)).err).toMatch(/gates\.yaml:\d+:\d+: .*did you mean "flag".*found "flg"/);
  for (const workload of [moved, lenient, wrong]) rmSync(workload, { recursive: true });
});
