import { knownTally, rememberRanked } from '../../../lib/core/kernels/memo';
import { runPhases } from '../../../lib/core/kernels/phases';
import { rankRoom } from '../../../lib/core/kernels/rank-models';
import { BinaryRoom } from '../../../lib/core/kernels/room';
import { type Estimate, estimate, isUndefined, type MetricName } from '../../../lib/core/model/metrics';
import { calibrationBins, rocPoints } from '../../../lib/core/model/pictures';
import { createRandom, drawNormal } from '../../../lib/core/statistics';

interface Scored {
  readonly labels: Float64Array;
  readonly scores: Float64Array;
}

const METRICS: readonly MetricName[] = ['log_loss', 'brier', 'accuracy', 'f1', 'precision', 'mcc'];

/** The same rows in arrays of their own, about which nothing is known. */
const unknown = ({ labels, scores }: Scored): Scored => ({ labels: labels.slice(), scores: scores.slice() });

function ranked(rows: Scored, threshold: number): Scored {
  const { labels, scores } = rows;
  const room = BinaryRoom.of({ rows: labels.length, models: 1, groups: [], paired: false });
  room?.labels.set(labels);
  room?.scores[0]?.set(scores);
  const found =
    room === undefined ? undefined : runPhases(room.memory, rankRoom(room, { threshold, compareLosses: true }));
  if (found === undefined) throw new Error('it fits a memory');
  rememberRanked({ rows: labels.length, labels, groups: [], challenger: { columns: [scores] } }, found);
  expect(knownTally(scores, labels)).toBeDefined();
  return rows;
}

const figures = ({ labels, scores }: Scored, threshold: number) => ({
  metrics: METRICS.map((name) =>
    estimate(name, { labels, predictions: { columns: [scores] }, threshold }, { confidence: 0.9, replicates: 50 }),
  ),
  bins: calibrationBins({ labels, scores }, 0.95),
  roc: rocPoints({ labels, scores }),
});

function expectClose(found: Estimate, wanted: Estimate): void {
  const numbers = ({ value, interval }: Estimate): readonly number[] => [value, ...(interval ?? [])];
  for (const [index, number] of numbers(found).entries()) {
    const other = numbers(wanted)[index] ?? Number.NaN;
    expect(Math.abs(number - other)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(other)));
  }
  expect({ n: found.n, method: found.method }).toEqual({ n: wanted.n, method: wanted.method });
}

type Figures = ReturnType<typeof figures>;

function expectAlike(found: Figures, wanted: Figures): void {
  for (const [index, estimated] of found.metrics.entries()) {
    const other = wanted.metrics[index];
    if (other === undefined || isUndefined(estimated) || isUndefined(other)) expect(estimated).toEqual(other);
    else expectClose(estimated, other);
  }
}

const shapes: readonly (readonly [string, number, (x: number, row: number) => number])[] = [
  ['spread', 60_001, (x) => 1 / (1 + Math.exp(-x))],
  ['ties at the threshold', 60_000, (x) => Math.round(10 / (1 + Math.exp(-x))) / 10],
  ['certain, right or wrong', 60_000, (x) => (x > 0 ? 1 : 0)],
  ['the edges of the clipping', 50_001, (x, row) => (row % 3 === 0 ? 1e-17 : row % 3 === 1 ? 1 - 1.2e-16 : x * 1e-300)],
  ['no probabilities', 50_002, (x) => 3 * x],
  ['all equal', 50_001, () => 0.25],
];

test.each(shapes)('%s: what a pass left gives the figures that the rows give', (_, rows, shape) => {
  const random = createRandom(3);
  const signal = Float64Array.from({ length: rows }, () => drawNormal(random));
  const labels = signal.map((x) => (random() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
  const scored = { labels, scores: signal.map((x, row) => shape(x, row)) };
  for (const threshold of [0.5, 0.3]) {
    const wanted = figures(unknown(scored), threshold);
    const found = figures(ranked(unknown(scored), threshold), threshold);
    expect(found.bins).toEqual(wanted.bins);
    expect(found.roc).toEqual(wanted.roc);
    expectAlike(found, wanted);
  }
});

test('one class, and rows counted by another threshold', () => {
  const random = createRandom(4);
  const scores = Float64Array.from({ length: 50_001 }, () => random());
  for (const label of [0, 1]) {
    const scored = { labels: scores.map(() => label), scores };
    expectAlike(figures(ranked(unknown(scored), 0.5), 0.5), figures(unknown(scored), 0.5));
  }
  const scored = { labels: scores.map((score) => (score > 0.6 ? 1 : 0)), scores };
  const [, , accuracy, f1] = figures(ranked(unknown(scored), 0.5), 0.6).metrics;
  expect(accuracy).toMatchObject({ value: 1 });
  expect(f1).toMatchObject({ value: 1 });
});
