import {
  addLogs,
  CERTAIN,
  type Counts,
  ceilingBets,
  excessBets,
  ODDS_RATIOS,
  withStake,
} from '../../../lib/core/rollout/sequential';
import { binomialProbability, createRandom } from '../../../lib/core/statistics';
import { drawBinomial } from '../../../lib/core/statistics/binomial-draw';

const RATES = [0, 0.001, 0.02, 0.2, 0.6, 0.97, 1];

/** Expected factor of each bet, over every outcome of n green and m blue requests. */
function expectations(
  n: number,
  m: number,
  p: number,
  q: number,
  bets: (green: Counts, blue: Counts) => readonly number[],
) {
  const sums = ODDS_RATIOS.map(() => 0);
  for (let a = 0; a <= n; a += 1) {
    for (let b = 0; b <= m; b += 1) {
      const mass = binomialProbability(a, n, p) * binomialProbability(b, m, q);
      for (const [i, log] of bets({ requests: n, events: a }, { requests: m, events: b }).entries()) {
        sums[i] = (sums[i] ?? 0) + mass * Math.exp(log);
      }
    }
  }
  return sums;
}

describe('bets against an excess', () => {
  test.each([
    [1, 1],
    [2, 9],
    [6, 3],
    [8, 1],
    [3, 25],
  ])('are fair at best with %d green and %d blue requests, for every rate, excess and guess', (n, m) => {
    for (const excess of [0, 0.001, 0.1]) {
      for (const guess of [0.001, 0.2]) {
        for (const q of RATES.filter((rate) => rate + excess <= 1)) {
          for (const p of [q + excess, q / 2]) {
            const found = expectations(n, m, p, q, (green, blue) => excessBets(green, blue, { excess, guess }));
            expect(Math.max(...found)).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }
    }
  });

  test('are fair when the rates change from request to request, alike for both', () => {
    // Two requests each, at rates that move together: 2 % and then 60 %.
    const rates = [0.02, 0.6];
    for (const ratio of ODDS_RATIOS.keys()) {
      let sum = 0;
      for (let outcome = 0; outcome < 16; outcome += 1) {
        const bit = (i: number): number => (outcome >> i) & 1;
        const mass = [0, 1, 2, 3].reduce((product, i) => {
          const rate = rates[i % 2] ?? 0;
          return product * (bit(i) === 1 ? rate : 1 - rate);
        }, 1);
        const green = { requests: 2, events: bit(0) + bit(1) };
        const blue = { requests: 2, events: bit(2) + bit(3) };
        sum += mass * Math.exp(excessBets(green, blue, { excess: 0, guess: 0.05 })[ratio] ?? 0);
      }
      expect(sum).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  test('win on a green that is worse, and lose on one that is not', () => {
    const test = { excess: 0.001, guess: 0.002 };
    const blue = { requests: 1900, events: 4 };
    const bad = excessBets({ requests: 100, events: 5 }, blue, test);
    const good = excessBets({ requests: 100, events: 0 }, blue, test);
    expect(Math.max(...bad)).toBeGreaterThan(5);
    expect(Math.max(...good)).toBeLessThan(0);
  });

  test('rise with green’s events and fall with blue’s', () => {
    const test = { excess: 0.001, guess: 0.01 };
    for (let events = 0; events < 30; events += 1) {
      const at = (green: number, blue: number) =>
        excessBets({ requests: 30, events: green }, { requests: 200, events: blue }, test);
      expect(at(events + 1, 5).every((log, i) => log > (at(events, 5)[i] ?? 0))).toBe(true);
      expect(at(5, events + 1).every((log, i) => log < (at(5, events)[i] ?? 0))).toBe(true);
    }
  });

  test('do not mind how requests are divided into looks, given the same guess and shares', () => {
    const test = { excess: 0.001, guess: 0.01 };
    const whole = excessBets({ requests: 100, events: 7 }, { requests: 400, events: 3 }, test);
    const [one, other] = [
      excessBets({ requests: 25, events: 1 }, { requests: 100, events: 3 }, test),
      excessBets({ requests: 75, events: 6 }, { requests: 300, events: 0 }, test),
    ];
    for (const [i, log] of whole.entries()) expect((one[i] ?? 0) + (other[i] ?? 0)).toBeCloseTo(log, 10);
  });

  test('are none without requests of both', () => {
    const none = ODDS_RATIOS.map(() => 0);
    const test = { excess: 0, guess: 0.01 };
    expect(excessBets({ requests: 0, events: 0 }, { requests: 9, events: 9 }, test)).toEqual(none);
    expect(excessBets({ requests: 9, events: 9 }, { requests: 0, events: 0 }, test)).toEqual(none);
  });
});

describe('bets against a ceiling', () => {
  test.each([0.001, 0.01, 0.3])('are fair at best at and below %d', (ceiling) => {
    for (const p of [ceiling, ceiling / 2, 0]) {
      const found = expectations(12, 0, p, 0, (green) => ceilingBets(green, ceiling));
      expect(Math.max(...found)).toBeLessThanOrEqual(1 + 1e-12);
      // At the ceiling itself they are exactly fair: none of the power is given away.
      if (p === ceiling) expect(Math.min(...found)).toBeGreaterThan(1 - 1e-12);
    }
  });

  test('one event above a ceiling of 0 is proof; a ceiling of 1 can not be broken', () => {
    expect(ceilingBets({ requests: 9, events: 1 }, 0)).toEqual(ODDS_RATIOS.map(() => CERTAIN));
    expect(ceilingBets({ requests: 9, events: 0 }, 0)).toEqual(ODDS_RATIOS.map(() => 0));
    expect(ceilingBets({ requests: 9, events: 9 }, 1)).toEqual(ODDS_RATIOS.map(() => 0));
  });
});

describe('stakes', () => {
  test('of all looks together are at most the capital of 1', () => {
    let capital: readonly number[] = ODDS_RATIOS.map(() => Number.NEGATIVE_INFINITY);
    for (let look = 1; look <= 2000; look += 1) capital = withStake(capital, look);
    const total = Math.exp(capital.reduce(addLogs, Number.NEGATIVE_INFINITY));
    expect(total).toBeLessThanOrEqual(1 + 1e-12);
    expect(total).toBeCloseTo(1 - 1 / 2001, 9);
  });

  test('sums of logarithms', () => {
    expect(addLogs(Math.log(3), Math.log(4))).toBeCloseTo(Math.log(7), 12);
    expect(addLogs(-800, -800)).toBeCloseTo(-800 + Math.LN2, 12);
    expect(addLogs(Number.NEGATIVE_INFINITY, 2)).toBe(2);
  });
});

test('with equal rates that wander, the capital reaches 20 in at most one of twenty runs of 200 looks', () => {
  const random = createRandom(7);
  const runs = 500;
  let reached = 0;
  for (let run = 0; run < runs; run += 1) {
    let capital: readonly number[] = ODDS_RATIOS.map(() => Number.NEGATIVE_INFINITY);
    let [events, requests] = [0.5, 500];
    for (let look = 1; look <= 200; look += 1) {
      const rate = 0.02 * (1 + Math.sin((run + look) / 9));
      const green = { requests: 20, events: drawBinomial(random, 20, rate) };
      const blue = { requests: 120, events: drawBinomial(random, 120, rate) };
      const bets = excessBets(green, blue, { excess: 0, guess: events / requests });
      capital = withStake(capital, look).map((log, i) => log + (bets[i] ?? 0));
      [events, requests] = [events + blue.events, requests + 120];
      if (capital.reduce(addLogs, Number.NEGATIVE_INFINITY) < Math.log(20)) continue;
      reached += 1;
      break;
    }
  }
  // The bound itself, with no allowance for the simulation's error: it is far from reached.
  expect(reached / runs).toBeLessThanOrEqual(0.05);
});
