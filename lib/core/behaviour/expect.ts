import type { Judgeable } from './answers';
import type { BehaviourTest } from './config';

/** Whether a row behaves, and by how much it misses. */
export interface Outcome {
  readonly holds: boolean;
  /** After minus before; 0 where nothing is compared. */
  readonly change: number;
  /** Distance to what is allowed, in units of the score; a flipped decision counts as its change. 0 when it holds. */
  readonly excess: number;
}

const held: Pick<Outcome, 'holds' | 'excess'> = { holds: true, excess: 0 };

/**
 * Judges one row by its test. Source of the three types: M. T. Ribeiro, T. Wu, C. Guestrin and S. Singh, "Beyond accuracy:
 * behavioral testing of NLP models with CheckList", ACL 2020, pp. 4902–4912, section 2.
 *
 * @param before answer to the golden row
 * @param after answer to the perturbed row; `before` itself where nothing is perturbed
 */
export function judgeRow({ type, expect }: BehaviourTest, before: Judgeable, after: Judgeable): Outcome {
  const change = after.score - before.score;
  switch (type) {
    case 'minimum-functionality':
      return { change, ...inRange(expect, after) };
    case 'invariance':
      return { change, ...unmoved(expect, before, after, change) };
    case 'directional':
      return { change, ...moved(expect, change) };
  }
}

type Expect = BehaviourTest['expect'];

function inRange({ min, max, label }: Expect, { score, decision }: Judgeable): Pick<Outcome, 'holds' | 'excess'> {
  const excess = Math.max(0, (min ?? score) - score, score - (max ?? score));
  const wrong = label !== undefined && decision !== String(label);
  return excess === 0 && !wrong ? held : { holds: false, excess };
}

function unmoved(
  { tolerance, decision }: Expect,
  before: Judgeable,
  after: Judgeable,
  change: number,
): Pick<Outcome, 'holds' | 'excess'> {
  const size = Math.abs(change);
  if (decision === 'same' && before.decision !== after.decision) return { holds: false, excess: size };
  return tolerance === undefined || size <= tolerance ? held : { holds: false, excess: size - tolerance };
}

function moved(
  { direction, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Expect,
  change: number,
): Pick<Outcome, 'holds' | 'excess'> {
  const along = direction === 'down' ? -change : change;
  const excess = Math.max(atLeast - along, along - atMost);
  return excess <= 0 ? held : { holds: false, excess };
}

/** What a test asks of a row, in words. */
export function describeExpectation({ type, expect }: BehaviourTest): string {
  if (type === 'minimum-functionality') {
    const { min, max, label } = expect;
    const range = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
    const bounds = min === undefined && max === undefined ? [] : [`a score of ${range}`];
    return [...bounds, ...(label === undefined ? [] : [`the decision ${label}`])].join(' and ');
  }
  if (type === 'invariance') {
    const { tolerance, decision } = expect;
    const within = tolerance === undefined ? [] : [`a score that moves by at most ${tolerance}`];
    return [...within, ...(decision === undefined ? [] : ['the same decision'])].join(' and ');
  }
  const { direction, atLeast = 0, atMost } = expect;
  const most = atMost === undefined ? '' : ` and at most ${atMost}`;
  return `a score that goes ${direction} by at least ${atLeast}${most}`;
}
