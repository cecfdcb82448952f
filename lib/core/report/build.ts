import { combineVerdicts } from '../verdict';
import { type Check, REPORT_SCHEMA, type Report } from './report';

/** A report from its checks; its reason is the first failing check's, then the first inconclusive one's. */
export function buildReport(report: Pick<Report, 'gate' | 'release' | 'checks'>, now: Date): Report {
  const verdict = combineVerdicts(report.checks.map((check) => check.verdict));
  const deciding = report.checks.filter((check) => check.verdict === verdict);
  return {
    schema: REPORT_SCHEMA,
    gate: report.gate,
    verdict,
    reason: reasonOf(verdict, deciding, report.checks.length),
    release: report.release,
    checks: report.checks,
    createdAt: now.toISOString(),
  };
}

function reasonOf(verdict: Report['verdict'], deciding: readonly Check[], count: number): string {
  if (verdict === 'pass') return `all ${count} checks passed`;
  const [first, ...others] = deciding;
  if (first === undefined) return 'nothing was checked';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${first.reason}${more}`;
}
