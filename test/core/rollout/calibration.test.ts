import { hypergeometricUpperTail } from '../../../bench/rollout/hypergeometric';
import { alarm, argo, fisher, ours, zTest } from '../../../bench/rollout/methods';
import { type Scenario, summarise } from '../../../bench/rollout/simulate';
import { canarySchema } from '../../../lib/config/gates/serving';

/** The benchmark of docs/rollout.md in small: `npm run calibrate` runs it at full size. */
const JUDGE = ours('judge', canarySchema.parse({}));
const scenario = (requestsPerMinute: number, green: number, blue: number, slow = 0.02): Scenario => ({
  name: '',
  requestsPerMinute,
  green: { errors: green, slow },
  blue: { errors: blue, slow: 0.02 },
});

test.each([
  ['a release as good as the old one', scenario(1000, 0.002, 0.002)],
  ['thin traffic', scenario(20, 0.002, 0.002)],
  ['shared ups and downs', { ...scenario(1000, 0.002, 0.002), sharedNoise: 0.7 }],
  ['unequal intervals', { ...scenario(200, 0.005, 0.005), lookEvery: [1, 2, 1, 3] }],
])('%s is kept', (_name, equal) => {
  expect(summarise(JUDGE, equal, 100).rolledBack).toBeLessThanOrEqual(0.01);
});

test.each([
  ['20 requests a minute', scenario(20, 0.02, 0.002)],
  ['1,000 requests a minute', scenario(1000, 0.02, 0.002)],
  ['slow answers', scenario(200, 0.002, 0.002, 0.2)],
])('a bad release is found with %s', (_name, worse) => {
  expect(summarise(JUDGE, worse, 100).rolledBack).toBeGreaterThanOrEqual(0.99);
});

test('a green that fails every request is found at the first look with data, whatever the traffic', () => {
  for (const rpm of [20, 1000]) {
    expect(summarise(JUDGE, scenario(rpm, 1, 0.002), 20)).toMatchObject({ rolledBack: 1, medianMinutes: 1 });
  }
});

test('repeated tests at a fixed level, and thresholds on a minute, take back releases that are as good', () => {
  const thin = { ...scenario(200, 0.005, 0.005) };
  expect(summarise(zTest(0.05), thin, 200).rolledBack).toBeGreaterThan(0.2);
  expect(summarise(alarm(0.05), thin, 200).rolledBack).toBeGreaterThan(0.1);
  expect(summarise(argo(0.01, 3), thin, 200).rolledBack).toBeGreaterThan(0.05);
});

test('the judge needs fewer requests of clients than the methods that keep good releases', () => {
  const worse = scenario(1000, 0.02, 0.002);
  const { medianClientRequests } = summarise(JUDGE, worse, 200);
  for (const method of [argo(0.05, 3), argo(0.02, 3), fisher(0.01, 180)]) {
    expect(summarise(method, worse, 200).medianClientRequests).toBeGreaterThan(medianClientRequests);
  }
});

test("Fisher's exact test", () => {
  // scipy.stats.hypergeom.sf(4, 1000, 9, 50) (SciPy)
  const tail = hypergeometricUpperTail(5, { drawn: 50, marked: 9, all: 1000 });
  expect(tail / 2.77506758223521e-5).toBeCloseTo(1, 9);
  expect(hypergeometricUpperTail(0, { drawn: 50, marked: 9, all: 1000 })).toBe(1);
});
