import type { BehaviourTest } from './config';
import type { BehaviourPlan } from './plan';

/**
 * What the model said about one row: one number (probability of the positive class, or value), or the probability of
 * every class; or why there is no answer. Undefined where the row was not asked.
 */
export type Answer = { readonly scores: readonly number[] } | { readonly problem: string } | undefined;

/** How answers become scores and decisions. */
export interface Decisions {
  readonly task: 'binary' | 'multiclass' | 'regression';
  /** Score at or above which a row counts as positive (binary). */
  readonly threshold: number;
  /** Labels: `[other, positive]` (binary), all classes in the order of their probabilities (multiclass), none (regression). */
  readonly classes: readonly string[];
}

/** A usable answer of one row. */
export interface Judgeable {
  readonly score: number;
  /** Label decided for; the score itself for regression. */
  readonly decision: string;
}

/** The score and decision of an answer in the eyes of a test, or why there are none. */
export function readAnswer(
  answer: Answer,
  test: Pick<BehaviourTest, 'class'>,
  how: Decisions,
): Judgeable | { readonly problem: string } | undefined {
  if (answer === undefined || 'problem' in answer) return answer;
  const { scores } = answer;
  const broken = scores.find((score) => !Number.isFinite(score));
  if (broken !== undefined || scores.length === 0)
    return { problem: `the answer holds ${broken ?? 'nothing'}; finite numbers are required` };
  if (how.task === 'multiclass') return readClasses(scores, test, how);
  const [score = Number.NaN] = scores;
  if (how.task === 'regression') return { score, decision: String(score) };
  const [negative = 'negative', positive = 'positive'] = how.classes;
  return { score, decision: score >= how.threshold ? positive : negative };
}

function readClasses(
  scores: readonly number[],
  test: Pick<BehaviourTest, 'class'>,
  { classes }: Decisions,
): Judgeable | { readonly problem: string } {
  if (scores.length !== classes.length) {
    return {
      problem: `the answer has ${scores.length} probabilities; the label has ${classes.length} classes (${classes.join(', ')})`,
    };
  }
  const best = scores.indexOf(Math.max(...scores));
  const wanted = test.class === undefined ? best : classes.indexOf(String(test.class));
  return { score: scores[wanted] ?? Number.NaN, decision: classes[best] ?? '' };
}

/** Answers sorted to what was asked. */
export interface SortedAnswers {
  readonly repeats: readonly Answer[];
  /** By test, by case, by variant. */
  readonly tests: readonly (readonly (readonly Answer[])[])[];
}

/** Takes the answers to `probeRows(plan)` apart again; missing ones at the end are undefined. */
export function sortAnswers(plan: BehaviourPlan, answers: readonly Answer[]): SortedAnswers {
  let next = 0;
  const take = (): Answer => {
    const answer = answers[next];
    next += 1;
    return answer;
  };
  const repeats = plan.repeats.map(take);
  const tests = plan.tests.map(({ cases }) => cases.map(({ variants }) => variants.map(take)));
  return { repeats, tests };
}
