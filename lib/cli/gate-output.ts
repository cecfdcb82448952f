import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { renderHtml } from '../core/report/html';
import { renderJunit } from '../core/report/junit';
import type { Report } from '../core/report/report';
import { type ReportName, reportKey } from '../pipeline/contract';
import { UsageError } from '../release/environment';
import type { RunFolder } from '../release/run-folder';
import { exitCodeOf } from './exit';

/** Options that every gate has. */
export interface GateOutputOptions {
  readonly json?: boolean;
  readonly junit?: string;
  readonly html?: string;
}

export function addGateOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print the report as JSON on standard output')
    .option('--junit <file>', 'write the checks as JUnit XML')
    .option('--html <file>', 'write the report as one HTML page');
}

/**
 * Prints the verdict first, then the reason of each check that did not pass; writes the files asked for and, inside a
 * run, `reports/<name>.json`, `.html` and `.xml`.
 *
 * @returns the exit code: 0 pass, 1 fail, 2 inconclusive
 */
export async function concludeGate(
  report: Report,
  options: GateOutputOptions,
  run?: { readonly folder: RunFolder; readonly name: ReportName },
): Promise<number> {
  if (options.junit !== undefined) writeTo(options.junit, renderJunit(report));
  if (options.html !== undefined) writeTo(options.html, renderHtml(report));
  if (run !== undefined) await uploadReport(report, run.folder, run.name);
  process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${summarize(report)}\n`);
  return exitCodeOf(report.verdict);
}

export async function uploadReport(report: Report, folder: RunFolder, name: ReportName): Promise<void> {
  await folder.write(reportKey(name, 'html'), renderHtml(report));
  await folder.write(reportKey(name, 'xml'), renderJunit(report));
  // Last, because later stages take the JSON as the sign that the report is there.
  await folder.writeJson(reportKey(name), report);
}

/** The report for a terminal or a build log. */
export function summarize(report: Report): string {
  const failing = report.checks.filter((check) => check.verdict !== 'pass');
  const passed = report.checks.length - failing.length;
  return [
    `${report.gate} gate: ${report.verdict.toUpperCase()}: ${report.reason}`,
    ...failing.map((check) => `  ${check.verdict === 'fail' ? '✗' : '?'} ${check.id}: ${check.reason}`),
    `  ${passed} of ${report.checks.length} checks passed`,
  ].join('\n');
}

/**
 * Writes a file that the user asked for, with the folders above it.
 *
 * @throws UsageError when that cannot be
 */
export function writeTo(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}: cannot be written: ${why}`, { cause: error });
  }
}
