import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';
import type { Verdict } from '../verdict';
import type { Task } from './config';
import type { HoldoutRow, Prediction } from './input';

/** As many examples as a reader needs to find the rest. */
const EXAMPLES = 10;

/** The holdout itself: rows, each with a key of its own and a label. */
export function checkHoldout(rows: readonly HoldoutRow[]): Check {
  const id = 'sanity.holdout';
  if (rows.length === 0)
    return { id, verdict: 'inconclusive', reason: 'the golden holdout has no rows', evidence: { n: 0 } };
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { key } of rows) {
    if (key !== null && seen.has(key)) repeated.add(key);
    else if (key !== null) seen.add(key);
  }
  const keyless = rows.filter((row) => row.key === null).length;
  const unlabelled = rows.filter((row) => row.target === null || !Number.isFinite(row.target));
  const problems = [
    ...(keyless > 0 ? [`${plural(keyless, 'row')} without a key`] : []),
    ...(repeated.size > 0 ? [`${plural(repeated.size, 'key')} on several rows (${list([...repeated])})`] : []),
    ...(unlabelled.length > 0
      ? [
          `${plural(unlabelled.length, 'row')} without a usable label (${list(unlabelled.map(({ key }) => key ?? 'no key'))})`,
        ]
      : []),
  ];
  return {
    id,
    verdict: problems.length === 0 ? 'pass' : 'fail',
    reason:
      problems.length === 0
        ? `the golden holdout has ${plural(rows.length, 'row')}, each with a key of its own and a label`
        : `the golden holdout has ${problems.join(', ')}; predictions cannot be matched to labels`,
    evidence: { n: rows.length },
  };
}

/** Predictions matched to the holdout, with the checks that say whether they can be judged. */
export interface Answers {
  readonly checks: readonly Check[];
  /** In the order of the holdout. Absent unless every row has exactly one finite score. */
  readonly scores?: Float64Array;
}

/** @param rows a holdout that passed checkHoldout */
export function checkAnswers(rows: readonly HoldoutRow[], predictions: readonly Prediction[], task: Task): Answers {
  const complete = checkComplete(rows, predictions);
  if (complete.verdict !== 'pass') return { checks: [complete] };
  const byKey = new Map(predictions.map(({ key, score }) => [key, score]));
  const finite = checkFinite(rows, byKey);
  if (finite.verdict !== 'pass') return { checks: [complete, finite] };
  const scores = Float64Array.from(rows, ({ key }) => Number(byKey.get(key)));
  const keys = rows.map(({ key }) => key ?? '');
  const probability = task === 'binary' ? [checkProbability(keys, scores)] : [];
  return { checks: [complete, finite, ...probability, checkVaries(scores)], scores };
}

function checkComplete(rows: readonly HoldoutRow[], predictions: readonly Prediction[]): Check {
  const counts = new Map<string, number>(rows.map(({ key }) => [key ?? '', 0]));
  const unknown: string[] = [];
  for (const { key } of predictions) {
    const count = key === null ? undefined : counts.get(key);
    if (key === null || count === undefined) unknown.push(key ?? 'no key');
    else counts.set(key, count + 1);
  }
  const missing = [...counts].filter(([, count]) => count === 0).map(([key]) => key);
  const repeated = [...counts].filter(([, count]) => count > 1).map(([key]) => key);
  const problems = [
    ...(missing.length > 0 ? [`${plural(missing.length, 'row')} without an answer (${list(missing)})`] : []),
    ...(repeated.length > 0 ? [`${plural(repeated.length, 'row')} answered more than once (${list(repeated)})`] : []),
    ...(unknown.length > 0 ? [`${plural(unknown.length, 'answer')} for no row of the holdout (${list(unknown)})`] : []),
  ];
  const reason =
    problems.length === 0
      ? `every one of ${plural(rows.length, 'golden row')} is answered exactly once`
      : `of ${plural(rows.length, 'golden row')} and ${plural(predictions.length, 'answer')}: ${problems.join(', ')}`;
  return check('complete', problems.length === 0, reason, rows.length);
}

function checkFinite(rows: readonly HoldoutRow[], scores: ReadonlyMap<string | null, unknown>): Check {
  const wrong = rows.flatMap(({ key }) => {
    const score = scores.get(key);
    return typeof score === 'number' && Number.isFinite(score) ? [] : [`${key}: ${show(score)}`];
  });
  const reason =
    wrong.length === 0
      ? 'every score is a finite number'
      : `${plural(wrong.length, 'score')} of ${formatNumber(rows.length)} ${wrong.length === 1 ? 'is' : 'are'} no finite number (${list(wrong)})`;
  return check('finite', wrong.length === 0, reason, rows.length);
}

function checkProbability(keys: readonly string[], scores: Float64Array): Check {
  const wrong = keys.flatMap((key, row) => {
    const score = scores[row] ?? Number.NaN;
    return score >= 0 && score <= 1 ? [] : [`${key}: ${formatNumber(score)}`];
  });
  const reason =
    wrong.length === 0
      ? 'every score is a probability between 0 and 1'
      : `${plural(wrong.length, 'score')} of ${formatNumber(keys.length)} ${wrong.length === 1 ? 'lies' : 'lie'} outside 0 to 1 (${list(wrong)}); a binary score is the probability of the positive class`;
  return check('probability', wrong.length === 0, reason, keys.length);
}

function checkVaries(scores: Float64Array): Check {
  const first = scores[0] ?? Number.NaN;
  const varies = scores.some((score) => score !== first);
  const reason = varies
    ? 'scores differ between rows'
    : `the model answers ${formatNumber(first)} for every row: it has learnt nothing or does not see its features`;
  return check('varies', varies, reason, scores.length);
}

function check(id: string, holds: boolean, reason: string, n: number): Check {
  const verdict: Verdict = holds ? 'pass' : 'fail';
  return { id: `sanity.${id}`, verdict, reason, evidence: { n } };
}

function list(items: readonly string[]): string {
  return items.length > EXAMPLES ? `${items.slice(0, EXAMPLES).join(', ')}, …` : items.join(', ');
}

const show = (score: unknown): string =>
  (score === undefined ? 'missing' : (JSON.stringify(score) ?? String(score))).slice(0, 40);
