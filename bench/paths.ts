import { join } from 'node:path';

/** This project's folder. */
export const PROJECT = join(__dirname, '..');
/** Everything that the benchmark makes; ignored by Git. */
export const WORK = join(PROJECT, '.assay', 'bench');
export const DATA = join(WORK, 'data');
/** The bundled command line, as the pipeline's builds run it. */
export const CLI = join(WORK, 'cli', 'assay.js');
export const SUITE = join(PROJECT, 'bench', 'data', 'suite.json');
const VENV = join(WORK, 'venv');
export const PYTHON = process.platform === 'win32' ? join(VENV, 'Scripts', 'python.exe') : join(VENV, 'bin', 'python');
export const rival = (file: string): string => join(PROJECT, 'bench', 'rivals', file);
