import {
  clopperPearsonInterval,
  createRandom,
  detectableDifference,
  differenceInterval,
  drawNormal,
  holmAdjusted,
  type Interval,
  mcNemar,
  normalCdf,
  normalQuantile,
  quantileInterval,
  type Random,
  ratioInterval,
  tangoInterval,
  twoSidedQuantile,
} from '../../../lib/core/statistics';
import { drawBinomial } from '../../../lib/core/statistics/binomial-draw';

/** Four standard errors of a simulated share: a correct method leaves this band once in 16,000 seeds; the seed is fixed. */
const band = (share: number, simulations: number): number => 4 * Math.sqrt((share * (1 - share)) / simulations);

const covers = ([low, high]: Interval, value: number): boolean => low <= value && value <= high;

/** Discordant rows of n where the first alone is right with probability p, the second alone with q. */
function paired(random: Random, n: number, p: number, q: number) {
  const onlyFirst = drawBinomial(random, n, p);
  return { onlyFirst, onlySecond: drawBinomial(random, n - onlyFirst, q / (1 - p)), n };
}

test.each([
  [60, 0.2],
  [400, 0.05],
  [2000, 0.3],
])(
  'McNemar rejects two equally good models of %d rows, %d discordant, in 5 % of cases or somewhat less',
  (n, share) => {
    const random = createRandom(31);
    const simulations = 6000;
    let [midP, exact, oneSided] = [0, 0, 0];
    for (let run = 0; run < simulations; run += 1) {
      const found = mcNemar(paired(random, n, share / 2, share / 2));
      if (found.midP <= 0.05) midP += 1;
      if (found.exact <= 0.05) exact += 1;
      if (found.midPAbove <= 0.025) oneSided += 1;
    }
    // Few discordant rows allow few p-values: mid-p stays within a point of 5 %, exact stays below it.
    expect(Math.abs(midP / simulations - 0.05)).toBeLessThan(band(0.05, simulations) + 0.012);
    expect(exact / simulations).toBeLessThan(0.05);
    expect(oneSided / simulations).toBeLessThan(0.025 + band(0.025, simulations) + 0.003);
  },
);

test.each([
  [80, 0.15, 0.1],
  [500, 0.06, 0.06],
  [3000, 0.12, 0.02],
])("Tango's interval of %d rows, %d against %d, covers the difference in 95 % of cases", (n, p, q) => {
  const random = createRandom(32);
  const simulations = 3000;
  let covered = 0;
  for (let run = 0; run < simulations; run += 1) {
    if (covers(tangoInterval(paired(random, n, p, q), 0.95), p - q)) covered += 1;
  }
  expect(Math.abs(covered / simulations - 0.95)).toBeLessThan(band(0.95, simulations) + 0.005);
});

test('a model that is worse by exactly the margin passes non-inferiority by Tango in 2.5 % of cases', () => {
  const random = createRandom(33);
  const simulations = 8000;
  let passed = 0;
  for (let run = 0; run < simulations; run += 1) {
    if (tangoInterval(paired(random, 600, 0.08, 0.1), 0.95)[0] >= -0.02) passed += 1;
  }
  expect(Math.abs(passed / simulations - 0.025)).toBeLessThan(band(0.025, simulations) + 0.003);
});

test.each([
  [30, 0.4, 50, 0.4],
  [40, 0.1, 300, 0.25],
  [800, 0.03, 200, 0.05],
])('difference and ratio of %d rows at %d and %d at %d are covered in 95 % of cases', (m, p1, n, p2) => {
  const random = createRandom(34);
  const simulations = 1500;
  let [difference, ratio] = [0, 0];
  for (let run = 0; run < simulations; run += 1) {
    const first = { successes: drawBinomial(random, m, p1), n: m };
    const second = { successes: drawBinomial(random, n, p2), n };
    if (covers(differenceInterval(first, second, 0.95), p1 - p2)) difference += 1;
    if (covers(ratioInterval(first, second, 0.95) ?? [0, Number.POSITIVE_INFINITY], p1 / p2)) ratio += 1;
  }
  expect(Math.abs(difference / simulations - 0.95)).toBeLessThan(band(0.95, simulations) + 0.008);
  expect(Math.abs(ratio / simulations - 0.95)).toBeLessThan(band(0.95, simulations) + 0.008);
});

test("Clopper and Pearson's interval covers at least as often as it says", () => {
  const random = createRandom(39);
  const simulations = 800;
  const intervals = Array.from({ length: 31 }, (_, successes) => clopperPearsonInterval(successes, 30, 0.95));
  let covered = 0;
  for (let run = 0; run < simulations; run += 1) {
    if (covers(intervals[drawBinomial(random, 30, 0.2)] ?? [1, 0], 0.2)) covered += 1;
  }
  expect(covered / simulations).toBeGreaterThan(0.95 - band(0.95, simulations) / 4);
});

test('Holm keeps any false rejection among dependent tests at 5 %, and finds what is there', () => {
  const random = createRandom(36);
  const simulations = 10_000;
  let [anyFalse, found] = [0, 0];
  for (let run = 0; run < simulations; run += 1) {
    const shared = drawNormal(random);
    // Eight true hypotheses with correlation ½, two false ones.
    const z = Array.from(
      { length: 10 },
      (_, index) => (shared + drawNormal(random)) / Math.SQRT2 + (index < 2 ? 4 : 0),
    );
    const rejected = holmAdjusted(z.map((value) => 2 * normalCdf(-Math.abs(value)))).map((p) => p <= 0.05);
    if (rejected.slice(2).includes(true)) anyFalse += 1;
    if (rejected[0] === true) found += 1;
  }
  expect(anyFalse / simulations).toBeLessThan(0.05 + band(0.05, simulations));
  expect(anyFalse / simulations).toBeGreaterThan(0.02);
  expect(found / simulations).toBeGreaterThan(0.85);
});

test.each([
  [200, 0.5],
  [400, 0.95],
])('the interval of a quantile of %d values at %d covers it as often as it says', (n, p) => {
  const random = createRandom(37);
  const simulations = 500;
  const truth = normalQuantile(p);
  let [covered, promised, tied] = [0, 0, 0];
  for (let run = 0; run < simulations; run += 1) {
    const values = Float64Array.from({ length: n }, () => drawNormal(random)).sort();
    const { interval, coverage } = quantileInterval(values, p, 0.95);
    if (interval !== null && covers(interval, truth)) covered += 1;
    promised = coverage ?? Number.NaN;
    // Rounded values: ties can only widen what is covered.
    const rounded = quantileInterval(
      values.map((value) => Math.round(value * 5) / 5),
      p,
      0.95,
    ).interval;
    if (rounded !== null && covers(rounded, Math.round(truth * 5) / 5)) tied += 1;
  }
  expect(Math.abs(covered / simulations - promised)).toBeLessThan(band(0.95, simulations));
  expect(tied / simulations).toBeGreaterThan(promised - band(0.95, simulations));
});

test('a true difference of the detectable size is shown in 80 % of cases', () => {
  const random = createRandom(38);
  const simulations = 10_000;
  const options = { confidence: 0.95, power: 0.8 };
  const difference = detectableDifference(0.02, options);
  let shown = 0;
  for (let run = 0; run < simulations; run += 1) {
    if (difference + 0.02 * drawNormal(random) - twoSidedQuantile(0.95) * 0.02 > 0) shown += 1;
  }
  expect(Math.abs(shown / simulations - 0.8)).toBeLessThan(band(0.8, simulations));
});
