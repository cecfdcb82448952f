import type { Command } from 'commander';
import { EXIT, explainError } from './exit';
import { buildProgram } from './program';

/**
 * Runs the command line: every error is one line on standard error, or one per problem of a configuration.
 *
 * @param args without node and script
 * @param register adds commands that the build stages of a pipeline do not have
 * @returns the exit code
 */
export async function main(
  args: readonly string[],
  version: string,
  register: (program: Command) => void = () => undefined,
): Promise<number> {
  process.exitCode = undefined;
  try {
    const program = await buildProgram(version, args);
    register(program);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.pass);
  } catch (error) {
    const { code, message } = explainError(error);
    if (code === EXIT.pass) return code;
    for (const line of message.split('\n')) process.stderr.write(`assay: ${line}\n`);
    if (process.env.ASSAY_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return code;
  }
}
