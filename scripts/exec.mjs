import { spawn } from 'node:child_process';
import { root } from './setup.mjs';

/** Runs Node with these arguments in the project's folder and ends as it ends. */
export function execNode(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  // A terminal sends Ctrl-C to the child as well; this process only has to outlive it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 70) : 130));
  });
}
