import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { checkExpectation } from '../core/data/compile';
import type { Column } from '../core/data/table';
import { explain } from './explain';
import { COLUMN_TYPES, expectationEntry, type Gates, gatesSchema } from './gates';
import { flattenUnions } from './gates/unions';
import { ConfigurationError, type Problem } from './problem';
import { keysOf } from './schema-keys';
import { loadSuite, type SuiteEntry } from './suite';
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
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? `there is no such file; a workload folder holds ${GATES_FILE} (\`assay init\` writes a first one)`
      : `cannot be read: ${String(error)}`;
    throw new ConfigurationError([{ where: path, message }]);
  }
}

/** @param folder where a referenced suite is looked for */
export function parseGates(text: string, name: string, folder: string): Gates {
  const document = new YamlDocument(name, text);
  const parsed = gatesSchema.safeParse(document.value, { reportInput: true });
  const suite = document.find(['data', 'suite']);
  const fromSuite = typeof suite === 'string' ? loadSuite(folder, suite) : [];
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, document)),
    ...expectationProblems(document, fromSuite),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(inOrder(problems));
  const expectations = [...parsed.data.data.expectations, ...fromSuite.map(({ expectation }) => expectation)];
  return { ...parsed.data, data: { ...parsed.data.data, expectations } };
}

/** As they stand in the file, from top to bottom. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const line = ({ where }: Problem) => Number(/:(\d+):\d+$/.exec(where)?.[1] ?? Number.MAX_SAFE_INTEGER);
  return [...problems].sort((a, b) => line(a) - line(b));
}

function schemaProblems(issues: readonly z.core.$ZodIssue[], document: YamlDocument): readonly Problem[] {
  return issues
    .flatMap((issue) => flattenUnions(issue, document.value))
    .flatMap((issue) => explain(issue, (path) => document.find(path), allowedKeys))
    .map(({ path, atKey, message }) => ({ where: document.where(path, atKey), message }));
}

/** Arguments against the declared columns. Reads the document itself, because other parts of it may be wrong. */
function expectationProblems(document: YamlDocument, suite: readonly SuiteEntry[]): readonly Problem[] {
  const columns = declaredColumns(document.find(['dataset', 'columns']));
  const listed = document.find(['data', 'expectations']);
  const own = (Array.isArray(listed) ? listed : []).flatMap((entry: unknown, index) => {
    const parsed = expectationEntry.safeParse(entry);
    const where = document.where(['data', 'expectations', index]);
    return parsed.success ? [{ expectation: parsed.data, where }] : [];
  });
  // A column of a wrong type is told there, and once.
  const isTyped = ({ expectation: { kwargs } }: SuiteEntry) =>
    columns.some(({ name }) => name === kwargs.column) ||
    document.find(['dataset', 'columns', String(kwargs.column)]) === undefined;
  return [...own, ...suite]
    .filter(isTyped)
    .flatMap(({ expectation, where }) => checkExpectation(expectation, columns).map((message) => ({ where, message })));
}

function declaredColumns(value: unknown): readonly Column[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, type]) => {
    const known = COLUMN_TYPES.find((candidate) => candidate === type);
    return known === undefined ? [] : [{ name, type: known }];
  });
}
