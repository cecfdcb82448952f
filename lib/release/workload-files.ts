import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Gates } from '../config/gates';
import { INFERENCE_SCRIPT } from '../training/contract';
import { UsageError } from './environment';

/** What training, serving and the tests' environment are made from. */
const REQUIREMENTS = 'requirements.txt';

/**
 * Refuses a workload folder without the files that its containers are started with, before anything is spent on it.
 *
 * @throws UsageError that names all of them
 */
export function requireWorkloadFiles(folder: string, { training }: Pick<Gates, 'training'>): void {
  const needed: readonly (readonly [string, string])[] = [
    [training.script, 'the training script (training.script)'],
    [INFERENCE_SCRIPT, 'the serving script'],
    [REQUIREMENTS, 'the packages that both need'],
  ];
  const missing = needed.filter(([path]) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() !== true);
  if (missing.length === 0) return;
  const names = missing.map(([path, what]) => `${path}, ${what}`).join('; ');
  throw new UsageError(`the workload has no ${names}: docs/workload.md shows one of each`);
}
