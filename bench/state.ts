import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Scale } from './options';
import { CLI, PROJECT, WORK } from './paths';
import type { RowResult } from './types';

/**
 * Finished rows of a benchmark that was interrupted. They count only for the same command line, rivals and sizes; the
 * row that was being measured starts again, so that both its sides always come from one session.
 */
export class State {
  private readonly file = join(WORK, 'state.jsonl');
  private readonly key: string;

  constructor(scale: Scale) {
    const sources = filesBelow(join(PROJECT, 'bench')).map((path) => readFileSync(path, 'utf8'));
    this.key = createHash('sha256')
      .update(JSON.stringify([scale, existsSync(CLI) ? readFileSync(CLI, 'utf8') : '', ...sources]))
      .digest('hex');
  }

  /** Rows that an interrupted run finished, by id. */
  finished(): ReadonlyMap<string, RowResult> {
    if (!existsSync(this.file)) return new Map();
    const entries = readFileSync(this.file, 'utf8')
      .split('\n')
      .flatMap((line) => parse(line))
      .filter(({ key }) => key === this.key);
    return new Map(entries.map(({ result }) => [result.id, result]));
  }

  keep(result: RowResult): void {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify({ key: this.key, result })}\n`);
  }

  clear(): void {
    rmSync(this.file, { force: true });
  }
}

/** A line that was cut off by a kill is no entry. */
function parse(line: string): readonly { key: string; result: RowResult }[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
