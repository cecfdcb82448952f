import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ChurnMarket, churnDataset, churnExtract } from './generate';

export const DEFAULT_ROWS = 8000;
export const DEFAULT_SEED = 7;

/** Writes train.csv and holdout.csv of the churn example; the same rows and seed give the same bytes. */
export function writeChurnDataset(folder: string, rows: number = DEFAULT_ROWS, seed: number = DEFAULT_SEED): void {
  const { train, holdout } = churnDataset(rows, seed);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.csv'), train);
  writeFileSync(join(folder, 'holdout.csv'), holdout);
}

/** Writes one CSV with all customers, as it lands; the same rows, seed and market give the same bytes. */
export function writeChurnExtract(file: string, rows: number, seed: number, market: ChurnMarket): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, churnExtract(rows, seed, market));
}
