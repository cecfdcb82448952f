import type { RolloutStatus } from '../../core/rollout/status';
import { describeSeconds } from '../../core/rollout/timing';
import { textTable } from './table';

/** What a person reads: who serves, what was released, what runs, and how going back would go. */
export function statusText(status: RolloutStatus): string {
  const { endpoint, variants, releases, rollbacks } = status;
  const why = endpoint.failureReason === undefined ? '' : ` (${endpoint.failureReason})`;
  const lines = [`${endpoint.name}: ${endpoint.status === 'none' ? 'no endpoint yet' : endpoint.status}${why}`];
  if (variants.length > 0) lines.push('', ...textTable(variantRows(variants)));
  if (releases.length > 0) lines.push('', ...textTable(releaseRows(releases)));
  lines.push('', `running:  ${runningLine(status)}`, `rollback: ${rollbackLine(status)}`);
  for (const { at, from, to = 'nothing', seconds, kind, by, reason } of rollbacks) {
    const took = seconds === undefined ? '' : ` in ${seconds} s`;
    lines.push(`  ${minute(at)}  ${from} → ${to}${took}, ${kind}, by ${by}: ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}

function variantRows(variants: RolloutStatus['variants']): readonly (readonly string[])[] {
  const rows = variants.map(({ name, release = '?', share, instances }) => [
    name,
    release,
    `${Number(share.toFixed(1))} %`,
    String(instances),
  ]);
  return [['VARIANT', 'RELEASE', 'TRAFFIC', 'INSTANCES'], ...rows];
}

function releaseRows(releases: RolloutStatus['releases']): readonly (readonly string[])[] {
  const rows = releases.map(({ releaseId, state, commit, dataset, promotedAt }) => [
    releaseId,
    state,
    commit.slice(0, 12),
    dataset,
    minute(promotedAt),
  ]);
  return [['RELEASE', 'STATE', 'COMMIT', 'DATA', 'PROMOTED'], ...rows];
}

function runningLine({ running }: RolloutStatus): string {
  if (running === undefined) return 'nothing';
  const { action, runId, phase, state, since } = running;
  const where = phase === 'unknown' ? (state ?? 'in an unknown state') : phase;
  return `${action} of run ${runId}, ${where}, since ${minute(since)}`;
}

function rollbackLine({ rollback }: RolloutStatus): string {
  if (!rollback.possible) return `not possible: ${rollback.reason}`;
  const { temperature, to, seconds, basis, after } = rollback;
  const late = after === undefined ? '' : `, once that is over: ${after}`;
  return `${temperature}, to release ${to}, in about ${describeSeconds(seconds)} (${basis})${late}`;
}

/** `2026-01-02T03:04:05.678Z` → `2026-01-02 03:04Z`. */
const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')}Z`;
