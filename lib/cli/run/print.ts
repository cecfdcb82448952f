import type { RunStage, RunSummary } from '../../core/report/run';
import type { Trigger } from '../../core/retraining/trigger';
import type { CallerSummary } from '../../core/rollout/callers';
import { seconds } from './display';
import type { RunResult } from './session';

const MARKS: Readonly<Record<string, string>> = { Succeeded: '✔', Failed: '✘' };

/** The end of a run in the terminal: stages with their times, the endpoint, a request with its answer, the report. */
export function printResult({ summary, reportFile }: RunResult): string {
  const lines = ['', ...summary.stages.map(stageLine), '', ...triggerLines(summary.trigger)];
  lines.push(`${summary.outcome.toUpperCase()}: ${summary.reason}`);
  const promotion = summary.reports.flatMap(({ checks }) => checks).find(({ id }) => id.startsWith('promotion.'));
  if (promotion !== undefined) lines.push(`champion: ${promotion.reason}`);
  if (summary.rollout?.rollbackSeconds !== undefined) {
    lines.push(`rollback took ${summary.rollout.rollbackSeconds.toFixed(1)} s; ${summary.rollout.live} serves 100 %`);
  }
  if (summary.measuredRollback !== undefined) {
    const { seconds: all, evidenceAt, decidedAt } = summary.measuredRollback;
    const waited = (Date.parse(decidedAt) - Date.parse(evidenceAt)) / 1000;
    lines.push(
      `from the first evidence that sufficed to ${summary.rollout?.live} at 100 %: ${all.toFixed(1)} s, ${waited.toFixed(1)} s of them until the judge looked`,
    );
  }
  if (summary.callers !== undefined) lines.push(callersLine(summary.callers));
  lines.push(...endpointLines(summary));
  lines.push(`report: ${reportFile}`, '');
  return lines.join('\n');
}

/** Why the run was started, and what else it answers. */
const triggerLines = ({ kind, reason, also = [] }: Trigger): readonly string[] => [
  kind === 'push' ? reason : `started by ${kind}: ${reason}`,
  ...also.map((other) => `  also ${other.kind}: ${other.reason}`),
];

/** Who was answered, and whose fault it was where not. */
function callersLine({ sent, requestsPerSecond, variants, failedByModel, lost, firstLost }: CallerSummary): string {
  const shares = variants.map(({ name, requests }) => `${sum(requests)} by ${name}`);
  const failed = Object.entries(failedByModel).map(([variant, count]) => `${count} failed in the model of ${variant}`);
  const gone = lost === 0 ? 'none lost' : `${lost} LOST (${firstLost})`;
  const told = [`answered ${shares.join(', ') || 'by nobody'}`, ...failed, gone];
  return `callers meanwhile: ${sent} requests, ${requestsPerSecond} a second: ${told.join('; ')}`;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function stageLine({ name, status, seconds: duration, actions }: RunStage): string {
  const mark = MARKS[status] ?? '·';
  const time = duration === undefined ? status.padStart(8) : seconds(duration * 1000);
  const last = actions.at(-1)?.summary?.split('\n')[0] ?? '';
  return `  ${mark} ${name.padEnd(12)} ${time}  ${last.slice(0, 110)}`.trimEnd();
}

function endpointLines({ endpoint, sample }: RunSummary): readonly string[] {
  if (endpoint === undefined) return ['endpoint: none'];
  const total = endpoint.variants.reduce((sum, variant) => sum + variant.weight, 0);
  const variants = endpoint.variants.map(({ name, weight, modelPackageArn }) => {
    const share = total === 0 ? 0 : (100 * weight) / total;
    const release = modelPackageArn?.split('/').slice(-2).join(' ');
    return `${name} ${share.toFixed(0)} %${release === undefined ? '' : ` (${release})`}`;
  });
  const lines = [`endpoint: ${endpoint.name} — ${variants.join(', ')}`];
  if (sample !== undefined) lines.push(`  request: ${sample.request}`, `  answer:  ${sample.response}`);
  return lines;
}
