import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors';
import { runCommand, type ToolContext } from './command';
import { imageDigest } from './images';

const INSTALL_TIMEOUT_MS = 15 * 60_000;

interface Requirements {
  readonly missing: readonly string[];
  readonly refused: readonly string[];
  readonly text: string;
}

const building = new Map<string, Promise<void>>();

/**
 * The Python for a source folder: the engine's own virtual environment where it satisfies requirements.txt, otherwise an
 * environment layered over it, made once for each content of requirements.txt. Rejects with one line if that fails.
 */
export async function interpreterFor(context: ToolContext, codeFolder: string): Promise<string> {
  const base = join(context.venv, 'bin', 'python');
  const file = join(codeFolder, 'requirements.txt');
  if (!existsSync(file)) return base;
  const requirements = await readRequirements(context, base, file);
  if (requirements.refused.length > 0) {
    throw new Error(
      `requirements.txt: ${requirements.refused.join(', ')} cannot be installed; allowed: package requirements (name==version), -r files and installer options`,
    );
  }
  if (requirements.missing.length === 0) return base;
  const digest = await imageDigest(context);
  const key = createHash('sha256').update(`${digest}\n${requirements.text}`).digest('hex').slice(0, 20);
  const folder = join(context.stateDir, 'environments', key);
  const work = building.get(folder) ?? build(context, folder, requirements).finally(() => building.delete(folder));
  building.set(folder, work);
  await work;
  return join(folder, 'bin', 'python');
}

async function readRequirements(context: ToolContext, python: string, file: string): Promise<Requirements> {
  const script = join(__dirname, '..', 'container', 'requirements_check.py');
  try {
    return JSON.parse(await runCommand(context, python, [script, file], 60_000)) as Requirements;
  } catch (error) {
    throw new Error(`requirements.txt cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** A virtual environment cannot be moved, so it is made in place; the marker, written last, says that it is whole. */
async function build(context: ToolContext, folder: string, requirements: Requirements): Promise<void> {
  const marker = join(folder, 'complete');
  if (existsSync(marker)) return;
  context.log(`installing ${requirements.missing.join(', ')} for the workload (once)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const base = join(context.venv, 'bin', 'python');
  const python = join(folder, 'bin', 'python');
  try {
    await runCommand(context, base, ['-m', 'venv', '--without-pip', folder], 120_000);
    await layerOver(context, base, python);
    await writeFile(join(folder, 'requirements.txt'), requirements.text);
    const install = await installer(context, python, join(folder, 'requirements.txt'));
    await runCommand(context, base, install, INSTALL_TIMEOUT_MS);
  } catch (error) {
    throw new Error(
      `requirements.txt: ${requirements.missing.join(', ')} could not be installed: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  await writeFile(`${marker}.part`, '');
  await rename(`${marker}.part`, marker);
}

/** A path file makes the base environment's packages visible behind the layer's own. */
async function layerOver(context: ToolContext, base: string, python: string): Promise<void> {
  const code = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const [below, own] = await Promise.all([base, python].map((each) => runCommand(context, each, ['-c', code], 60_000)));
  if (below === undefined || own === undefined) throw new Error('the interpreters do not say where their packages are');
  await writeFile(join(own.trim(), 'base-environment.pth'), `${below.trim()}\n`);
}

/** pip sees the packages below and installs only what is missing; uv, which does not, serves where pip is absent. */
async function installer(context: ToolContext, python: string, file: string): Promise<readonly string[]> {
  const find = 'import importlib.util as u; print(u.find_spec("pip") is not None)';
  const hasPip =
    (await runCommand(context, join(context.venv, 'bin', 'python'), ['-c', find], 60_000)).trim() === 'True';
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  return hasPip
    ? ['-m', 'pip', '--python', python, 'install', ...quiet, '-r', file]
    : ['-m', 'uv', 'pip', 'install', '--quiet', '--python', python, '-r', file];
}
