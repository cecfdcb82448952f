import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DEFAULT_PYTHON } from '../../lib/config/images';
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

test('code is tested cheapest first: infrastructure, unit, integration', () => {
  const build = codeTests.phases.build?.commands.join('\n') ?? '';
  const order = ['--selectProjects infrastructure', 'run_tests unit', 'run_tests integration'].map((text) =>
    build.lastIndexOf(text),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test('every report file is one that a command writes', () => {
  for (const [, spec] of specs) {
    // run_tests writes one report for each kind of tests that it is called with.
    const written = JSON.stringify([spec.env, spec.phases]).replace(/run_tests (\w+)/g, 'reports/$1.xml');
    for (const file of Object.values(spec.reports).flatMap(({ files }) => files)) {
      const known = file.startsWith('reports/infrastructure') || written.includes(file);
      expect([file, known]).toEqual([file, true]);
    }
  }
});

test('npm runs only where the repository holds Assay', () => {
  for (const command of Object.values(codeTests.phases).flatMap(({ commands }) => commands)) {
    if (/\bnp[mx]\b/.test(command)) expect(command).toContain('if [ "$ASSAY_INFRASTRUCTURE_TESTS" = 1 ]');
  }
});

describe('packages that cannot be installed are a failed test of their own', () => {
  const command = codeTests.phases.build?.commands.slice(0, 2).join('\n') ?? '';
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
