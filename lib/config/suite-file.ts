import { readFileSync } from 'node:fs';
import { checkExpectation } from '../core/data/compile';
import type { ExpectationConfig } from './gates';
import { EXPECTATION } from './gates/expectation-name';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What `loadSuiteFile` reads. Most suites are JSON without a fault: these need neither a reader of YAML nor of schemas, which
 * take longer to load than the suite takes to read. Whatever is in doubt goes to the reader that knows lines and columns.
 *
 * @throws ConfigurationError with every problem found: file, line and column
 */
export async function readSuiteFile(path: string): Promise<readonly ExpectationConfig[]> {
  const plain = plainSuite(path);
  if (plain !== undefined) return plain;
  const { loadSuiteFile } = await import('./suite');
  return loadSuiteFile(path);
}

function plainSuite(path: string): readonly ExpectationConfig[] | undefined {
  const root = plainJson(path);
  const listed = isFields(root) ? root.expectations : root;
  if (!Array.isArray(listed)) return undefined;
  const expectations = listed.map(plainEntry).filter((one) => one !== undefined);
  const faultless = expectations.length === listed.length && expectations.every((one) => isFaultless(one));
  return faultless ? expectations : undefined;
}

/** Undefined for what cannot be read, is no JSON, or has a key twice, of which `JSON.parse` would keep the last in silence. */
function plainJson(path: string): unknown {
  try {
    const text = readFileSync(path, 'utf8');
    const value: unknown = JSON.parse(text);
    return writtenKeys(text) === keptKeys(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param text of valid JSON, in which a colon behind a string makes that a key */
function writtenKeys(text: string): number {
  let keys = 0;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?/g)) if (token.endsWith(':')) keys += 1;
  return keys;
}

function keptKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, child) => sum + keptKeys(child), own);
}

/** An entry in the long form, without what Great Expectations notes beside it; undefined for any other. */
function plainEntry(entry: unknown): ExpectationConfig | undefined {
  if (!isFields(entry) || 'expectation_type' in entry) return undefined;
  const { type, kwargs = {}, on } = entry;
  if (typeof type !== 'string' || !EXPECTATION.test(type) || !isFields(kwargs)) return undefined;
  if (on === undefined) return { type, kwargs };
  return on === 'train' || on === 'holdout' ? { type, kwargs, on } : undefined;
}

const isFaultless = (expectation: ExpectationConfig): boolean => checkExpectation(expectation, []).length === 0;

/** Of kwargs, the schema drops a key of this name. */
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, '__proto__');
