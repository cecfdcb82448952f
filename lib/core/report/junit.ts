import { escapeMarkup } from './escape';
import type { Check, Report } from './report';

/**
 * JUnit XML for CodeBuild report groups: one test case for each check, its reason as the failure's message.
 * `inconclusive` is a failure of that type, because JUnit knows nothing between a pass and a failure.
 */
export function renderJunit(report: Report): string {
  const cases = junitChecks(report);
  const failures = cases.filter((check) => check.verdict !== 'pass').length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  // JUnit's time stamps carry no zone; ours are UTC.
  const timestamp = escapeMarkup(report.createdAt.replace(/(\.\d+)?Z$/, ''));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="assay" ${counts}>`,
    `  <testsuite name="assay gate ${escapeMarkup(report.gate)}" ${counts} skipped="0" timestamp="${timestamp}">`,
    ...cases.map((check) => testCase(report, check)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** A gate that did not pass although no check says so (no checks at all, say) must not look green in the test report. */
function junitChecks(report: Report): readonly Check[] {
  const explained = report.checks.some((check) => check.verdict !== 'pass');
  if (report.verdict === 'pass' || explained) return report.checks;
  return [...report.checks, { id: 'gate', verdict: report.verdict, reason: report.reason }];
}

function testCase(report: Report, check: Check): string {
  const open = `    <testcase classname="${escapeMarkup(report.gate)}" name="${escapeMarkup(check.id)}" time="0"`;
  if (check.verdict === 'pass') return `${open}/>`;
  const type = check.verdict === 'fail' ? 'failure' : 'inconclusive';
  const detail = check.evidence === undefined ? '' : `\n${JSON.stringify(check.evidence)}`;
  return [
    `${open}>`,
    `      <failure type="${type}" message="${escapeMarkup(check.reason)}">${escapeMarkup(check.reason + detail)}</failure>`,
    '    </testcase>',
  ].join('\n');
}
