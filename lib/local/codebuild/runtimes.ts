import { execFileSync } from 'node:child_process';
import { which } from './tools';

/** Command of a runtime that a buildspec can ask for, and how it tells its version. */
const RUNTIMES: Readonly<Record<string, readonly [command: string, flag: string]>> = {
  nodejs: ['node', '--version'],
  python: ['python3', '--version'],
  java: ['java', '-version'],
  golang: ['go', 'version'],
  ruby: ['ruby', '--version'],
  php: ['php', '--version'],
  dotnet: ['dotnet', '--version'],
};

/**
 * One log line for each runtime asked for: this machine's version is used, whichever it is. Throws if the machine does
 * not have the runtime at all, or if CodeBuild knows none of that name.
 */
export function checkRuntimes(asked: Readonly<Record<string, string>>, path: string): string[] {
  return Object.entries(asked).map(([name, version]) => {
    const runtime = RUNTIMES[name];
    if (runtime === undefined) {
      throw new Error(`runtime-versions: unknown runtime "${name}"; known are ${Object.keys(RUNTIMES).join(', ')}`);
    }
    const command = which(runtime[0], path);
    if (command === undefined) {
      throw new Error(
        `runtime-versions: ${name} ${version} is asked for, but this machine has no ${runtime[0]} on its PATH`,
      );
    }
    const found = execFileSync(command, [runtime[1]], { encoding: 'utf8', timeout: 20_000 }).trim().split('\n')[0];
    return `Runtime ${name}: ${version} is asked for, this machine's ${found ?? 'version'} is used`;
  });
}
