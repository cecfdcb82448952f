// Installs what Assay needs into this folder: npm packages and a Python virtual environment. Needs Node and Python alone.
// Finished steps leave a stamp with the digest of what they installed, so a second call returns at once and a call that
// was killed half-way starts its step again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WINDOWS = process.platform === 'win32';
const MIN_NODE = 20;
const MIN_PYTHON = [3, 10];

class SetupError extends Error {}

const digest = (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex');
const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const say = (line) => process.stderr.write(`setup: ${line}\n`);

function run(command, args, what, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    ...options,
  });
  if (result.error !== undefined) throw new SetupError(`${what}: cannot start ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    throw new SetupError(`${what} failed: ${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
  }
  return result.stdout;
}

function stamped(folder, content, install) {
  const stamp = join(root, folder, '.assay-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === content) return;
  const started = Date.now();
  install();
  writeFileSync(stamp, content);
  say(`${folder} is ready (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

function installNodePackages() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MIN_NODE) throw new SetupError(`Node ${process.versions.node} found; ${MIN_NODE} or newer is needed`);
  stamped(
    'node_modules',
    digest(read('package-lock.json'), process.versions.modules, process.platform, process.arch),
    () => {
      say('installing npm packages');
      run('npm', ['ci', '--no-audit', '--no-fund'], 'npm', { shell: WINDOWS });
    },
  );
}

function findPython() {
  const tried = [];
  for (const command of ['python3', 'python']) {
    const probe = spawnSync(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' });
    if (probe.status !== 0) continue;
    const version = probe.stdout.trim();
    const [major, minor] = version.split('.').map(Number);
    if (major > MIN_PYTHON[0] || (major === MIN_PYTHON[0] && minor >= MIN_PYTHON[1])) return { command, version };
    tried.push(`${command} is ${version}`);
  }
  throw new SetupError(`Python ${MIN_PYTHON.join('.')} or newer is needed; found: ${tried.join(', ') || 'none'}`);
}

/** uv reads no pip settings; the ones that decide where packages come from are handed on. */
function uvEnvironment(python) {
  const settings = run(python, ['-m', 'pip', 'config', 'list'], 'pip');
  const pip = (name) => settings.match(new RegExp(`\\.${name}='(.*)'`))?.[1];
  const env = { ...process.env };
  const index = pip('index-url');
  const links = pip('find-links');
  if (index !== undefined) env.UV_DEFAULT_INDEX ??= index;
  if (links !== undefined) env.UV_FIND_LINKS ??= links;
  return env;
}

function installPythonPackages() {
  const { command, version } = findPython();
  const requirements = join('lib', 'local', 'python', 'requirements.txt');
  stamped('.venv', digest(read(requirements), version, root), () => {
    say(`installing Python packages (Python ${version})`);
    const python = createVenv(command, '.venv');
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv==0.13.8'], 'pip');
    uvInstall(python, ['-r', requirements]);
  });
}

const pythonOf = (venv) => join(venv, WINDOWS ? 'Scripts' : 'bin', WINDOWS ? 'python.exe' : 'python');

function createVenv(command, folder) {
  rmSync(join(root, folder), { recursive: true, force: true });
  run(command, ['-m', 'venv', folder], 'python -m venv');
  return pythonOf(folder);
}

/** Installs into `target`'s environment with the uv of the project's own. */
function uvInstall(target, packages) {
  const python = pythonOf('.venv');
  const install = ['-m', 'uv', 'pip', 'install', '--native-tls', '--quiet', '--compile-bytecode', '--python', target];
  run(python, [...install, ...packages], 'uv', { env: uvEnvironment(python) });
}

/**
 * A virtual environment of its own for what only a benchmark needs, after everything else is set up.
 *
 * @returns the packages of `requirements` that could not be installed, none as a rule
 */
export async function setupVenv(folder, requirements) {
  await setup();
  const missing = [];
  await lockedOrExit(() => {
    const { command, version } = findPython();
    const packages = read(requirements)
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
    stamped(folder, digest(...packages, version, root), () => {
      say(`installing ${packages.join(', ')}`);
      const python = createVenv(command, folder);
      try {
        uvInstall(python, packages);
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        missing.push(...packages.filter((name) => !installable(python, name)));
        if (missing.length > 0) say(`could not be installed: ${missing.join(', ')}`);
      }
    });
  });
  // Without its stamp the folder is set up again the next time.
  if (missing.length > 0) rmSync(join(root, folder, '.assay-setup'), { force: true });
  return missing;
}

function installable(python, name) {
  try {
    uvInstall(python, [name]);
    return true;
  } catch (error) {
    if (error instanceof SetupError) return false;
    throw error;
  }
}

/** Two set-ups of one folder at a time would overwrite each other: the second waits. */
async function locked(work) {
  const lock = join(root, '.assay', 'setup.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(lock, 'utf8'));
      if (!isAlive(holder)) rmSync(lock, { force: true });
      else if (!told) say(`waiting for another set-up (process ${holder})`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

export async function setup() {
  await lockedOrExit(() => {
    installNodePackages();
    installPythonPackages();
  });
}

async function lockedOrExit(work) {
  try {
    await locked(work);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(70);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setup();
