import { execFile } from 'node:child_process';

export interface GitOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const MAX_OUTPUT = 512 * 1024 * 1024;

/** Variables that would point Git at another repository than the one asked for, e.g. inside a hook. */
const CLEARED = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** Runs Git and answers its output. Rejects with Git's own last line, or with advice if Git is not installed. */
export function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of CLEARED) delete env[name];
  Object.assign(env, { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, options.env);
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      args,
      { cwd: options.cwd, env, encoding: 'buffer', maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (error.code === 'ENOENT') {
          return reject(
            new Error(
              'Git was not found on this machine’s PATH. Install Git: the pipeline takes its source from a repository.',
            ),
          );
        }
        const lines = stderr.toString().trim().split('\n');
        return reject(
          new Error(
            `git ${args.find((arg) => !arg.startsWith('-')) ?? ''} in ${options.cwd}: ${lines.at(-1) || error.message}`,
          ),
        );
      },
    );
  });
}

/** Output as trimmed text. */
export const gitText = async (args: readonly string[], options: GitOptions): Promise<string> =>
  (await git(args, options)).toString().trim();

/** Output as trimmed text, or undefined if Git says no. Git itself missing is still an error. */
export async function gitTry(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  try {
    return await gitText(args, options);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Git was not found')) throw error;
    return undefined;
  }
}
