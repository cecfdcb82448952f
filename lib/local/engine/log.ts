import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The engine's own log, `<stateDir>/logs/engine.log`: one line with its time for each thing worth knowing afterwards. */
export function engineLog(stateDir: string): (line: string) => void {
  const folder = join(stateDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'engine.log');
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
}
