import { join } from 'node:path';
import { type LocalEngine, startEngine } from '../../local/engine';
import type { StateLock } from '../../local/engine/lock';
import { LocalProcessHost } from '../../local/engine/process-host';
import type { SessionOptions } from './session';
import { synthesize } from './synth';

/** Synthesizes the app and starts the engine on it, all within the claim of the state folder. */
export async function startAll(
  options: SessionOptions,
  lock: StateLock,
  onFault: (error: Error) => void,
): Promise<LocalEngine> {
  const { root, workload, stateDir, display, signal, timeScale, approvals } = options;
  const assembly = join(stateDir, 'cdk.out');
  await display.task('synthesize the app', async () => {
    const processes = new LocalProcessHost();
    try {
      await synthesize({ root, output: assembly, environment: workload.environment, processes, signal });
    } finally {
      await processes.close();
    }
  });
  const venv = join(root, '.venv');
  return display.task('start the engine', () =>
    startEngine({ assembly, stateDir, venv, timeScale, approvals, lock, signal, onFault }),
  );
}
