import { join } from 'node:path';
import { WORK } from '../paths';

/** Comparisons that run in Node, bundled to one file each, so that they start as the gate does. */
export const NAIVE = join(WORK, 'cli', 'duckdb-suite.js');
export const RAW_READ = join(WORK, 'cli', 'raw-read.js');
