import { type AnswerShape, type Exchange, parseAnswer } from '../serving/answer';
import { rangeProblem, skewOf, skewWords } from '../serving/score-problems';
import { type AnswerBins, emptyShift, type ShiftTally, withRow } from './predictions';

/** What came of the golden requests of a rollout so far, as JSON. */
export interface ProbeTally {
  /** The step that `stepPairs` counts in. */
  readonly step: number;
  /** Pairs of this step that reached both variants. */
  readonly stepPairs: number;
  /** Golden rows taken so far; after the last one they begin again. */
  readonly taken: number;
  /** Golden rows there are. */
  readonly rows: number;
  /** Answers of green, and those of them that broke the contract where blue's did not. */
  readonly answers: { readonly requests: number; readonly events: number };
  /** The first broken answer, one line. */
  readonly broken?: string;
  /** Answers that differ from green's own batch prediction of the row by more than the tolerance, and the first of them. */
  readonly skewed: number;
  readonly skew?: string;
  /** Rows that both answered, each once. */
  readonly shift: ShiftTally;
  readonly answersAre: AnswerBins['kind'];
  /** Why some requests of the last look did not reach a variant, one line. @default - all did */
  readonly unsent?: string;
}

/** What an answer is held against. */
export interface ProbeSpec {
  readonly shape: AnswerShape;
  readonly bins: AnswerBins;
  readonly rows: number;
  readonly skewTolerance: number;
  readonly maxPredictionShift: number;
}

/** One golden row sent to both. Not reaching the variant is no answer: the evidence is missing, and nobody's fault. */
export interface ProbePair {
  readonly key: string;
  /** Batch prediction of the release that is tested; absent where there is none. */
  readonly batch?: readonly number[] | undefined;
  readonly green: ProbeOutcome;
  readonly blue: ProbeOutcome;
}

export type ProbeOutcome = Exchange['outcome'] | { readonly kind: 'unsent'; readonly message: string };

export const emptyTally = ({ bins, rows }: Pick<ProbeSpec, 'bins' | 'rows'>): ProbeTally => ({
  step: 0,
  stepPairs: 0,
  taken: 0,
  rows,
  answers: { requests: 0, events: 0 },
  skewed: 0,
  shift: emptyShift(bins),
  answersAre: bins.kind,
});

/** The tally with the pairs of one look. An empty look may say why nothing was sent. */
export function withPairs(
  before: ProbeTally,
  pairs: readonly ProbePair[],
  spec: ProbeSpec,
  { step, unsent }: { readonly step: number; readonly unsent?: string | undefined },
): ProbeTally {
  const { unsent: _, ...kept } = before;
  const begun: ProbeTally = { ...kept, step, stepPairs: before.step === step ? before.stepPairs : 0 };
  const tally = pairs.reduce((sum, pair) => withPair(sum, pair, spec), begun);
  return tally.unsent === undefined && unsent !== undefined ? { ...tally, unsent } : tally;
}

function withPair(tally: ProbeTally, pair: ProbePair, spec: ProbeSpec): ProbeTally {
  const taken = { ...tally, taken: tally.taken + 1 };
  const lost = [pair.green, pair.blue].find((outcome) => outcome.kind === 'unsent');
  if (lost?.kind === 'unsent') return { ...taken, unsent: tally.unsent ?? lost.message };
  const sent = { ...taken, stepPairs: tally.stepPairs + 1 };
  // An error is in the metrics of its variant, and counts there.
  if (pair.green.kind !== 'answer') return sent;
  const [green, blue] = [read(pair.key, pair.green, spec), read(pair.key, pair.blue, spec)];
  const asked = { ...sent, answers: { ...tally.answers, requests: tally.answers.requests + 1 } };
  if ('problem' in green) {
    const alike = pair.blue.kind === 'answer' && 'problem' in blue;
    if (alike) return asked;
    const answers = { ...asked.answers, events: tally.answers.events + 1 };
    return { ...asked, answers, broken: tally.broken ?? green.problem };
  }
  const compared = withSkew(asked, pair, green.scores, spec);
  // A row tells about the model once, however often it is asked.
  if ('problem' in blue || tally.taken >= spec.rows) return compared;
  const answers = { green: green.scores, blue: blue.scores };
  return { ...compared, shift: withRow(tally.shift, spec.bins, answers, spec.maxPredictionShift) };
}

function withSkew(
  tally: ProbeTally,
  { key, batch }: ProbePair,
  scores: readonly number[],
  spec: ProbeSpec,
): ProbeTally {
  if (batch === undefined || skewOf(scores, batch) <= spec.skewTolerance) return tally;
  return { ...tally, skewed: tally.skewed + 1, skew: tally.skew ?? skewWords(key, scores, batch) };
}

function read(
  key: string,
  outcome: ProbeOutcome,
  { shape }: ProbeSpec,
): { readonly scores: readonly number[] } | { readonly problem: string } {
  if (outcome.kind === 'unsent') return { problem: outcome.message };
  const parsed = parseAnswer({ keys: [key], milliseconds: 0, outcome }, shape);
  if ('problem' in parsed) return parsed;
  const scores = parsed.rows[0]?.scores ?? [];
  const problem = rangeProblem(scores, shape.task);
  return problem === undefined ? { scores } : { problem: `row ${key} ${problem}` };
}
