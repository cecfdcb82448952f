import { gatesSchema } from '../../lib/config/gates';
import { parseGates } from '../../lib/config/load';
import type { ConfigurationError } from '../../lib/config/problem';
import { budgetsOf } from '../../lib/core/serving/latency';

const BASE = `version: 1
dataset:
  name: d
  version: "1"
  key: id
  label: y
  columns: { id: string, x: number, city: string, y: integer }
model:
  metrics: { roc_auc: { min: 0.5 } }
`;

const load = (more: string, base = BASE) => parseGates(`${base}${more}`, 'gates.yaml', '.');

function problems(more: string, base?: string): readonly string[] {
  try {
    load(more, base);
  } catch (error) {
    return (error as ConfigurationError).problems.map(({ where, message }) => `${where}: ${message}`);
  }
  return [];
}

const behaviour = (test: string): string => `behaviour:\n  tests:\n    - ${test}\n`;
const SHIFT = 'perturb: [{ add: { column: x, by: 1 } }]';

describe('behaviour', () => {
  test('is optional, and then asks twenty rows twice', () => {
    expect(load('').behaviour).toEqual({
      seed: 0,
      confidence: 0.95,
      determinism: { rows: 20, tolerance: 1e-9 },
      tests: [],
    });
  });

  test('has defaults for what a test does not say, and stays what it is when it is read again', () => {
    const gates = load(behaviour(`{ name: more of x, type: directional, ${SHIFT}, expect: { direction: up } }`));
    expect(gates.behaviour.tests[0]).toMatchObject({
      sampleRows: 200,
      minRows: 20,
      draws: 1,
      minPassRate: 1,
      decide: 'point',
    });
    // A run's release.json carries the validated gates, which later stages read through the schema.
    expect(gatesSchema.parse(JSON.parse(JSON.stringify(gates)))).toEqual(gates);
  });

  test.each([
    [
      'another type’s expectation',
      `{ name: a, type: invariance, ${SHIFT}, expect: { tolerance: 0.1, min: 0.2 } }`,
      ['behaviour.tests.0.expect.min belongs to no invariance test, which expects tolerance, decision; found 0.2'],
    ],
    [
      'no expectation',
      '{ name: a, type: minimum-functionality, expect: {} }',
      ['behaviour.tests.0.expect of a minimum-functionality test needs min or max or label; found {}'],
    ],
    [
      'no perturbation',
      '{ name: a, type: directional, expect: { direction: up } }',
      ['behaviour.tests.0.perturb of a directional test needs at least one step; found nothing'],
    ],
    [
      'two changes in one step',
      '{ name: a, type: invariance, perturb: [{ missing: { column: x }, typo: { column: city } }], expect: { tolerance: 1 } }',
      ['behaviour.tests.0.perturb.0 has exactly one of set, scale, add, noise, swap, typo, missing; found'],
    ],
    [
      'a column that is none, the label, a column of another type',
      '{ name: a, type: invariance, perturb: [{ missing: { column: citi } }, { set: { column: y, value: 1 } }, { typo: { column: x } }, { swap: { column: x, with: idd } }], expect: { tolerance: 1 } }',
      [
        'behaviour.tests.0.perturb.0.missing.column names no feature of dataset.columns (did you mean "city"?), which has id, x, city; found "citi"',
        'behaviour.tests.0.perturb.1.set.column names no feature of dataset.columns, which has id, x, city; found "y"',
        'behaviour.tests.0.perturb.2.typo.column is a column of number; typo changes string; found "x"',
        'behaviour.tests.0.perturb.3.swap.with names no feature of dataset.columns (did you mean "id"?), which has id, x, city; found "idd"',
      ],
    ],
    [
      'a misspelt step',
      '{ name: a, type: invariance, perturb: [{ nois: { column: x } }], expect: { tolerance: 1 } }',
      ['unknown key "nois" in behaviour.tests.0.perturb.0 (did you mean "noise"?)'],
    ],
    [
      'a bound that nothing can prove, and a sample smaller than what is required',
      `{ name: a, type: invariance, ${SHIFT}, expect: { tolerance: 1 }, decide: lower-bound, sampleRows: 5 }`,
      [
        'behaviour.tests.0.minPassRate is below 1 where the lower bound decides: no number of rows proves all',
        'behaviour.tests.0.sampleRows is at least minRows (20); found 5',
      ],
    ],
    [
      'a name that is taken',
      '{ name: Determinism, type: minimum-functionality, expect: { max: 1 } }',
      ['behaviour.tests.0.name is the name of another check; found "Determinism"'],
    ],
  ])('%s is refused', (_, test, expected) => {
    const found = problems(behaviour(test));
    for (const words of expected) expect(found.join('\n')).toContain(words);
    expect(found.every((line) => /^gates\.yaml:\d+:\d+: /.test(line))).toBe(true);
  });

  test('a regression decides nothing', () => {
    const base = BASE.replace('roc_auc: { min: 0.5 }', 'mae: { max: 1 }').replace(
      '  label: y',
      '  label: y\n  task: regression',
    );
    expect(problems(behaviour('{ name: a, type: minimum-functionality, expect: { label: 1 } }'), base)).toEqual([
      expect.stringContaining('behaviour.tests.0.expect.label has no meaning for a regression'),
    ]);
  });
});

describe('the serving budget', () => {
  const latency = (more: string) => budgetsOf(load(`serving: { latency: ${more} }\n`).serving.latency);

  test('is one percentile, as it was, or several by name', () => {
    expect(latency('{}')).toEqual([{ percentile: 95, maxMs: 500 }]);
    expect(latency('{ percentile: 99 }')).toEqual([{ percentile: 99, maxMs: 500 }]);
    expect(latency('{ percentiles: { p50: 100, p99.9: 900 } }')).toEqual([
      { percentile: 50, maxMs: 100 },
      { percentile: 99.9, maxMs: 900 },
    ]);
  });

  test.each([
    ['{ percentiles: { p0: 1 } }', 'is "p" with a number above 0 and below 100, as p95'],
    ['{ percentiles: { p100: 1 } }', 'is "p" with a number above 0 and below 100, as p95'],
    ['{ percentiles: {} }', 'needs at least one percentile'],
    ['{ percentile: 95, percentiles: { p50: 1 } }', 'has either percentiles, or percentile and maxMs'],
    ['{ decide: upper }', 'is one of "point", "upper-bound"'],
  ])('%s is refused', (more, words) => {
    expect(problems(`serving: { latency: ${more} }\n`).join('\n')).toContain(words);
  });

  test('stays what it is when it is read again', () => {
    const gates = load(
      'serving: { latency: { percentiles: { p50: 1 } }, throughput: { minRequestsPerSecond: 5 }, maxAnswerBytes: 9 }\n',
    );
    expect(gatesSchema.parse(JSON.parse(JSON.stringify(gates)))).toEqual(gates);
    expect(gates.serving.throughput).toEqual({
      minRequestsPerSecond: 5,
      concurrency: 4,
      seconds: 10,
      decide: 'point',
      confidence: 0.95,
    });
  });
});
