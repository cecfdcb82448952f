import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EngineContext } from '../engine/ports';
import { baseDirectory, isYes } from './artifacts';
import type { Buildspec, ReportSpec } from './buildspec';
import { findFiles } from './glob';
import { PhaseError } from './phases';
import { type CodeCoverage, parseCobertura, parseJunit, type TestCase } from './report-formats';

/** A report as BatchGetReports shows it, with its test cases; `created` in epoch seconds. */
export interface ReportRecord {
  readonly arn: string;
  readonly type: 'TEST' | 'CODE_COVERAGE';
  readonly name: string;
  readonly reportGroupArn: string;
  readonly executionId: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'INCOMPLETE';
  readonly created: number;
  readonly testSummary?: {
    readonly total: number;
    readonly statusCounts: Readonly<Record<string, number>>;
    readonly durationInNanoSeconds: number;
  };
  readonly codeCoverageSummary?: CodeCoverage;
  readonly testCases: readonly TestCase[];
}

/** Name of a report group in a buildspec: an ARN names an existing group, anything else `<project>-<name>`. */
export function reportGroupName(project: string, key: string): string {
  return key.startsWith('arn:') ? key.slice(key.lastIndexOf('/') + 1) : `${project}-${key}`;
}

/**
 * Reads the reports a build wrote. Rejects with PhaseError if files are missing or unreadable: a report that is asked for
 * and not there is missing evidence.
 */
export function collectReports(
  context: EngineContext,
  build: { readonly project: string; readonly arn: string; readonly sourceDir: string },
  spec: Buildspec,
): { readonly reports: ReportRecord[]; readonly problems: string[] } {
  const reports: ReportRecord[] = [];
  const problems: string[] = [];
  for (const [key, definition] of Object.entries(spec.reports)) {
    const group = reportGroupName(build.project, key);
    try {
      reports.push(readReport(context, build, group, definition));
    } catch (error) {
      problems.push(`[${group}: ${error instanceof Error ? error.message : String(error)}]`);
    }
  }
  return { reports, problems };
}

function readReport(
  context: EngineContext,
  build: { readonly arn: string; readonly sourceDir: string },
  group: string,
  definition: ReportSpec,
): ReportRecord {
  const folder = baseDirectory(build.sourceDir, definition['base-directory']);
  const paths = findFiles(folder, definition.files);
  if (paths.length === 0) {
    throw new PhaseError('CLIENT_ERROR', `no report files found for ${definition.files.join(', ')}`);
  }
  const id = randomUUID();
  const arn = `arn:${context.partition}:codebuild:${context.region}:${context.account}`;
  const base = {
    arn: `${arn}:report/${group}:${id}`,
    name: id,
    reportGroupArn: `${arn}:report-group/${group}`,
    executionId: build.arn,
    created: Date.now() / 1000,
  };
  const files = paths.map((path) => ({
    shown: isYes(definition['discard-paths']) ? basename(path) : path,
    text: readFileSync(join(folder, path), 'utf8'),
  }));
  if (definition['file-format'] === 'COBERTURAXML') {
    const only = files[0];
    if (only === undefined || files.length > 1) throw new Error('a coverage report is one file');
    const codeCoverageSummary = parseCobertura(only.text, only.shown);
    return { ...base, type: 'CODE_COVERAGE', status: 'SUCCEEDED', codeCoverageSummary, testCases: [] };
  }
  const testCases = files.flatMap((file) => parseJunit(file.text, file.shown));
  return { ...base, type: 'TEST', ...summarise(testCases), testCases };
}

function summarise(cases: readonly TestCase[]): Pick<ReportRecord, 'status' | 'testSummary'> {
  const statusCounts: Record<string, number> = { SUCCEEDED: 0, FAILED: 0, ERROR: 0, SKIPPED: 0, UNKNOWN: 0 };
  for (const { status } of cases) statusCounts[status] = (statusCounts[status] ?? 0) + 1;
  const durationInNanoSeconds = cases.reduce((sum, test) => sum + test.durationInNanoSeconds, 0);
  const failed = cases.some(({ status }) => status === 'FAILED' || status === 'ERROR');
  return {
    status: failed ? 'FAILED' : 'SUCCEEDED',
    testSummary: { total: cases.length, statusCounts, durationInNanoSeconds },
  };
}
