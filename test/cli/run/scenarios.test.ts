import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SCENARIOS } from '../../../lib/cli/run/scenarios';
import { loadGates } from '../../../lib/config/load';

const root = resolve(__dirname, '../../..');
const python = join(root, '.venv/bin/python');

/** Files that each scenario changes, in the order of `diff`. */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  'bad-code': ['features.py'],
  'bad-model': ['gates.yaml'],
  'bad-contract': ['inference.py', 'test_train_and_serve.py'],
  'failing-canary': ['gates.yaml', 'inference.py'],
  'slow-canary': ['gates.yaml', 'inference.py'],
  'silent-wrong-canary': ['gates.yaml', 'inference.py'],
  alarm: ['gates.yaml', 'inference.py'],
};

describe('every scenario', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-scenario-'));
    cpSync(join(root, 'examples/churn'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(Object.entries(SCENARIOS))('%s fits the workload as it is', (name, { change }) => {
    if (change === undefined) return;
    change(folder);
    execFileSync(python, ['-m', 'compileall', '-q', folder]);
    const differences = spawnSync('diff', ['-rq', '-x', '__pycache__', join(root, 'examples/churn'), folder], {
      encoding: 'utf8',
    });
    const changed = differences.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1]?.split('/').at(-1));
    expect(changed).toEqual(CHANGED[name]);
    expect(() => loadGates(folder)).not.toThrow();
  });
});

test('a scenario that no longer fits the workload says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-scenario-'));
  writeFileSync(join(folder, 'inference.py'), 'pass\n');
  expect(() => SCENARIOS['bad-contract']?.change?.(folder)).toThrow('inference.py no longer holds');
  rmSync(folder, { recursive: true });
});
