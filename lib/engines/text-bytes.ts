import { statSync } from 'node:fs';

/** Text files up to this size become a table in memory; larger ones are parsed once. */
export const IN_MEMORY_BYTES = 48 * 1024 ** 2;

/** Bytes of text in files; of packed ones a guess. */
export const textBytes = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + bytesOf(file) * (/\.(gz|zst)$/.test(file) ? 6 : 1), 0);

const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
