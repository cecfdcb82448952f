import { CommanderError } from 'commander';
import { ConfigurationError } from '../config/problem';
import type { Verdict } from '../core/verdict';
import { NoSuchColumn, NoSuchFile, TableError } from '../engines/table-error';
import { GoldenDataError } from '../golden-data/error';
import { UsageError } from '../release/environment';

/** Exit codes of the command line; usage and internal errors as in sysexits.h. */
export const EXIT = { pass: 0, fail: 1, inconclusive: 2, usage: 64, internal: 70 } as const;

/** Somebody ended the command; the code is that of a shell, 128 and the number of the signal. */
export class Stopped extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** What was asked for cannot or may not be done, and the reason is no mistake in how it was asked: 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const exitCodeOf = (verdict: Verdict): number => EXIT[verdict];

/** What the caller named is not there, or cannot be. */
const USAGE = [UsageError, NoSuchFile, NoSuchColumn];

/**
 * The exit code of an error, and the one line that tells it (several when a configuration has several problems).
 * Golden data and tables that do not hold are findings, not usage: 1.
 */
export function explainError(error: unknown): { readonly code: number; readonly message: string } {
  if (error instanceof CommanderError) {
    if (error.code === 'commander.help') return { code: EXIT.usage, message: 'which command? --help lists them' };
    return { code: error.exitCode === 0 ? EXIT.pass : EXIT.usage, message: usage(error.message) };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Stopped) return { code: error.code, message };
  if (error instanceof ConfigurationError) return { code: EXIT.usage, message };
  if (USAGE.some((kind) => error instanceof kind)) return { code: EXIT.usage, message: oneLine(message) };
  if (error instanceof GoldenDataError || error instanceof TableError || error instanceof Refused) {
    return { code: EXIT.fail, message: oneLine(message) };
  }
  return { code: EXIT.internal, message: oneLine(message === '' ? 'unknown error' : message) };
}

/** Commander writes `error: unknown command 'goldn'` and the suggestion in a line of its own. */
const usage = (message: string): string => oneLine(message.replace(/^error: /, '').replace('(Did you', '(did you'));

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();
