import type { PreflightCheck } from '../../core/rollout/preflight';
import { type CanaryPace, type Durations, describeSeconds, type RolloutTimes } from '../../core/rollout/timing';
import type { Verdict } from '../../core/verdict';
import { textTable } from './table';

/** What `assay plan --json` prints. */
export interface PlanDocument {
  readonly schema: 'assay.plan/1';
  readonly verdict: Verdict;
  readonly endpointName: string;
  readonly pace: CanaryPace;
  readonly times: RolloutTimes;
  /** What the times are made of, with the source of each number. */
  readonly durations: Durations;
  readonly checks: readonly PreflightCheck[];
}

const MARKS: Readonly<Record<Verdict, string>> = { pass: '✔', fail: '✘', inconclusive: '?' };

const TITLES: Readonly<Record<keyof RolloutTimes, string>> = {
  promote: 'promote',
  promoteAtMost: 'promote, at most',
  rollBackAtMost: 'roll back by itself, at most',
  rollBackWarm: 'roll back by hand, warm',
  rollBackCold: 'roll back by hand, cold',
};

/** The plan for a person: steps, times with their sums, checks. */
export function planText({ endpointName, pace, times, durations, checks, verdict }: PlanDocument): string {
  const steps = pace.steps.map((step) => `${step} %`).join(' → ');
  const spans = Object.entries(times).map(([name, { seconds, formula }]) => [
    TITLES[name as keyof RolloutTimes],
    describeSeconds(seconds),
    formula,
  ]);
  const sources = Object.entries(durations).map(([name, { seconds, basis }]) => [name, `${seconds} s`, basis]);
  const counted = checks.filter((check) => check.verdict !== 'pass').length;
  return [
    `${endpointName}: ${steps}, each baked ${describeSeconds(pace.bakeSeconds)} to ${describeSeconds(pace.maxBakeSeconds)}, judged every ${describeSeconds(pace.judgeEverySeconds)}`,
    '',
    ...textTable([['TO', 'TAKES', 'WHICH IS'], ...spans]),
    '',
    ...textTable([['WHERE', 'IS', 'BECAUSE'], ...sources]),
    '',
    ...checks.map(({ id, verdict: found, reason }) => `  ${MARKS[found]} ${id.padEnd(15)} ${reason}`),
    '',
    `${verdict.toUpperCase()}: ${counted === 0 ? 'nothing stands in the way of a rollout' : `${counted} of ${checks.length} checks did not pass`}`,
    '',
  ].join('\n');
}
