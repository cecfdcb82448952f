import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../shared/assay-function';

const CALL = /^bash (scripts\/checks\/(\w+)\.sh)/;

/**
 * Commands that call the scripts of `scripts/checks`, for a repository that has none: each script becomes a function of
 * the build's one shell, so that a failed command is still named in a few words.
 *
 * @returns a command that defines the functions, to be run first, and the commands that call them
 */
export function inlineChecks(commands: readonly string[]): { readonly define: string; readonly calls: string[] } {
  const scripts = new Map<string, string>();
  const calls = commands.map((command) => {
    const [, path, name] = CALL.exec(command) ?? [];
    if (path === undefined || name === undefined) return command;
    scripts.set(name, readFileSync(join(PROJECT_ROOT, path), 'utf8'));
    return command.replace(CALL, `check_${name}`);
  });
  const functions = [...scripts].map(([name, text]) => `check_${name}() { bash -c ${quoted(text)} ${name}.sh "$@"; }`);
  return { define: functions.join('\n'), calls };
}

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
