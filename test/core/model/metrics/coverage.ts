import {
  estimate,
  type IntervalChoice,
  isUndefined,
  type MetricInput,
  type MetricName,
  measure,
} from '../../../../lib/core/model/metrics';
import { createRandom, drawNormal, type Interval, type Random } from '../../../../lib/core/statistics';

/** Four standard errors of a simulated share: a correct method leaves this band once in 16,000 seeds; the seed is fixed. */
export const band = (share: number, simulations: number): number => 4 * Math.sqrt((share * (1 - share)) / simulations);

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Rows with as many of each class as asked for: golden rows are fixed, and resamples keep their classes too. */
function binary(random: Random, positives: number, negatives: number): MetricInput {
  const labels = Float64Array.from({ length: positives + negatives }, (_, row) => (row < positives ? 1 : 0));
  // Too sure of itself, so that it is not calibrated.
  const scores = labels.map((label) => logistic(2.4 * (label - 0.5) + 1.6 * drawNormal(random)));
  return { labels, predictions: { columns: [scores] }, share: 0.25 };
}

export function multiclass(random: Random, n: number): MetricInput {
  const labels = Float64Array.from({ length: n }, (_, row) => (row % 10 < 5 ? 0 : row % 10 < 8 ? 1 : 2));
  const columns = [0, 1, 2].map(() => new Float64Array(n));
  for (let row = 0; row < n; row += 1) {
    const weights = columns.map((_, index) => Math.exp((labels[row] === index ? 1.3 : 0) + drawNormal(random)));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (const [index, column] of columns.entries()) column[row] = (weights[index] ?? 0) / sum;
  }
  return { labels, predictions: { columns } };
}

export function regression(random: Random, n: number): MetricInput {
  const labels = Float64Array.from({ length: n }, () => 50 + 6 * drawNormal(random));
  const predicted = labels.map((label) => 10 + 0.8 * label + 4 * drawNormal(random));
  return { labels, predictions: { columns: [predicted] } };
}

function valueOn(name: MetricName, input: MetricInput): number {
  const measured = measure(name, input);
  return isUndefined(measured) ? Number.NaN : measured.value;
}

export interface Setting {
  readonly name: MetricName;
  readonly draw: (random: Random, size: number) => MetricInput;
  readonly method: IntervalChoice;
  readonly rows: number;
  /** Few where each costs a bootstrap of a ranking. */
  readonly simulations: number;
  /** How far coverage may fall short of 95 %, beyond the error of the simulation. */
  readonly short: number;
}

export const ofTwo = (random: Random, n: number): MetricInput => binary(random, 0.3 * n, 0.7 * n);

type Sizes = Omit<Setting, 'name' | 'draw'>;

export const settings = (names: readonly MetricName[], draw: Setting['draw'], sizes: Sizes): readonly Setting[] =>
  names.map((name) => ({ name, draw, ...sizes }));

export const CHEAP: Sizes = { method: 'auto', rows: 300, simulations: 120, short: 0.015 };
export const COSTLY: Sizes = { method: 'auto', rows: 150, simulations: 60, short: 0.02 };

/** So large that what is measured on them is the truth. */
const LARGE = new Map([ofTwo, multiclass, regression].map((draw) => [draw, draw(createRandom(44), 60_000)]));

/** Checks the share of samples whose interval covers the truth. */
export function expectCoverage({ name, draw, method, rows, simulations, short }: Setting): void {
  const random = createRandom(43);
  const truth = valueOn(name, LARGE.get(draw) ?? { labels: new Float64Array(), predictions: { columns: [] } });
  let covered = 0;
  for (let run = 0; run < simulations; run += 1) {
    const found = estimate(name, draw(random, rows), { confidence: 0.95, method, replicates: 150, seed: run });
    const [low, high]: Interval = (isUndefined(found) ? null : found.interval) ?? [1, 0];
    if (low <= truth && truth <= high) covered += 1;
  }
  expect(covered / simulations).toBeGreaterThan(0.95 - band(0.95, simulations) - short);
}
