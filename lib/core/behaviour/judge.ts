import { formatNumber, formatPercent, plural } from '../report/format';
import type { Check } from '../report/report';
import { wilsonInterval } from '../statistics/wilson';
import { type Answer, type Decisions, type Judgeable, readAnswer, sortAnswers } from './answers';
import { type BehaviourConfig, type BehaviourTest, type ProbeRow, slugOf } from './config';
import { determinismCheck } from './determinism';
import { describeExpectation, judgeRow, type Outcome } from './expect';
import type { BehaviourPlan, Case, PlannedTest } from './plan';

/** As many rows as a reader needs to see what goes wrong. */
const SHOWN = 10;

/** What the model answered. */
export interface BehaviourAnswers {
  /** To golden rows, by key. */
  readonly base: ReadonlyMap<string, Answer>;
  /** To `probeRows(plan)`, in that order. */
  readonly probes: readonly Answer[];
}

/** A check for every behavioural test, and one for rows that were asked twice. */
export function judgeBehaviour(
  plan: BehaviourPlan,
  { base, probes }: BehaviourAnswers,
  config: BehaviourConfig,
  how: Decisions,
): readonly Check[] {
  const sorted = sortAnswers(plan, probes);
  const pairs = plan.repeats.map(({ key }, i) => ({ key, first: base.get(key), second: sorted.repeats[i] }));
  const determinism = config.determinism.rows === 0 ? [] : [determinismCheck(pairs, config.determinism.tolerance)];
  const tests = plan.tests.map((planned, i) => {
    const rows = planned.cases.map((each, j) =>
      judgeCase(each, planned.test, base.get(each.key), sorted.tests[i]?.[j] ?? [], how),
    );
    return judgeTest(planned, rows, config.confidence);
  });
  return [...tests, ...determinism];
}

type JudgedCase =
  | { readonly key: string; readonly state: 'unasked' }
  | { readonly key: string; readonly state: 'unanswered'; readonly problem: string }
  | { readonly key: string; readonly state: 'judged'; readonly outcome: Outcome; readonly shown: WorstRow };

/** One line of the evidence. */
interface WorstRow {
  readonly key: string;
  readonly changed: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

/** A row is as good as its worst variant. */
function judgeCase(
  each: Case,
  test: BehaviourTest,
  base: Answer,
  answers: readonly Answer[],
  how: Decisions,
): JudgedCase {
  const { key } = each;
  const before = readAnswer(base, test, how);
  const variants: readonly (readonly [ProbeRow, Answer])[] =
    test.perturb.length === 0 ? [[each.row, base]] : each.variants.map((row, i) => [row, answers[i]]);
  let worst: { readonly outcome: Outcome; readonly shown: WorstRow } | undefined;
  for (const [row, answer] of variants) {
    const after = readAnswer(answer, test, how);
    if (before === undefined || after === undefined) return { key, state: 'unasked' };
    if ('problem' in before) return { key, state: 'unanswered', problem: before.problem };
    if ('problem' in after)
      return { key, state: 'unanswered', problem: `${after.problem} (${changesOf(each.row, row)})` };
    const outcome = judgeRow(test, before, after);
    if (worst === undefined || isWorse(outcome, worst.outcome))
      worst = { outcome, shown: shownRow(each, row, before, after, outcome) };
  }
  return worst === undefined ? { key, state: 'unasked' } : { key, state: 'judged', ...worst };
}

const isWorse = (a: Outcome, b: Outcome): boolean => (a.holds === b.holds ? a.excess > b.excess : b.holds);

function shownRow(
  { key, row: original }: Case,
  row: ProbeRow,
  before: Judgeable,
  after: Judgeable,
  { change }: Outcome,
): WorstRow {
  return { key, changed: changesOf(original, row), before: before.score, after: after.score, change };
}

function changesOf(before: ProbeRow, after: ProbeRow): string {
  const changed = Object.keys(after).filter((column) => before[column] !== after[column]);
  return changed.map((column) => `${column}: ${show(before[column])} → ${show(after[column])}`).join(', ');
}

const show = (value: unknown): string =>
  typeof value === 'number' ? formatNumber(value) : (JSON.stringify(value) ?? 'nothing');

function judgeTest(
  { test, matched, cases, unchanged }: PlannedTest,
  rows: readonly JudgedCase[],
  confidence: number,
): Check {
  const id = `behaviour.${slugOf(test.name)}`;
  const judged = rows.flatMap((row) => (row.state === 'judged' ? [row] : []));
  const unanswered = rows.flatMap((row) => (row.state === 'unanswered' ? [row] : []));
  const n = judged.length;
  const passed = judged.filter(({ outcome }) => outcome.holds).length;
  const interval = n === 0 ? null : wilsonInterval(passed, n, confidence);
  const broken = judged.filter(({ outcome }) => !outcome.holds).sort((a, b) => b.outcome.excess - a.outcome.excess);
  const evidence = {
    statistic: 'pass_rate',
    estimate: n === 0 ? null : passed / n,
    interval,
    confidence,
    method: 'wilson',
    n,
    threshold: test.minPassRate,
    passed,
    type: test.type,
    expected: describeExpectation(test),
    matchedRows: matched,
    unchangedRows: unchanged,
    worst: broken.slice(0, SHOWN).map(({ shown }) => shown),
    ...(unanswered.length === 0
      ? {}
      : { unanswered: unanswered.length, refused: unanswered.slice(0, SHOWN).map(told) }),
  };
  const [first] = unanswered;
  if (first !== undefined) {
    const more = unanswered.length === 1 ? '' : ` (and ${plural(unanswered.length - 1, 'more row')})`;
    return {
      id,
      verdict: 'fail',
      reason: `${test.name}: row ${first.key} has no answer: ${first.problem}${more}`,
      evidence,
    };
  }
  const thin = tooThin(test, { matched, cases: cases.length, unchanged, judged: n });
  if (thin !== undefined || interval === null) {
    return { id, verdict: 'inconclusive', reason: `${test.name}: ${thin ?? 'no row was judged'}`, evidence };
  }
  return { id, ...decide(test, passed, n, interval, confidence, broken[0]?.shown), evidence };
}

const told = ({ key, problem }: { readonly key: string; readonly problem: string }) => ({ key, problem });

interface Counts {
  readonly matched: number;
  readonly cases: number;
  readonly unchanged: number;
  readonly judged: number;
}

/** Why there is too little to judge by, or undefined. */
function tooThin(test: BehaviourTest, { matched, cases, unchanged, judged }: Counts): string | undefined {
  const where = test.where === undefined ? 'the holdout' : `where ${test.where}`;
  if (matched < test.minRows) return `${plural(matched, 'golden row')} in ${where}; ${test.minRows} are required`;
  if (cases < test.minRows) {
    return `the perturbation changes ${cases} of ${plural(cases + unchanged, 'row')}; ${test.minRows} are required`;
  }
  if (judged < cases) return `${judged} of ${plural(cases, 'row')} were asked`;
  return undefined;
}

function decide(
  test: BehaviourTest,
  passed: number,
  n: number,
  interval: readonly [number, number],
  confidence: number,
  worst: WorstRow | undefined,
): Pick<Check, 'verdict' | 'reason'> {
  const rate = passed / n;
  const [low, high] = interval;
  const found = `${test.name}: ${passed} of ${plural(n, 'row')} hold (${formatPercent(rate)}, ${formatPercent(confidence)} interval ${formatPercent(low)} to ${formatPercent(high)})`;
  const asked = `${formatPercent(test.minPassRate)} ${test.decide === 'point' ? 'is' : 'of the lower bound is'} required`;
  const value = test.decide === 'point' ? rate : low;
  if (value >= test.minPassRate) return { verdict: 'pass', reason: `${found}; ${asked}` };
  const shown = worst === undefined ? '' : `; worst: ${describeWorst(worst)}`;
  // Not one row breaks the rule, and the bound still lies below: there are too few rows to tell.
  if (passed === n) return { verdict: 'inconclusive', reason: `${found}; ${asked}: more rows are needed` };
  return { verdict: 'fail', reason: `${found}; ${asked}${shown}` };
}

function describeWorst({ key, changed, before, after, change }: WorstRow): string {
  if (changed === '') return `row ${key} is answered ${formatNumber(after)}`;
  return `row ${key}, ${changed}, moves from ${formatNumber(before)} to ${formatNumber(after)} (${change > 0 ? '+' : ''}${formatNumber(change)})`;
}
