import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import type { ToolContext } from '../../../lib/local/sagemaker/runtime/command';
import { interpreterFor } from '../../../lib/local/sagemaker/runtime/interpreter';
import { VENV } from './engine';

const folder = mkdtempSync(join(tmpdir(), 'assay-interpreter-'));
const processes = new LocalProcessHost();
const lines: string[] = [];
const context: ToolContext = {
  closing: new AbortController().signal,
  venv: VENV,
  stateDir: join(folder, 'state'),
  processes,
  log: (line) => lines.push(line),
};
const base = join(VENV, 'bin', 'python');

/** A wheel needs no index: nothing here reaches the network. */
const WHEEL = `
import sys, zipfile
name = "assay_probe-1.0"
with zipfile.ZipFile(f"{sys.argv[1]}/{name}-py3-none-any.whl", "w") as wheel:
    wheel.writestr("assay_probe.py", "import sklearn\\nANSWER = 42\\n")
    wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: assay-probe\\nVersion: 1.0\\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
`;

function code(requirements?: string): string {
  const where = mkdtempSync(join(folder, 'code-'));
  if (requirements !== undefined) writeFileSync(join(where, 'requirements.txt'), requirements);
  return where;
}

beforeAll(() => {
  mkdirSync(join(folder, 'wheels'));
  execFileSync(base, ['-c', WHEEL, join(folder, 'wheels')]);
});

afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the environment at hand serves what it satisfies', async () => {
  expect(await interpreterFor(context, code())).toBe(base);
  const satisfied = '# tools\nscikit-learn>=1.4  # any\npandas\nnot-here==1; python_version < "3"\n';
  expect(await interpreterFor(context, code(satisfied))).toBe(base);
  expect(existsSync(join(folder, 'state'))).toBe(false);
});

test('what is missing is installed once, in a layer over the environment', async () => {
  const requirements = `--no-index\n--find-links ${join(folder, 'wheels')}\nscikit-learn\nassay-probe==1.0\n`;
  const [one, two] = await Promise.all(
    [code(requirements), code(requirements)].map((each) => interpreterFor(context, each)),
  );
  expect(one).toBe(two);
  expect(one).not.toBe(base);
  expect(lines).toEqual(['installing assay-probe==1.0 for the workload (once)']);
  const answer = execFileSync(one ?? '', ['-c', 'import assay_probe, waitress; print(assay_probe.ANSWER)']);
  expect(answer.toString().trim()).toBe('42');
  expect(readdirSync(join(folder, 'state', 'environments'))).toHaveLength(1);
  expect(await interpreterFor(context, code(requirements))).toBe(one);
});

test('an installation that fails is one clear line', async () => {
  const requirements = `--no-index\n--find-links ${join(folder, 'wheels')}\nassay-probe==2.0\n`;
  await expect(interpreterFor(context, code(requirements))).rejects.toThrow(
    /^requirements\.txt: assay-probe==2\.0 could not be installed: ERROR: No matching distribution found for assay-probe==2\.0/,
  );
});

test('a line that cannot be shared is refused with its place', async () => {
  await expect(interpreterFor(context, code('pandas\n./local-package\n'))).rejects.toThrow(
    "requirements.txt line 2: './local-package' cannot be installed",
  );
});
