import { descendants, parseXml, type XmlElement } from '../engine/xml';

export type TestStatus = 'SUCCEEDED' | 'FAILED' | 'ERROR' | 'SKIPPED';

/** A test case as DescribeTestCases shows it. */
export interface TestCase {
  readonly testRawDataPath: string;
  readonly prefix: string;
  readonly name: string;
  readonly status: TestStatus;
  readonly durationInNanoSeconds: number;
  /** Failure text, at most 5,000 characters. */
  readonly message: string;
}

export interface CodeCoverage {
  readonly lineCoveragePercentage: number;
  readonly linesCovered: number;
  readonly linesMissed: number;
  readonly branchCoveragePercentage: number;
  readonly branchesCovered: number;
  readonly branchesMissed: number;
}

const MESSAGE_LIMIT = 5000;
const NAME_LIMIT = 1000;
const OUTCOMES: Readonly<Record<string, TestStatus>> = { failure: 'FAILED', error: 'ERROR', skipped: 'SKIPPED' };

/** Test cases of a JUnit document (`testsuites` or `testsuite` at the root). Throws on anything else. */
export function parseJunit(text: string, path: string): TestCase[] {
  const root = parseXml(text);
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw new Error(`${path} is not JUnit XML: its root element is ${root.name}`);
  }
  return descendants(root, 'testcase').map((test) => {
    const outcome = test.children.find((child) => child.name in OUTCOMES);
    return {
      testRawDataPath: path,
      prefix: test.attributes.classname ?? '',
      name: (test.attributes.name ?? '').slice(0, NAME_LIMIT),
      status: OUTCOMES[outcome?.name ?? ''] ?? 'SUCCEEDED',
      durationInNanoSeconds: Math.round(Number(test.attributes.time ?? 0) * 1e9) || 0,
      message: messageOf(outcome),
    };
  });
}

function messageOf(outcome: XmlElement | undefined): string {
  const parts = [outcome?.attributes.message, outcome?.text.trim()].filter((part) => part !== undefined && part !== '');
  return parts.join('\n').slice(0, MESSAGE_LIMIT);
}

/** Totals of a Cobertura document. Throws if it is none, or lacks its line counts. */
export function parseCobertura(text: string, path: string): CodeCoverage {
  const root = parseXml(text);
  if (root.name !== 'coverage') throw new Error(`${path} is not Cobertura XML: its root element is ${root.name}`);
  const lines = counts(root, 'lines', path);
  const branches = counts(root, 'branches', path);
  return {
    lineCoveragePercentage: percentage(lines),
    linesCovered: lines.covered,
    linesMissed: lines.valid - lines.covered,
    branchCoveragePercentage: percentage(branches),
    branchesCovered: branches.covered,
    branchesMissed: branches.valid - branches.covered,
  };
}

function counts(root: XmlElement, what: 'lines' | 'branches', path: string) {
  const read = (name: string): number => {
    const value = Number(root.attributes[name] ?? Number.NaN);
    if (!Number.isInteger(value) || value < 0) throw new Error(`${path}: attribute ${name} is missing or no count`);
    return value;
  };
  return { covered: read(`${what}-covered`), valid: read(`${what}-valid`) };
}

/** Nothing to cover counts as covered. */
const percentage = ({ covered, valid }: { readonly covered: number; readonly valid: number }): number =>
  valid === 0 ? 100 : (covered / valid) * 100;
