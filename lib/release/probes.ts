import type { Gates } from '../config/gates';
import { probeRows } from '../core/behaviour';
import { linesOf } from '../engines/behaviour/answers';
import { prepareBehaviour } from '../engines/behaviour/plan';
import { RUN_KEYS } from '../pipeline/contract';
import type { RunFolder } from './run-folder';

/**
 * Writes the rows of the behaviour gate beside the holdout, so that one batch transform answers both.
 *
 * @param file the holdout
 * @param input the holdout as batch transform reads it
 * @throws ConfigurationError when the condition of a test is no SQL over the golden columns
 */
export async function writeProbes(run: RunFolder, gates: Gates, file: string, input: string): Promise<void> {
  const lines = linesOf(input).filter((line) => line !== '');
  const { plan } = await prepareBehaviour(gates, { name: gates.dataset.holdout, file }, lines);
  const rows = probeRows(plan);
  if (rows.length > 0) await run.write(RUN_KEYS.probes, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
