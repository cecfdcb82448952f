import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scratchFolder } from '../support/folder';
import { ROOT } from './app';

const { folder, at } = scratchFolder();
const CACHE = join(folder, '.cache/assay');

/** Notes its arguments; installs a uv that makes an empty environment, unless the file `broken` is there. */
const PYTHON = `#!/bin/sh
if [ "$1" = -c ]; then echo python-of-the-machine; exit; fi
echo "$*" >>"$HOME/pip.log"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/bin" "$2/uv"
printf '#!/bin/sh\\necho "$*" >>"$HOME/uv.log"\\nrm -rf .venv\\nmkdir -p .venv/bin\\n' >"$2/bin/uv"
chmod +x "$2/bin/uv"
if [ -e "$HOME/broken" ]; then exit 1; fi
`;

mkdirSync(at('bin'));
writeFileSync(at('bin/python3'), PYTHON, { mode: 0o755 });

const prepare = (build: string) => {
  mkdirSync(at(build), { recursive: true });
  const env = { HOME: folder, PATH: `${at('bin')}:/usr/bin:/bin`, CODEBUILD_SRC_DIR: at(build) };
  return spawnSync('bash', [join(ROOT, 'scripts/checks/tools.sh')], { env, encoding: 'utf8', timeout: 20_000 });
};
const lines = (name: string) => readFileSync(at(name), 'utf8').trim().split('\n');

test('an installer that could not be fetched whole is fetched again', () => {
  writeFileSync(at('broken'), '');
  expect(prepare('first').status).not.toBe(0);
  expect(readdirSync(CACHE)).toEqual([]);
  writeFileSync(at('pip.log'), '');
  rmSync(at('broken'));
  expect(prepare('first')).toMatchObject({ status: 0, stderr: '' });
  expect(lines('pip.log')).toHaveLength(1);
});

test('it is fetched once, and each build has an environment of its own made with it', () => {
  expect(prepare('second')).toMatchObject({ status: 0, stderr: '' });
  expect(prepare('second')).toMatchObject({ status: 0, stderr: '' });
  expect(lines('pip.log')).toHaveLength(1);
  expect(lines('uv.log')).toEqual(Array(3).fill('venv --quiet --clear --seed --python python-of-the-machine .venv'));
  expect(existsSync(at('second/reports'))).toBe(true);
  const uvs = readdirSync(CACHE);
  expect(uvs).toEqual([expect.stringMatching(/^uv-[\d.]+$/)]);
  expect(realpathSync(at('second/.venv/bin/uv'))).toBe(realpathSync(join(CACHE, uvs[0] ?? '')));
});

test('CodeBuild keeps it from build to build', () => {
  const { cache } = parse(readFileSync(join(ROOT, 'buildspec.yml'), 'utf8')) as { cache: { paths: string[] } };
  expect(cache.paths).toContain('/root/.cache/assay/**/*');
});
