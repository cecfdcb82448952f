import { chmodSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Prints one SHA-256 over the named files, as the helper of CodeBuild's cache keys does. */
const HASH_FILES = `#!/usr/bin/env node
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const hash = createHash('sha256');
for (const file of process.argv.slice(2)) hash.update(readFileSync(file));
console.log(hash.digest('hex'));
`;

/**
 * The pipeline's command line brings native files for the build image alone (linux, x64). Another machine uses those of
 * this project; nowhere else may a build see packages that it would lack on AWS.
 */
const NATIVE_PACKAGES =
  `${process.platform}-${process.arch}` === 'linux-x64'
    ? ''
    : `env NODE_PATH="${join(__dirname, '..', '..', '..', 'node_modules')}" `;

/** The first file called `name` on a PATH, or undefined. */
export function which(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(existsSync);
}

/** The machine's PATH without the folders that npm adds for its own scripts: a build image does not have them. */
export const machinePath = (path: string): string =>
  path
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin$|node-gyp-bin$/.test(folder))
    .join(delimiter);

/**
 * Writes the folder that comes first on a build's PATH and offers what the CodeBuild images offer: Python, pip and the
 * AWS CLI of the engine's virtual environment, Node and npm of the Node that runs the engine, `codebuild-hash-files`.
 * Wrappers and not links, because Python finds its environment by the path it is started with.
 */
export function writeTools(folder: string, venv: string, path: string): string {
  mkdirSync(folder, { recursive: true });
  const python = join(venv, 'bin', 'python');
  for (const name of ['python', 'python3']) wrap(folder, name, `"${python}"`);
  for (const name of ['pip', 'pip3']) wrap(folder, name, `"${python}" -m pip`);
  wrap(folder, 'aws', `"${join(venv, 'bin', 'aws')}"`);
  wrap(folder, 'node', `${NATIVE_PACKAGES}"${process.execPath}"`);
  for (const name of ['npm', 'npx']) {
    const beside = join(dirname(process.execPath), name);
    const script = existsSync(beside) ? beside : which(name, path);
    if (script !== undefined) wrap(folder, name, `"${process.execPath}" "${realpathSync(script)}"`);
  }
  executable(join(folder, 'codebuild-hash-files'), HASH_FILES);
  return folder;
}

const wrap = (folder: string, name: string, command: string): void =>
  executable(join(folder, name), `#!/bin/sh\nexec ${command} "$@"\n`);

function executable(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
