import { createRandom, drawNormal, normalCdf, type Random, wilsonInterval } from '../../../lib/core/statistics';
import { aucInterval, compareAuc, rocArea } from '../../support/components';

/** Four standard errors of a simulated share: a correct method leaves this band once in 16,000 seeds; the seed is fixed. */
const band = (share: number, simulations: number): number => 4 * Math.sqrt((share * (1 - share)) / simulations);

const normals = (random: Random, n: number, mean: number): Float64Array =>
  Float64Array.from({ length: n }, () => mean + drawNormal(random));

/** Two models that see the same signal through noise of their own: equally good, and correlated. */
function equalModels(random: Random, m: number, n: number, shift: number) {
  const signal = { positives: normals(random, m, shift), negatives: normals(random, n, 0) };
  const see = (part: Float64Array): Float64Array => part.map((value) => value + 0.6 * drawNormal(random));
  const model = () => rocArea({ positives: see(signal.positives), negatives: see(signal.negatives) });
  return [model(), model()] as const;
}

test('paired DeLong rejects two equally good models in 5 % of cases', () => {
  const random = createRandom(11);
  const simulations = 3000;
  let rejected = 0;
  let excluded = 0;
  for (let run = 0; run < simulations; run += 1) {
    const { pValue, interval } = compareAuc(...equalModels(random, 60, 90, 1), 0.95);
    if ((pValue ?? Number.NaN) < 0.05) rejected += 1;
    if (interval === null || interval[0] > 0 || interval[1] < 0) excluded += 1;
  }
  expect(excluded).toBe(rejected);
  expect(Math.abs(rejected / simulations - 0.05)).toBeLessThan(band(0.05, simulations));
});

test('a model that is worse by exactly the margin passes non-inferiority in 2.5 % of cases', () => {
  const random = createRandom(12);
  const simulations = 2000;
  // Independent binormal models: AUC = Φ(shift/√2).
  const [better, worse] = [1.2, 1.0];
  const margin = normalCdf(better / Math.SQRT2) - normalCdf(worse / Math.SQRT2);
  let passed = 0;
  for (let run = 0; run < simulations; run += 1) {
    const draw = (shift: number) =>
      rocArea({ positives: normals(random, 80, shift), negatives: normals(random, 80, 0) });
    const { interval } = compareAuc(draw(worse), draw(better), 0.95);
    if (interval !== null && interval[0] >= -margin) passed += 1;
  }
  expect(Math.abs(passed / simulations - 0.025)).toBeLessThan(band(0.025, simulations));
});

test.each([
  [1, 0],
  // At an AUC of 0.95 from 40 positives the asymptotic variance is short: about 93 % are covered.
  [2.3, 0.01],
])('the AUC interval covers the true area at a class distance of %d in 95 % of cases', (shift, bias) => {
  const random = createRandom(13);
  const simulations = 2000;
  const truth = normalCdf(shift / Math.SQRT2);
  let covered = 0;
  for (let run = 0; run < simulations; run += 1) {
    const area = rocArea({ positives: normals(random, 40, shift), negatives: normals(random, 80, 0) });
    const interval = aucInterval(area, 0.95)?.interval ?? [1, 0];
    if (interval[0] <= truth && truth <= interval[1]) covered += 1;
  }
  expect(Math.abs(covered / simulations - 0.95)).toBeLessThan(band(0.95, simulations) + bias);
});

test('the Wilson interval covers a proportion in 95 % of cases, on average over proportions', () => {
  const random = createRandom(14);
  const simulations = 20_000;
  let covered = 0;
  for (let run = 0; run < simulations; run += 1) {
    const share = random();
    let successes = 0;
    for (let trial = 0; trial < 40; trial += 1) if (random() < share) successes += 1;
    const [low, high] = wilsonInterval(successes, 40, 0.95);
    if (low <= share && share <= high) covered += 1;
  }
  expect(Math.abs(covered / simulations - 0.95)).toBeLessThan(band(0.95, simulations) + 0.005);
});
