import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from './ports';

/** One JSON file per name in a folder; a write replaces the file in one step, so a crash leaves the old or the new one. */
export class FileStateStore implements StateStore {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** @throws Error if the document exists but is not JSON: a fresh start in its place would hide the loss. */
  read<T>(name: string): T | undefined {
    const file = this.path(name);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new Error(
        `The saved state ${file} is damaged (${(error as Error).message}). Restore it, or delete it to start afresh.`,
        {
          cause: error,
        },
      );
    }
  }

  write<T>(name: string, value: T): void {
    const file = this.path(name);
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(value, undefined, 2)}\n`);
    renameSync(temporary, file);
  }

  private path(name: string): string {
    return join(this.folder, `${encodeURIComponent(name)}.json`);
  }
}
