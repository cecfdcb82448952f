import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The engine's own log, `<stateDir>/logs/engine.log`: one line with its time for each thing worth knowing afterwards.
 * Logging never throws: a full disk must be told by the work that needs it, not end the engine in an error handler.
 */
export function engineLog(stateDir: string): (line: string) => void {
  const folder = join(stateDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'engine.log');
  return (line) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // There is nowhere left to tell it.
    }
  };
}
