import type { PhaseSpec } from './buildspec';

const DEFAULT_RETRIES = 3;

/** What a phase does when it failed: `DEFAULT` follows CodeBuild's transitions. */
export type OnFailure =
  | { readonly kind: 'DEFAULT' | 'ABORT' | 'CONTINUE' }
  | { readonly kind: 'RETRY'; readonly count: number; readonly pattern: RegExp };

/** Parses `ABORT | CONTINUE | RETRY | RETRY-<count> | RETRY-<regex> | RETRY-<count>-<regex>`. */
export function parseOnFailure(text: PhaseSpec['on-failure']): OnFailure {
  if (text === 'DEFAULT' || text === 'ABORT' || text === 'CONTINUE') return { kind: text };
  const match = /^RETRY(?:-(\d+))?(?:-(.+))?$/.exec(text);
  const count = Number(match?.[1] ?? DEFAULT_RETRIES);
  if (match === null || count > 100) throw new Error(`on-failure ${text}: the count must be 0–100.`);
  return { kind: 'RETRY', count, pattern: new RegExp(match[2] ?? '.*', 's') };
}
