import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { churnDataset } from './generate';

export const DEFAULT_ROWS = 8000;
export const DEFAULT_SEED = 7;

/** Writes train.csv and holdout.csv of the churn example; the same rows and seed give the same bytes. */
export function writeChurnDataset(folder: string, rows: number = DEFAULT_ROWS, seed: number = DEFAULT_SEED): void {
  const { train, holdout } = churnDataset(rows, seed);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.csv'), train);
  writeFileSync(join(folder, 'holdout.csv'), holdout);
}
