import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExpectation } from '../core/data/compile';
import type { ExpectationConfig } from './gates';
import { expectationEntry } from './gates/expectations';
import { ConfigurationError, type Problem } from './problem';
import { YamlDocument } from './yaml-document';

export interface SuiteEntry {
  readonly expectation: ExpectationConfig;
  /** `suite.json:12:5` */
  readonly where: string;
}

/** The expectations of a suite file that `gates.yaml` names; they apply to train and holdout. */
export function loadSuite(folder: string, path: string): readonly SuiteEntry[] {
  return readSuite(join(folder, path), path);
}

/**
 * A suite that stands alone, every expectation checked as far as that is possible without the data. `readSuiteFile` answers
 * sooner.
 *
 * @throws ConfigurationError with every problem found: file, line and column
 */
export function loadSuiteFile(path: string): readonly ExpectationConfig[] {
  const entries = readSuite(path, path);
  const problems = entries.flatMap(({ expectation, where }) =>
    checkExpectation(expectation, []).map((message): Problem => ({ where, message })),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  return entries.map(({ expectation }) => expectation);
}

/**
 * Great Expectations 1.x suites as they are (JSON, and so YAML), or a list of expectations in YAML, long or short.
 *
 * @param name of the file in messages
 */
function readSuite(path: string, name: string): readonly SuiteEntry[] {
  const document = new YamlDocument(name, textOf(path, name));
  const root = document.value;
  const below = Array.isArray(root) ? [] : ['expectations'];
  const listed = document.find(below);
  if (!Array.isArray(listed)) {
    const message = 'is no suite: it is a list of expectations, or a mapping with the list "expectations"';
    throw new ConfigurationError([{ where: document.where([]), message }]);
  }
  const read = listed.map((entry: unknown, index) => readEntry(entry, document.where([...below, index])));
  const problems = read.flatMap((one) => ('message' in one ? [one] : []));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return read.flatMap((one) => ('expectation' in one ? [one] : []));
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing ? 'there is no such file (a suite of expectations)' : `cannot be read: ${String(error)}`;
    throw new ConfigurationError([{ where: name, message }]);
  }
}

function readEntry(entry: unknown, where: string): SuiteEntry | Problem {
  if (typeof entry === 'object' && entry !== null && 'expectation_type' in entry) {
    const message = 'is a Great Expectations 0.x suite ("expectation_type"); 1.x suites name the expectation in "type"';
    return { where, message };
  }
  const parsed = expectationEntry.safeParse(withoutNotes(entry));
  if (parsed.success) return { where, expectation: parsed.data };
  const words = parsed.error.issues.map(({ message }) => message).join('; ');
  return { where, message: `is no expectation: it has "type" and "kwargs", or is {expect_…: {…}} (${words})` };
}

/** What Great Expectations keeps beside type and arguments is theirs: ids, notes, severities, rendered texts. */
function withoutNotes(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('type' in entry)) return entry;
  const { type, kwargs, on } = entry as { type: unknown; kwargs?: unknown; on?: unknown };
  return { type, ...(kwargs === undefined ? {} : { kwargs }), ...(on === undefined ? {} : { on }) };
}
