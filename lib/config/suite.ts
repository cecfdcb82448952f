import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ExpectationConfig } from './gates';
import { ConfigurationError } from './problem';

/** What Assay reads of a Great Expectations 1.x suite file; the rest of the file is theirs. */
const suiteSchema = z.object({
  name: z.string(),
  expectations: z.array(z.object({ type: z.string(), kwargs: z.record(z.string(), z.unknown()).default({}) })),
});

export interface SuiteEntry {
  readonly expectation: ExpectationConfig;
  /** `suite.json: expectations[3]` */
  readonly where: string;
}

/** The expectations of a suite file; they apply to train and holdout. */
export function loadSuite(folder: string, path: string): readonly SuiteEntry[] {
  const fail = (message: string): never => {
    throw new ConfigurationError([{ where: path, message }]);
  };
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(join(folder, path), 'utf8'));
  } catch (error) {
    return fail(`data.suite cannot be read: ${String(error)}`);
  }
  if (JSON.stringify(document).includes('"expectation_type"')) {
    return fail('is a Great Expectations 0.x suite ("expectation_type"); 1.x suites name the expectation in "type"');
  }
  const parsed = suiteSchema.safeParse(document);
  if (!parsed.success) {
    return fail(`is no Great Expectations 1.x suite: ${parsed.error.issues.map(sentence).join('; ')}`);
  }
  return parsed.data.expectations.map((expectation, index) => ({
    expectation,
    where: `${path}: expectations[${index}]`,
  }));
}

const sentence = (issue: { readonly path: readonly PropertyKey[]; readonly message: string }): string =>
  `${issue.path.map(String).join('.')}: ${issue.message}`;
