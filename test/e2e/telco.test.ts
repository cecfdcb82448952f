import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse, parseDocument } from 'yaml';

// Two minutes when nothing else runs; a busy machine of two cores takes several times that.
jest.setTimeout(900_000);

/** A newcomer's way, on data that nobody here made: the README's commands, the example of docs/workload.md, as they stand. */
const root = resolve(__dirname, '../..');
const csv = resolve(root, process.env.ASSAY_TELCO_CSV ?? '../shared/data/telco-churn/Telco-Customer-Churn.csv');
const present = existsSync(csv);
const scratch = mkdtempSync(join(tmpdir(), 'assay-telco-'));
const workload = join(scratch, 'Telco churn');
const file = (name: string) => join(workload, name);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

if (!present) process.stderr.write(`skipped: no Telco data at ${csv}; ASSAY_TELCO_CSV names the file\n`);

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function assay(...args: readonly string[]): Promise<Outcome> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'bin/assay.ts', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 600_000,
    });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      text.out += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      text.err += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => done({ code, ...text }));
  });
}

/** The files that docs/workload.md shows in full, with its one line to be changed changed. */
function exampleFiles(): Readonly<Record<string, string>> {
  const document = readFileSync(join(root, 'docs/workload.md'), 'utf8');
  const blocks = [...document.matchAll(/^`([\w.]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  const files = Object.fromEntries(blocks.map(([, name = '', content = '']) => [name, content]));
  const names = /^KEY, LABEL, POSITIVE = .*$/m;
  expect(Object.keys(files).sort()).toEqual(['inference.py', 'requirements.txt', 'suite.json', 'train.py']);
  expect(files['train.py']).toMatch(names);
  return {
    ...files,
    'train.py': (files['train.py'] ?? '').replace(names, 'KEY, LABEL, POSITIVE = "customerID", "Churn", "Yes"'),
  };
}

/** `gates.yaml` of init with the sections that docs/workload.md puts in their place, and its suite. */
function everyKindOfGate(written: string): string {
  const document = readFileSync(join(root, 'docs/workload.md'), 'utf8');
  const shown = /put these sections in place of those that `assay init` wrote:\n\n```yaml\n([\s\S]*?)^```$/m.exec(
    document,
  )?.[1];
  const sections = Object.entries(parse(shown ?? '') as Readonly<Record<string, unknown>>);
  expect(sections.map(([name]) => name)).toEqual(['model', 'behaviour', 'serving']);
  const gates = parseDocument(written);
  for (const [name, value] of sections) {
    expect(gates.has(name)).toBe(true);
    gates.set(name, value);
  }
  gates.setIn(['data', 'suite'], 'suite.json');
  return String(gates);
}

/** One check of each kind of gate; all of them run between the push and the endpoint. */
const EVERY_KIND = [
  'data.train.customerID.match_regex',
  'drift.MonthlyCharges',
  'sanity.leakage',
  'sanity.holdout_budget',
  'metrics.roc_auc',
  'slices.Contract.roc_auc',
  'slices.new customers.brier',
  'fairness.gender.equal-opportunity.difference',
  'promotion.roc_auc',
  'behaviour.determinism',
  'behaviour.settled-customers-stay',
  'behaviour.men-and-women-are-treated-alike',
  'behaviour.a-two-year-contract-instead-of-a-monthly-one-lowers-the-risk',
  'serving.latency.p95',
  'serving.throughput',
  'serving.size',
];

interface RunDocument {
  readonly reports: readonly { readonly checks: readonly { readonly id: string; readonly verdict: string }[] }[];
}

const edit = (name: string, change: (text: string) => string) =>
  writeFileSync(file(name), change(readFileSync(file(name), 'utf8')));

(present ? describe : describe.skip)('the Telco data as a workload of its own', () => {
  test('split and init as README.md says; the data gate finds the eleven blanks', async () => {
    mkdirSync(workload);
    const names = ['--key', 'customerID'];
    const split = await assay('golden', 'split', csv, ...names, '--out', file('golden'));
    expect([split.code, split.err]).toEqual([0, '']);
    const init = await assay('init', workload, '--data', file('golden/train.csv'), ...names, '--label', 'Churn');
    expect([init.code, init.err]).toEqual([0, '']);
    expect(init.out).toContain('note: TotalCharges is declared number, but 11 values are not');

    const gate = await assay('gate', 'data', '--workload', workload);
    expect(gate.code).toBe(1);
    const failed = gate.out.split('\n').filter((line) => line.includes('✗'));
    expect(failed).toHaveLength(2);
    const blanks = failed.map(
      (line) => /TotalCharges: (\d+) of \d+ values cannot be read as number \(first: " "/.exec(line)?.[1],
    );
    expect(blanks.map(Number).reduce((sum, count) => sum + count, 0)).toBe(11);
  });

  test('with the blanks left empty, and in Git with changes, it becomes a live endpoint', async () => {
    for (const name of ['golden/train.csv', 'golden/holdout.csv']) {
      edit(name, (text) => text.replaceAll(', ,', ',,'));
    }
    for (const [name, content] of Object.entries(exampleFiles())) writeFileSync(file(name), content);
    expect((await assay('gate', 'data', '--workload', workload)).out).toContain('data gate: PASS');
    writeFileSync(file('.gitignore'), 'golden/\n');
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: workload, timeout: 30_000 });
    git('init', '--quiet');
    git('add', '.');
    git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message', 'first');
    edit('gates.yaml', everyKindOfGate);
    expect((await assay('gate', 'drift', '--workload', workload)).out).toContain('drift gate: PASS');

    const run = await assay('run', '--workload', workload, '--approve', '--state', join(scratch, 'state'), '--exit');
    expect([run.code, run.out]).toEqual([0, expect.stringMatching(/^SUCCEEDED: telco-churn-production: blue serves/m)]);
    expect(run.err).toMatch(/^push Telco churn to main: commit [0-9a-f]{12}$/m);
    expect(run.out).toMatch(/^endpoint: telco-churn-production — blue 100 % /m);
    expect(run.out).toMatch(/^ {2}answer: {2}\{"predictions": \[\{"score": 0\.\d+\}\]\}$/m);
    const report = /^report: (.*)$/m.exec(run.out)?.[1] ?? '';
    expect(readFileSync(report, 'utf8')).toContain('<html');
    const { reports } = JSON.parse(readFileSync(join(dirname(report), 'run.json'), 'utf8')) as RunDocument;
    const checks = reports.flatMap((each) => each.checks);
    expect(checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(EVERY_KIND));
  });
});
