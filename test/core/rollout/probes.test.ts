import { answerBins } from '../../../lib/core/rollout/predictions';
import {
  emptyTally,
  type ProbeOutcome,
  type ProbePair,
  type ProbeSpec,
  withPairs,
} from '../../../lib/core/rollout/probes';

const SPEC: ProbeSpec = {
  shape: { task: 'binary', fields: { instances: 'instances', predictions: 'predictions', score: 'score' } },
  bins: answerBins([[0.1], [0.3], [0.5], [0.7], [0.9]], false),
  rows: 4,
  skewTolerance: 1e-6,
  maxPredictionShift: 0.2,
};
const says = (score: unknown): ProbeOutcome => ({
  kind: 'answer',
  contentType: 'application/json',
  body: JSON.stringify({ predictions: [{ score }] }),
});
const FAILED: ProbeOutcome = { kind: 'error', message: 'the model answered 500: KeyError' };
const UNSENT: ProbeOutcome = { kind: 'unsent', message: 'ThrottlingException: Rate exceeded' };
const pair = (more: Partial<ProbePair> = {}): ProbePair => ({
  key: '7',
  batch: [0.4],
  green: says(0.4),
  blue: says(0.6),
  ...more,
});
const after = (...pairs: readonly ProbePair[]) => withPairs(emptyTally(SPEC), pairs, SPEC, { step: 0 });

test('two answers count for the contract, the tested release and the shift', () => {
  expect(after(pair())).toMatchObject({
    stepPairs: 1,
    taken: 1,
    answers: { requests: 1, events: 0 },
    skewed: 0,
    shift: { green: expect.arrayContaining([1]) },
  });
});

test.each([
  ['shape', says('0.4'), /^answer to row 7 has "0.4" as "predictions\[0\].score"; a finite number is required/],
  ['range', says(1.4), /^row 7 has score 1.4; probabilities lie in \[0, 1\]/],
  ['missing', { kind: 'answer', contentType: 'application/json', body: '{}' } as const, /has no list "predictions"/],
])('a broken answer (%s) is told once and counted', (_name, green, broken) => {
  const tally = after(pair({ green }), pair({ green }));
  expect(tally.answers).toEqual({ requests: 2, events: 2 });
  expect(tally.broken).toMatch(broken);
  expect(tally.shift).toEqual(emptyTally(SPEC).shift);
});

test('an answer that blue breaks alike is not blamed on green', () => {
  expect(after(pair({ green: says(null), blue: says(null) })).answers).toEqual({ requests: 1, events: 0 });
});

test('an error counts by the metrics of its variant, not here', () => {
  expect(after(pair({ green: FAILED }))).toMatchObject({ stepPairs: 1, answers: { requests: 0 } });
  const without = after(pair({ blue: FAILED }));
  expect(without).toMatchObject({ answers: { requests: 1, events: 0 }, shift: emptyTally(SPEC).shift });
});

test('what does not reach a variant is missing evidence, and says why', () => {
  const tally = after(pair({ blue: UNSENT }), pair());
  expect(tally).toMatchObject({ stepPairs: 1, taken: 2, unsent: 'ThrottlingException: Rate exceeded' });
  // The next look sends again, and all is well.
  expect(withPairs(tally, [pair()], SPEC, { step: 0 }).unsent).toBeUndefined();
});

test('a score beside that of the tested release is skew, whatever blue says', () => {
  const tally = after(pair({ green: says(0.41), blue: says(0.41) }));
  expect(tally.skewed).toBe(1);
  expect(tally.skew).toBe('row 7: the endpoint says 0.41, the batch prediction 0.4');
});

test('a row that is asked again tells nothing new about the predictions', () => {
  const tally = after(...Array.from({ length: 10 }, () => pair()));
  expect(tally.shift.green.reduce((sum, count) => sum + count, 0)).toBe(SPEC.rows);
  expect(tally.answers.requests).toBe(10);
});

test('pairs are counted anew in each step', () => {
  const tally = withPairs(after(pair(), pair()), [pair()], SPEC, { step: 1 });
  expect(tally).toMatchObject({ step: 1, stepPairs: 1, taken: 3 });
});
