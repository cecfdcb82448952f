import type { Judged } from '../../lib/core/monitoring/outcome';
import type { TrafficCounts } from '../../lib/core/monitoring/traffic';
import type { Window } from '../../lib/core/monitoring/window';
import { buildReport } from '../../lib/core/report/build';
import { formatNumber, plural } from '../../lib/core/report/format';
import type { Check, ReleaseIdentity, Report } from '../../lib/core/report/report';
import type { Measured } from './measure-traffic';

/** The report of a check: every column, and what the captures were like. */
export function driftReport(
  judged: Pick<Judged, 'checks' | 'reason'>,
  read: { readonly measured: Measured; readonly window: Window; readonly at: Date },
  release: ReleaseIdentity,
): Report {
  const checks = [...judged.checks, capturesCheck(read.measured)];
  return { ...buildReport({ gate: 'drift', release, checks }, read.at), reason: judged.reason };
}

/** How much was read, and what could not be used; the words never hold what customers sent. */
function capturesCheck({ traffic, files, bytes, every }: Measured): Check {
  const found = traffic.found();
  const unusable = unusableOf(found);
  const sampled =
    every === 1 ? '' : `; one file in ${every} was read, for the window holds ${formatNumber(bytes)} bytes`;
  const trouble = unusable === 0 ? '' : `; ${formatNumber(unusable)} could not be used`;
  return {
    id: 'captures.readable',
    verdict: found.requests === 0 ? 'inconclusive' : 'pass',
    reason: `${plural(found.requests, 'request')} with ${plural(found.rows, 'row')} in ${plural(files, 'file')}${trouble}${sampled}`,
    evidence: { n: found.rows, files, bytes, every, ...found },
  };
}

/** Lines and answers that could not be used. */
export const unusableOf = ({ troubles }: TrafficCounts): number => troubles.reduce((sum, { count }) => sum + count, 0);
