import { BUILD_ENV } from '../pipeline/contract';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Bad usage or configuration: one line for the person who called. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads variables of a build of the pipeline. @throws UsageError that names all that are missing */
export function buildEnvironment<Name extends keyof typeof BUILD_ENV>(
  env: Environment,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (env[BUILD_ENV[name]] ?? '') === '');
  if (missing.length > 0) {
    const list = missing.map((name) => BUILD_ENV[name]).join(', ');
    throw new UsageError(`not inside a run of the pipeline: ${list} ${missing.length === 1 ? 'is' : 'are'} not set`);
  }
  return Object.fromEntries(names.map((name) => [name, env[BUILD_ENV[name]] ?? ''])) as Record<Name, string>;
}

/** True inside a build of the pipeline. */
export const insideRun = (env: Environment): boolean => (env[BUILD_ENV.runId] ?? '') !== '';
