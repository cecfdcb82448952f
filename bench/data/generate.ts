import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { BenchError } from '../options';
import { DATA } from '../paths';
import type { Table } from './tables';

/** Bytes of a generated row at most, over all tables: for the check of free space alone. */
const BYTES_PER_ROW = 60;

/**
 * Writes the files that are not there yet. A file appears under its name when it is complete, with the digest of its
 * query beside it, so an interrupted run leaves nothing that looks finished and a changed query writes the file anew.
 */
export async function generate(tables: readonly Table[], rows: (table: Table) => number): Promise<void> {
  mkdirSync(DATA, { recursive: true });
  const missing = tables.filter((table) => !isWritten(table));
  if (missing.length === 0) return;
  checkSpace(missing.reduce((sum, table) => sum + rows(table) * BYTES_PER_ROW, 0));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const table of missing) {
      const started = Date.now();
      const part = `${table.path}.part`;
      rmSync(part, { force: true });
      const options = table.format === 'parquet' ? 'FORMAT parquet, COMPRESSION snappy' : 'FORMAT csv, HEADER';
      await connection.run(`COPY (${table.select}) TO '${part.replaceAll("'", "''")}' (${options})`);
      renameSync(part, table.path);
      writeFileSync(stamp(table), digest(table));
      const size = (statSync(table.path).size / 1e6).toFixed(0);
      process.stderr.write(
        `bench: ${basename(table.path)}, ${size} MB (${Math.round((Date.now() - started) / 1000)} s)\n`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function checkSpace(bytes: number): void {
  const { bavail, bsize } = statfsSync(DATA);
  const free = bavail * bsize;
  // Twice: rivals and the gates spill to the same disk.
  if (free < 2 * bytes) {
    throw new BenchError(`${DATA}: ${gigabytes(free)} are free, ${gigabytes(2 * bytes)} are needed for the data`);
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
const stamp = (table: Table): string => `${table.path}.sha256`;
const digest = (table: Table): string => createHash('sha256').update(table.select).digest('hex');
const isWritten = (table: Table): boolean =>
  existsSync(table.path) && existsSync(stamp(table)) && readFileSync(stamp(table), 'utf8') === digest(table);
