import { knownRange } from '../kernels/memo';
import { didYouMean } from '../nearest';
import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';
import type { Verdict } from '../verdict';
import type { Predictions } from './columns';
import type { ModelGateConfig, SanityConfig, Task } from './config';
import type { AnswerTally, HoldoutTally, NeverPositive, Tally } from './input';

/** As many examples as a reader needs to find the rest. */
const EXAMPLES = 10;

/** The holdout itself: rows, each with a key of its own and a label. */
export function checkHoldout({ rows, keyless, repeated, unlabelled, neverPositive }: HoldoutTally): Check {
  const id = 'sanity.holdout';
  if (rows === 0) return { id, verdict: 'inconclusive', reason: 'the golden holdout has no rows', evidence: { n: 0 } };
  if (neverPositive !== undefined) return { id, ...tellNeverPositive(neverPositive), evidence: { n: rows } };
  const problems = [
    ...(keyless > 0 ? [`${plural(keyless, 'row')} without a key`] : []),
    ...tell(repeated, (count) => `${plural(count, 'key')} on several rows`),
    ...tell(unlabelled, (count) => `${plural(count, 'row')} without a usable label`),
  ];
  const reason =
    problems.length === 0
      ? `the golden holdout has ${plural(rows, 'row')}, each with a key of its own and a label`
      : `the golden holdout has ${problems.join(', ')}; predictions cannot be matched to labels`;
  return { id, verdict: problems.length === 0 ? 'pass' : 'fail', reason, evidence: { n: rows } };
}

/**
 * Without this a `positive` that is spelt otherwise than the data ("yes" for "Yes") would make every row negative. One other
 * value may as well be a holdout of one class, which is no evidence.
 */
function tellNeverPositive({ positive, labels }: NeverPositive): Pick<Check, 'verdict' | 'reason'> {
  const names = labels.map(({ value }) => value);
  const hint = didYouMean(positive, names);
  const found = labels.map(({ value, rows }) => `${JSON.stringify(value)} (${plural(rows, 'row')})`).join(', ');
  return {
    verdict: labels.length > 1 || hint !== '' ? 'fail' : 'inconclusive',
    reason: `no label is ${JSON.stringify(positive)}, the positive value${hint}; found ${found}`,
  };
}

/** Whether every golden row is answered by a finite number, and alike where it is answered twice. */
export function checkAnswers(holdout: HoldoutTally, tally: AnswerTally, config: SanityConfig): readonly Check[] {
  const complete = checkComplete(holdout.rows, tally);
  const deterministic = checkDeterministic(tally, config);
  if (complete.verdict !== 'pass') return [complete, ...deterministic];
  const { count } = tally.invalid;
  const reason =
    count === 0
      ? 'every score is a finite number'
      : `${plural(count, 'score')} of ${formatNumber(holdout.rows)} ${count === 1 ? 'is' : 'are'} no finite number (${list(tally.invalid)})`;
  return [complete, ...deterministic, check('finite', count === 0, reason, holdout.rows)];
}

function checkComplete(rows: number, { answers, missing, unknown }: AnswerTally): Check {
  const problems = [
    ...tell(missing, (count) => `${plural(count, 'row')} without an answer`),
    ...tell(unknown, (count) => `${plural(count, 'answer')} for no row of the holdout`),
  ];
  const reason =
    problems.length === 0
      ? `every one of ${plural(rows, 'golden row')} is answered`
      : `of ${plural(rows, 'golden row')} and ${plural(answers, 'answer')}: ${problems.join(', ')}`;
  return check('complete', problems.length === 0, reason, rows);
}

/** Rows that were answered twice say whether the model answers one row always alike. */
function checkDeterministic({ repeated, differing }: AnswerTally, config: SanityConfig): readonly Check[] {
  const { tolerance } = config;
  if (repeated.count === 0) {
    if (config.repeated === 'when-present') return [];
    const reason = 'no row was answered twice, so nothing says whether one row is always answered alike';
    return [{ id: 'sanity.deterministic', verdict: 'inconclusive', reason, evidence: { n: 0 } }];
  }
  const within = tolerance === 0 ? '' : ` within ${formatNumber(tolerance)}`;
  const asked = plural(repeated.count, 'row');
  const reason =
    differing.count === 0
      ? `${asked} answered more than once, each time alike${within}`
      : `of ${asked} answered more than once, ${formatNumber(differing.count)} got different answers (${list(differing)}): one row is always answered alike${within}`;
  return [check('deterministic', differing.count === 0, reason, repeated.count, { tolerance })];
}

/** What the scores themselves tell. */
export function checkScores(predictions: Predictions, task: Task, config: SanityConfig): readonly Check[] {
  return [
    ...(config.probability && task !== 'regression' ? [checkProbability(predictions, task)] : []),
    ...(config.varies ? [checkVaries(predictions)] : []),
  ];
}

/** Rows of class probabilities sum to 1 up to the rounding of single precision and of a few printed decimals. */
const SUM_TOLERANCE = 1e-3;

function checkProbability({ columns }: Predictions, task: Task): Check {
  const rows = columns[0]?.length ?? 0;
  let [outside, first] = [0, Number.NaN];
  for (const column of columns) {
    const range = knownRange(column);
    if (range !== undefined && range.min >= 0 && range.max <= 1) continue;
    for (let row = 0; row < rows; row += 1) {
      const score = column[row] as number;
      if (score >= 0 && score <= 1) continue;
      if (outside === 0) first = score;
      outside += 1;
    }
  }
  const what =
    task === 'binary' ? 'a binary score is the probability of the positive class' : 'class probabilities do not';
  if (outside > 0) {
    const reason = `${plural(outside, 'score')} of ${formatNumber(rows * columns.length)} ${outside === 1 ? 'lies' : 'lie'} outside 0 to 1 (the first: ${formatNumber(first)}); ${what}`;
    return check('probability', false, reason, rows);
  }
  if (columns.length < 2) return check('probability', true, 'every score is a probability between 0 and 1', rows);
  const { count, sum } = sumsOff(columns, rows);
  const reason =
    count === 0
      ? 'the probabilities of the classes lie between 0 and 1 and sum to 1 in every row'
      : `the probabilities of the classes do not sum to 1 in ${plural(count, 'row')} of ${formatNumber(rows)} (the first: ${formatNumber(sum)})`;
  return check('probability', count === 0, reason, rows);
}

function sumsOff(columns: Predictions['columns'], rows: number): { readonly count: number; readonly sum: number } {
  let [count, first] = [0, Number.NaN];
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (const column of columns) sum += column[row] as number;
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    if (count === 0) first = sum;
    count += 1;
  }
  return { count, sum: first };
}

function checkVaries({ columns }: Predictions): Check {
  const rows = columns[0]?.length ?? 0;
  const varies = columns.some((column) => column.some((score) => score !== column[0]));
  const answer = columns.map((column) => formatNumber(column[0] ?? Number.NaN)).join(', ');
  const reason = varies
    ? 'scores differ between rows'
    : `the model answers ${answer} for every row: it has learnt nothing or does not see its features`;
  return check('varies', varies, reason, rows);
}

/** Whether the holdout still says something new: every choice made on it fits the next model a little more to its rows. */
export function checkBudget(
  uses: number | { readonly unknown: string } | undefined,
  { budget, exceeded }: ModelGateConfig['holdout'],
): readonly Check[] {
  if (budget === undefined) return [];
  const id = 'sanity.holdout_budget';
  if (typeof uses !== 'number') {
    const why = uses === undefined ? 'nothing counts them here' : uses.unknown;
    return [{ id, verdict: 'inconclusive', reason: `how often the holdout was used is not known: ${why}` }];
  }
  const evidence = { statistic: 'holdout_uses', estimate: uses, threshold: budget, max: budget };
  const times = uses === 1 ? 'once' : `${formatNumber(uses)} times`;
  if (uses <= budget) {
    return [
      { id, verdict: 'pass', reason: `the holdout was used ${times}; the budget is ${formatNumber(budget)}`, evidence },
    ];
  }
  const reason = `the holdout was used ${times}, more than its budget of ${formatNumber(budget)}: models are chosen for its rows by now, so its figures flatter; pin a new version of the golden data`;
  return [{ id, verdict: exceeded, reason, evidence }];
}

function check(id: string, holds: boolean, reason: string, n: number, more: object = {}): Check {
  const verdict: Verdict = holds ? 'pass' : 'fail';
  return { id: `sanity.${id}`, verdict, reason, evidence: { n, ...more } };
}

const tell = (tally: Tally, words: (count: number) => string): readonly string[] =>
  tally.count === 0 ? [] : [`${words(tally.count)} (${list(tally)})`];

function list({ count, examples }: Tally): string {
  const shown = examples.slice(0, EXAMPLES).join(', ');
  return count > Math.min(examples.length, EXAMPLES) ? `${shown}, …` : shown;
}
