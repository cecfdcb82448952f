import type { ColumnCounts } from '../drift/column';
import type { DriftConfig } from '../drift/config';
import { judgeDrift } from '../drift/judge';
import { isRecord } from '../report/detail';
import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';

/** Whether live traffic still looks like the data of its release. */
export type DriftOutcome = 'drifted' | 'stable' | 'inconclusive';

/** The population stability index of one feature. */
export interface FeatureDrift {
  readonly name: string;
  readonly psi: number;
  /** What 95 % of samples of these sizes without drift stay below. */
  readonly null95: number;
  readonly drifted: boolean;
}

export interface Judged {
  readonly outcome: DriftOutcome;
  /** One sentence. */
  readonly reason: string;
  readonly checks: readonly Check[];
  readonly features: readonly FeatureDrift[];
}

/**
 * Judges a window by the rule of the drift gate: a column has drifted when a statistic with a threshold lies above it and
 * samples of these sizes do not reach that by chance (Holm over the columns).
 *
 * @param rows of the window; a column with fewer of its own, such as a prediction that answers lack, holds nothing up, and
 * nor does one with too few in the baseline, which no larger window would change
 */
export function judgeTraffic(columns: readonly ColumnCounts[], rows: number, config: DriftConfig): Judged {
  const checks = judgeDrift(columns, config);
  const features = checks.flatMap(featureOf);
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  if (failed.length > 0) return { outcome: 'drifted', reason: reasonOf(failed), checks, features };
  if (rows < config.minRows || checks.length === 0) {
    const found = `${plural(rows, 'captured row')}; ${formatNumber(config.minRows)} are needed`;
    return { outcome: 'inconclusive', reason: checks.length === 0 ? 'no column is watched' : found, checks, features };
  }
  const hasEnough = ({ rows: found }: ColumnCounts) => Math.min(found.current, found.reference) >= config.minRows;
  const enough = new Set(columns.filter(hasEnough).map(({ name }) => name));
  const undecided = checks.filter(({ verdict }) => verdict === 'inconclusive');
  const open = undecided.length === checks.length ? checks : undecided.filter(({ id }) => enough.has(columnOf(id)));
  if (open.length > 0) return { outcome: 'inconclusive', reason: reasonOf(open), checks, features };
  const steady = `${plural(checks.length - undecided.length, 'column')} of ${plural(rows, 'row')} look like the data of the release`;
  return { outcome: 'stable', reason: steady, checks, features };
}

const columnOf = (id: string): string => id.slice(id.indexOf('.') + 1);

/** The worst column first, and how many others there are. */
function reasonOf(checks: readonly Check[]): string {
  const psi = (check: Check) => featureOf(check)[0]?.psi ?? 0;
  const [worst, ...others] = [...checks].sort((a, b) => psi(b) - psi(a));
  const rest = others.length === 0 ? '' : `; and ${plural(others.length, 'more column')}`;
  return `${worst?.reason ?? ''}${rest}`;
}

function featureOf({ id, verdict, evidence }: Check): readonly FeatureDrift[] {
  const statistics = Array.isArray(evidence?.statistics) ? evidence.statistics.filter(isRecord) : [];
  const found = statistics.find(({ name }) => name === 'psi');
  if (typeof found?.estimate !== 'number') return [];
  const null95 = typeof found.null95 === 'number' ? found.null95 : 0;
  return [{ name: columnOf(id), psi: found.estimate, null95, drifted: verdict === 'fail' }];
}
