import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DEFAULT_PYTHON } from '../../lib/config/images';
import { inlineChecks } from '../../lib/pipeline/buildspecs/check-scripts';
import { dataTestsBuildspec, modelTestsBuildspec } from '../../lib/pipeline/buildspecs/gates';
import { ROOT } from './app';

interface Spec {
  readonly version: string;
  readonly env: { readonly shell: string };
  readonly phases: Readonly<
    Record<string, { readonly commands: string[]; readonly 'runtime-versions'?: Record<string, string> }>
  >;
  readonly reports: Readonly<Record<string, { readonly files: string[]; readonly 'file-format': string }>>;
  readonly cache?: { readonly paths: string[] };
}

const codeTests = parse(readFileSync(join(ROOT, 'buildspec.yml'), 'utf8')) as Spec;
const specs: [string, Spec][] = [
  ['buildspec.yml', codeTests],
  ['data', dataTestsBuildspec() as unknown as Spec],
  ['model', modelTestsBuildspec() as unknown as Spec],
];

const PHASES = ['install', 'pre_build', 'build', 'post_build'];
const FORMATS = ['JUNITXML', 'COBERTURAXML'];

test.each(specs)('%s has known fields, runtimes and report formats', (_, spec) => {
  expect(spec.version).toBe('0.2');
  expect(
    Object.keys(spec).filter((key) => !['version', 'env', 'phases', 'reports', 'artifacts', 'cache'].includes(key)),
  ).toEqual([]);
  expect(Object.keys(spec.phases).filter((phase) => !PHASES.includes(phase))).toEqual([]);
  expect(spec.phases.install?.['runtime-versions']).toEqual({ nodejs: '22', python: DEFAULT_PYTHON });
  expect(Object.keys(spec.reports).length).toBeLessThanOrEqual(5);
  for (const report of Object.values(spec.reports)) expect(FORMATS).toContain(report['file-format']);
});

test.each(specs)('every command of %s is a string that bash can parse', (_, spec) => {
  for (const { commands } of Object.values(spec.phases)) {
    for (const command of commands) {
      expect(typeof command).toBe('string');
      execFileSync('bash', ['-n', '-c', command], { stdio: 'pipe' });
    }
  }
});

test('code is tested cheapest first: packages, infrastructure, unit, integration', () => {
  expect(codeTests.phases.build?.commands).toEqual([
    'bash scripts/checks/packages.sh',
    'bash scripts/checks/infrastructure.sh',
    'bash scripts/checks/tests.sh unit',
    'bash scripts/checks/tests.sh integration',
  ]);
});

/** What a command that calls a script of this repository does. */
const expanded = (command: string): string => {
  const [, path, argument = ''] = /^bash (scripts\/\S+\.sh) ?(\S*)$/.exec(command) ?? [];
  return path === undefined ? command : readFileSync(join(ROOT, path), 'utf8').replaceAll('$1', argument);
};

test('every report file is one that a command writes', () => {
  for (const [, spec] of specs) {
    const commands = Object.values(spec.phases).flatMap((phase) => phase.commands);
    const written = commands.map(expanded).join('\n');
    for (const file of Object.values(spec.reports).flatMap(({ files }) => files)) {
      const known = file.startsWith('reports/infrastructure') || written.includes(file);
      expect([file, known]).toEqual([file, true]);
    }
  }
});

describe('the scripts of the checks', () => {
  const folder = join(ROOT, 'scripts/checks');
  const scripts = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

  test.each(scripts)('%s can be parsed, stops at the first failure, and begins at the root', (_, text) => {
    execFileSync('bash', ['-n', '-c', text], { stdio: 'pipe' });
    const commands = text.split('\n').filter((line) => !line.startsWith('#'));
    expect(commands.slice(0, 2)).toEqual([
      'set -euo pipefail',
      expect.stringMatching(/^cd "\$\{CODEBUILD_SRC_DIR:-\.\}"$/),
    ]);
  });

  test('npm runs only where the repository holds Assay', () => {
    const users = scripts.filter(([, text]) => /\bnp[mx] /.test(text));
    expect(users.map(([name]) => name).sort()).toEqual(['infrastructure.sh', 'tools.sh']);
    for (const [, text] of users) expect(text).toMatch(/if \[ "\$\{ASSAY_INFRASTRUCTURE_TESTS:-0\}" !?= 1 \]/);
  });

  test('become files where the repository has none, which later commands find and which do the same', () => {
    const { define, calls } = inlineChecks(['bash scripts/checks/tests.sh unit', 'echo done']);
    expect(calls).toEqual(['bash "$ASSAY_CHECKS/tests.sh" unit', 'echo done']);
    const folder = mkdtempSync(join(tmpdir(), 'assay-checks-'));
    mkdirSync(join(folder, '.venv/bin'), { recursive: true });
    mkdirSync(join(folder, "it's a workload"));
    writeFileSync(join(folder, '.venv/bin/python'), '#!/bin/sh\nexit 5\n', { mode: 0o755 });
    const env = {
      PATH: process.env.PATH,
      TMPDIR: folder,
      CODEBUILD_SRC_DIR: folder,
      ASSAY_WORKLOAD: "it's a workload",
    };
    // As CodeBuild does: each command has a shell of its own, and is left the exported variables of those before it.
    const exported = join(folder, 'env.sh');
    writeFileSync(exported, '');
    const run = (command: string) =>
      spawnSync('bash', ['-c', `. ${exported}\n${command}\nstatus=$?; export -p >${exported}; exit $status`], {
        env,
        encoding: 'utf8',
      });
    expect(run(define)).toMatchObject({ status: 0, stdout: '' });
    expect(run(calls[0] ?? '')).toMatchObject({ status: 0, stdout: "no tests in it's a workload/tests/unit\n" });
    writeFileSync(join(folder, '.venv/bin/python'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(run(calls[0] ?? '').status).toBe(1);
    const [written = ''] = readdirSync(folder).filter((name) => name.startsWith('tmp.'));
    expect(readFileSync(join(folder, written, 'tests.sh'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'scripts/checks/tests.sh'), 'utf8'),
    );
    rmSync(folder, { recursive: true });
  });
});

describe('packages that cannot be installed are a failed test of their own', () => {
  const command = `bash ${join(ROOT, 'scripts/checks/packages.sh')}`;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-packages-'));
    for (const path of ['reports', 'w', '.venv/bin']) mkdirSync(join(folder, path), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const install = (uv: string, requirements?: string) => {
    writeFileSync(join(folder, '.venv/bin/uv'), `#!/bin/sh\n${uv}\n`, { mode: 0o755 });
    if (requirements !== undefined) writeFileSync(join(folder, 'w/requirements.txt'), requirements);
    const env = { PATH: process.env.PATH, CODEBUILD_SRC_DIR: folder, ASSAY_WORKLOAD: 'w' };
    return spawnSync('bash', ['-c', command], { cwd: folder, env, timeout: 20_000 }).status;
  };
  const report = () => readFileSync(join(folder, 'reports/packages.xml'), 'utf8');

  test('with what the installer said', () => {
    expect(install('echo "  × No solution: <x> was not found" >&2; exit 1', 'x==9\n')).toBe(1);
    expect(report()).toContain(
      '<testcase name="requirements.txt"><error message="No solution: &lt;x&gt; was not found"/>',
    );
  });

  test('also when there is no list of them', () => {
    expect(install('exit 0')).toBe(1);
    expect(report()).toContain('message="there is no such file"');
  });

  test('nothing is reported when they are', () => {
    expect(install('exit 0', 'x\n')).toBe(0);
    expect(existsSync(join(folder, 'reports/packages.xml'))).toBe(false);
  });
});
