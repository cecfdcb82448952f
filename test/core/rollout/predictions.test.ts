import {
  answerBins,
  emptyShift,
  type ShiftTally,
  shiftCapital,
  shiftOf,
  withRow,
} from '../../../lib/core/rollout/predictions';
import { createRandom, type Random } from '../../../lib/core/statistics';

const uniform = Array.from({ length: 1000 }, (_, i) => [i / 1000]);
const BINS = answerBins(uniform, false);

/** Rows asked until the shift is proved at a share of 0.1 of 1 %, or as many as there are. */
function ask(random: Random, rows: number, green: (score: number) => number): { tally: ShiftTally; proved: number } {
  let tally = emptyShift(BINS);
  for (let row = 1; row <= rows; row += 1) {
    const score = random();
    tally = withRow(tally, BINS, { green: [green(score)], blue: [score] }, 0.2);
    if (shiftCapital(tally) >= Math.log(1000)) return { tally, proved: row };
  }
  return { tally, proved: Number.POSITIVE_INFINITY };
}

describe('bins of answers', () => {
  test('are deciles of what the tested release answered in batch', () => {
    expect(BINS).toMatchObject({ kind: 'score' });
    const cuts = BINS.kind === 'score' ? BINS.cuts : [];
    // numpy.quantile(numpy.arange(1000) / 1000, [0.1, …, 0.9])
    const expected = [0.0999, 0.1998, 0.2997, 0.3996, 0.4995, 0.5994, 0.6993, 0.7992, 0.8991];
    expect(cuts).toHaveLength(9);
    for (const [i, cut] of cuts.entries()) expect(cut).toBeCloseTo(expected[i] ?? 0, 12);
  });

  test('of a model that always says the same are below and above it', () => {
    expect(answerBins([[3], [3], [3]], false)).toEqual({ kind: 'score', cuts: [3] });
  });

  test('of classes are the most probable one', () => {
    const bins = answerBins([[0.2, 0.5, 0.3]], true);
    const tally = withRow(emptyShift(bins), bins, { green: [0.1, 0.2, 0.7], blue: [0.6, 0.2, 0.2] }, 0.2);
    expect(tally).toMatchObject({ green: [0, 0, 1], blue: [1, 0, 0] });
    expect(shiftOf(tally, 'class')).toMatchObject({ distance: 1, rows: 1 });
  });
});

describe('the shift', () => {
  test('is the distance of Kolmogorov and Smirnov over the cuts', () => {
    const tally = { green: [1, 2, 3, 4], blue: [4, 3, 2, 1], capital: [] };
    // Below the cuts: 1, 3, 6 of 10 against 4, 7, 9 of 10.
    expect(shiftOf(tally, 'score')).toMatchObject({ distance: 0.4, rows: 10 });
    // (0.3·ln 4 + 0.1·ln 1.5) · 2
    expect(shiftOf(tally, 'score').psi).toBeCloseTo(2 * (0.3 * Math.log(4) + 0.1 * Math.log(1.5)), 12);
    expect(shiftOf(tally, 'class').distance).toBeCloseTo(0.3, 12);
    expect(shiftOf(emptyShift(BINS), 'score').distance).toBeNaN();
  });

  test('of the same answers is no evidence, however many there are', () => {
    const { tally, proved } = ask(createRandom(1), 500, (score) => score);
    expect(proved).toBe(Number.POSITIVE_INFINITY);
    expect(shiftCapital(tally)).toBeLessThan(-5);
  });

  test.each([
    ['every score falls by a half', (score: number) => score / 2, 130],
    ['every answer is the same', () => 0.5, 130],
    ['scores are turned around in the upper half', (score: number) => (score > 0.5 ? 1 - score : score), 130],
  ])('is proved when %s', (_name, green, rows) => {
    for (let seed = 1; seed <= 10; seed += 1) expect(ask(createRandom(seed), 300, green).proved).toBeLessThan(rows);
  });

  test('of a release that answers a little otherwise is not', () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const random = createRandom(seed);
      const noise = createRandom(1000 + seed);
      const found = ask(random, 300, (score) => Math.min(1, Math.max(0, score + 0.1 * (noise() - 0.5) + 0.03)));
      expect(found.proved).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('at the very limit is called proof in at most one of twenty rollouts at a level of 5 %', () => {
    let proved = 0;
    const runs = 60;
    for (let seed = 1; seed <= runs; seed += 1) {
      const random = createRandom(seed);
      let [tally, found] = [emptyShift(BINS), false];
      for (let row = 0; row < 150 && !found; row += 1) {
        const blue = random();
        // A fifth of the rows moves from the upper to the lower end: the shift is 0.2 at every cut.
        const green = blue > 0.9 || (blue > 0.8 && random() < 0.999) ? blue - 0.8 : blue;
        tally = withRow(tally, BINS, { green: [green], blue: [blue] }, 0.2);
        found = shiftCapital(tally) >= Math.log(20);
      }
      if (found) proved += 1;
    }
    expect(proved / runs).toBeLessThanOrEqual(0.05);
  });
});
