import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExpectation } from '../core/data/compile';
import { explain } from './explain';
import { type ExpectationConfig, type Gates, gatesSchema } from './gates';
import { flattenUnions } from './gates/unions';
import { ConfigurationError, type Problem } from './problem';
import { keysOf } from './schema-keys';
import { loadSuite } from './suite';
import { YamlDocument } from './yaml-document';

export const GATES_FILE = 'gates.yaml';

export interface LoadedGates {
  /** Defaults filled in; expectations of a referenced suite are part of `data.expectations`. */
  readonly gates: Gates;
  readonly path: string;
  /** The workload folder: what `dataset.path` is relative to. */
  readonly folder: string;
  /** Hexadecimal SHA-256 of the file's bytes. */
  readonly sha256: string;
}

const allowedKeys = keysOf(gatesSchema);

/**
 * Reads `gates.yaml` of a workload folder.
 *
 * @throws ConfigurationError with every problem found: file, line, column, value and what is allowed
 */
export function loadGates(folder: string): LoadedGates {
  return loadGatesFile(join(folder, GATES_FILE), folder);
}

/** As loadGates, for a file that lies or is called otherwise. */
export function loadGatesFile(path: string, folder: string): LoadedGates {
  const bytes = readText(path);
  const gates = parseGates(bytes.toString('utf8'), path, folder);
  return { gates, path, folder, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function readText(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing
      ? `there is no such file; a workload folder holds ${GATES_FILE} (\`assay init\` writes a first one)`
      : `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new ConfigurationError([{ where: path, message }]);
  }
}

/** @param folder where a referenced suite is looked for */
export function parseGates(text: string, name: string, folder: string): Gates {
  const document = new YamlDocument(name, text);
  const parsed = gatesSchema.safeParse(document.value, { reportInput: true });
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => flattenUnions(issue, document.value));
    throw new ConfigurationError(
      issues
        .flatMap((issue) => explain(issue, (path) => document.find(path), allowedKeys))
        .map(({ path, atKey, message }) => ({ where: document.where(path, atKey), message })),
    );
  }
  const gates = parsed.data;
  const suite = gates.data.suite === undefined ? [] : loadSuite(folder, gates.data.suite);
  const problems: Problem[] = [
    ...gates.data.expectations.flatMap((expectation, index) =>
      expectationProblems(expectation, gates, document.where(['data', 'expectations', index])),
    ),
    ...suite.flatMap(({ expectation, where }) => expectationProblems(expectation, gates, where)),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const expectations = [...gates.data.expectations, ...suite.map(({ expectation }) => expectation)];
  return { ...gates, data: { ...gates.data, expectations } };
}

function expectationProblems(expectation: ExpectationConfig, gates: Gates, where: string): readonly Problem[] {
  const columns = Object.entries(gates.dataset.columns).map(([name, type]) => ({ name, type }));
  return checkExpectation(expectation, columns).map((message) => ({ where, message }));
}
