import type { ColumnCounts } from '../../../lib/core/drift/column';
import { countBins, quantileEdges } from '../../../lib/core/drift/edges';
import { measureColumn } from '../../../lib/core/drift/measure';
import { populationStabilityIndex } from '../../../lib/core/drift/measures';
import { orderedEvidence } from '../../../lib/core/drift/ordered';
import { createRandom, drawNormal, type Random } from '../../../lib/core/statistics';
import { ladderOf } from './samples';

/** Four standard errors of a simulated share: a correct test leaves this band once in 16,000 seeds; the seed is fixed. */
const band = (share: number, simulations: number): number => 4 * Math.sqrt((share * (1 - share)) / simulations);

const none = { reference: 0, current: 0 };

function numeric(reference: readonly number[], current: readonly number[]): ColumnCounts {
  const ladder = ladderOf(reference, current);
  const edges = quantileEdges(ladder, 10);
  const rows = { reference: reference.length, current: current.length };
  const found = { edges, bins: countBins(ladder, edges), ordered: orderedEvidence(ladder) };
  return { kind: 'numeric', name: 'x', rows, missing: none, quantiles: 10, ...found };
}

function categorical(reference: readonly number[], current: readonly number[]): ColumnCounts {
  const count = (rows: readonly number[], category: number) => rows.filter((value) => value === category).length;
  const known = [...new Set(reference)];
  const unseen = [...new Set(current)].filter((category) => !known.includes(category));
  const counts = unseen.map((category) => count(current, category));
  return {
    kind: 'categorical',
    name: 'c',
    rows: { reference: reference.length, current: current.length },
    missing: none,
    categories: known.map((category) => ({
      name: String(category),
      reference: count(reference, category),
      current: count(current, category),
    })),
    unseen: { rows: counts.reduce((sum, rows) => sum + rows, 0), counts, examples: [] },
  };
}

/** Share of samples without drift that each statistic calls drifted at 5 %. */
function rejections(
  draw: (random: Random) => number,
  sizes: readonly [number, number],
  of: typeof numeric,
  runs: number,
) {
  const random = createRandom(21);
  const sample = (size: number) => Array.from({ length: size }, () => draw(random));
  const rejected = new Map<string, number>();
  for (let run = 0; run < runs; run += 1) {
    for (const { name, null: chance } of measureColumn(of(sample(sizes[0]), sample(sizes[1])), {
      replicates: 39,
      seed: run,
    })) {
      rejected.set(name, (rejected.get(name) ?? 0) + ((chance?.pValue ?? 0) <= 0.05 ? 1 : 0));
    }
  }
  return [...rejected].map(([name, count]) => [name, count / runs] as const);
}

const NUMBERS: Readonly<Record<string, (random: Random) => number>> = {
  continuous: drawNormal,
  'six values': (random) => Math.floor(random() * 6),
  'half zeros': (random) => (random() < 0.5 ? 0 : -Math.log(1 - random())),
};

/** Steps of discrete statistics make tests of few rows conservative by this much at most. */
const STEPS = 0.02;

describe('numbers without drift are called drifted in 5 % of cases', () => {
  test.each([
    { name: 'continuous', sizes: [40, 60] as const },
    { name: 'continuous', sizes: [150, 50] as const },
    { name: 'six values', sizes: [200, 200] as const },
    { name: 'half zeros', sizes: [150, 50] as const },
  ])('$name, $sizes rows', ({ name, sizes }) => {
    const runs = 120;
    for (const [statistic, share] of rejections(NUMBERS[name] ?? drawNormal, sizes, numeric, runs)) {
      expect([statistic, share < 0.05 + band(0.05, runs), share > 0.05 - band(0.05, runs) - STEPS]).toEqual([
        statistic,
        true,
        true,
      ]);
    }
  });
});

describe('categories without drift are called drifted in 5 % of cases', () => {
  test.each([
    ['even', 6, [300, 400]],
    ['a long tail of rare ones, some unseen', 400, [300, 200]],
    ['expected counts below five', 12, [30, 25]],
  ] as const)('%s', (_, categories, sizes) => {
    const runs = 120;
    // Zipf-like: the first categories are frequent.
    const draw = (random: Random) => Math.floor(categories * random() ** 2.5);
    for (const [statistic, share] of rejections(draw, sizes, categorical, runs)) {
      expect([statistic, share < 0.05 + band(0.05, runs), share > 0.05 - band(0.05, runs) - STEPS]).toEqual([
        statistic,
        true,
        true,
      ]);
    }
  });
});

test('the limit of PSI is that of random divisions where bins expect 20 rows', () => {
  const random = createRandom(22);
  const sample = (size: number) => Array.from({ length: size }, () => drawNormal(random));
  const column = numeric(sample(2000), sample(300));
  const limit = measureColumn(column, { replicates: 99, seed: 1 }).find(({ name }) => name === 'psi')?.null;
  expect(limit?.method).toBe('asymptotic_chi_squared');
  const runs = 500;
  let above = 0;
  for (let run = 0; run < runs; run += 1) {
    const ladder = ladderOf(sample(2000), sample(300));
    const bins = countBins(ladder, quantileEdges(ladder, 10));
    if (populationStabilityIndex(bins.reference, bins.current) > (limit?.null95 ?? 0)) above += 1;
  }
  expect(Math.abs(above / runs - 0.05)).toBeLessThan(band(0.05, runs));
});

test('a shift is found: the tests have power', () => {
  const random = createRandom(23);
  const sample = (size: number, mean: number) => Array.from({ length: size }, () => mean + drawNormal(random));
  for (const { name, null: chance } of measureColumn(numeric(sample(300, 0), sample(300, 0.5)), {
    replicates: 999,
    seed: 1,
  })) {
    expect([name, (chance?.pValue ?? 1) <= 0.001]).toEqual([name, true]);
  }
});
