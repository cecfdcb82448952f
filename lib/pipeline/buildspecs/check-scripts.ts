import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../shared/assay-function';

const CALL = /^bash (scripts\/checks\/(\w+)\.sh)/;

/** Variable with the folder that the scripts are written into. */
const FOLDER = 'ASSAY_CHECKS';

/**
 * Commands that call the scripts of `scripts/checks`, for a repository that has none: each script becomes a file outside the
 * source. CodeBuild gives each command a shell of its own and carries nothing over but folder and exported variables, so that
 * a function would be gone.
 *
 * @returns a command that writes the files, to be run first, and the commands that call them
 */
export function inlineChecks(commands: readonly string[]): { readonly define: string; readonly calls: string[] } {
  const scripts = new Map<string, string>();
  const calls = commands.map((command) => {
    const [, path, name] = CALL.exec(command) ?? [];
    if (path === undefined || name === undefined) return command;
    scripts.set(name, readFileSync(join(PROJECT_ROOT, path), 'utf8'));
    return command.replace(CALL, `bash "$${FOLDER}/${name}.sh"`);
  });
  const files = [...scripts].map(([name, text]) => `printf '%s' ${quoted(text)} >"$${FOLDER}/${name}.sh"`);
  return { define: [`export ${FOLDER}="$(mktemp -d)"`, ...files].join('\n'), calls };
}

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
