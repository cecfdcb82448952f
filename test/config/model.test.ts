import { parseGates } from '../../lib/config/load';
import { ConfigurationError } from '../../lib/config/problem';

const file = (model: string, dataset = ''): string => `version: 1
dataset:
  name: tiny
  version: "1"
  key: id
  label: y
${dataset}  columns: { id: string, x: number, group: string, y: integer }
model:
${model}`;

function problems(model: string, dataset = ''): readonly string[] {
  try {
    parseGates(file(model, dataset), 'gates.yaml', '.');
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ where, message }) => `${where}: ${message}`);
    throw error;
  }
}

const modelOf = (model: string, dataset = '') => parseGates(file(model, dataset), 'gates.yaml', '.').model;

test('the first release of the format stays valid, and what it left open has defaults', () => {
  const model = modelOf(`  metrics: { roc_auc: { min: 0.7, decide: interval } }
  slices: [{ column: group, metrics: { roc_auc: { min: 0.6 } } }]
  promotion: { metric: roc_auc, rule: non-inferior, margin: 0.01 }
`);
  expect(model.metrics.roc_auc).toEqual({ min: 0.7, decide: 'lower-bound', confidence: 0.95 });
  expect(model.slices).toEqual([
    { column: 'group', minRows: 100, metrics: { roc_auc: { min: 0.6, confidence: 0.95 } } },
  ]);
  expect(model.promotion).toMatchObject({ scale: 'absolute', confidence: 0.95 });
  expect(model).toMatchObject({
    threshold: 0.5,
    fairness: [],
    holdout: { exceeded: 'inconclusive' },
    sanity: { probability: true, varies: true, tolerance: 0, leakage: { maxAuc: 0.98, verdict: 'inconclusive' } },
  });
});

test('everything that can be said is read', () => {
  const model = modelOf(`  threshold: 0.4
  weights: x
  clusters: group
  seed: 3
  replicates: 500
  parameters: { share: 0.2, bins: 20, binning: equal-mass }
  metrics: { accuracy: { min: 0.7, interval: bca }, ece: { max: 0.1, decide: lower-bound, confidence: 0.9 } }
  slices:
    - { name: new customers, where: "x < 6", minRows: 50, metrics: { accuracy: { maxDrop: 0.02, decide: significant } } }
  fairness:
    - { column: group, metric: equalized-odds, reference: a, difference: { max: 0.1 }, ratio: { min: 0.8, decide: lower-bound } }
  promotion: { metric: accuracy, rule: superior, margin: 0, minDelta: 0.01, scale: relative, test: bca }
  holdout: { budget: 30, exceeded: fail }
  sanity: { varies: false, repeated: required, tolerance: 1.0e-9, leakage: { verdict: "off", ignore: [x] } }
`);
  expect(model.fairness[0]).toMatchObject({
    difference: { max: 0.1, decide: 'point' },
    ratio: { decide: 'lower-bound' },
  });
  expect(model.promotion).toMatchObject({ scale: 'relative', minDelta: 0.01, test: 'bca' });
});

test('several classes', () => {
  const model = '  metrics: { f1_macro: { min: 0.7 } }\n';
  expect(modelOf(model, '  task: multiclass\n  classes: [0, 1, 2]\n').metrics).toHaveProperty('f1_macro');
  expect(problems(model, '  task: multiclass\n  classes: [0, 0, b]\n')).toEqual([
    'gates.yaml:8:12: dataset.classes names each class once; found [0,0,"b"]',
    `gates.yaml:8:12: dataset.classes has values of the label's type (integer); found [0,0,"b"]`,
  ]);
  expect(problems('  metrics: { roc_auc: { min: 0.7 } }\n', '  classes: [0, 1]\n')).toEqual([
    'gates.yaml:7:12: dataset.classes is for dataset.task multiclass; found [0,1]',
  ]);
});

test('problems of every kind are told at once, each at its place', () => {
  const found = problems(
    `  metrics: { roc_auc: { min: 0.7, interval: wilson }, rmse: { max: 1 }, f1: { min: 0.9, max: 0.8 }, ks: {} }
  weights: wieght
  thershold: 0.5
  slices:
    - { column: gruop, metrics: { roc_auc: { min: 0.6 } } }
    - { where: "x < 6", metrics: { roc_auc: { min: 0.6 } } }
    - { column: group, where: "x < 6", name: both, metrics: { roc_auc: { min: 0.6 } } }
    - { column: group, metrics: { roc_auc: { min: 0.6 } } }
    - { column: group, metrics: { roc_auc: { max: 1 }, f1: {} } }
  fairness: [{ column: group, metric: equal-odds, difference: { max: 0.1 } }]
  promotion: { metric: accuracy, test: delong }
`,
  );
  const expected = [
    /^gates\.yaml:9:45: model\.metrics\.roc_auc\.interval is no interval of roc_auc, which has delong, delta, percentile, bca; found "wilson"$/,
    /^gates\.yaml:9:\d+: model\.metrics\.rmse is no metric of a binary task, which has roc_auc, /,
    /^gates\.yaml:9:\d+: model\.metrics\.f1\.max is at least min; found 0\.8$/,
    /^gates\.yaml:9:\d+: model\.metrics\.ks needs min or max; found {}$/,
    /^gates\.yaml:10:12: model\.weights names no column of dataset\.columns, which has id, x, group, y; found "wieght"$/,
    /^gates\.yaml:11:3: unknown key "thershold" in model \(did you mean "threshold"\?\)/,
    /^gates\.yaml:13:17: model\.slices\.0\.column names no column of dataset\.columns \(did you mean "group"\?\)/,
    /^gates\.yaml:14:7: model\.slices\.1\.name is needed beside where; found nothing$/,
    /^gates\.yaml:15:7: model\.slices\.2 needs either column or where; found /,
    /^gates\.yaml:17:17: model\.slices\.4\.column has bounds for roc_auc in an earlier slice of this name; found "group"$/,
    /^gates\.yaml:17:\d+: model\.slices\.4\.metrics\.f1 needs min, max or maxDrop; found {}$/,
    /^gates\.yaml:18:\d+: model\.fairness\.0\.metric is one of "demographic-parity", "equal-opportunity", "equalized-odds"; found "equal-odds"/,
    /^gates\.yaml:19:\d+: model\.promotion\.test compares roc_auc; for accuracy it is bootstrap or bca; found "delong"$/,
  ];
  for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
  expect(found).toHaveLength(expected.length);
});

test.each([
  [
    'fairness: [{ column: group, metric: equal-opportunity, ratio: { min: 0.8 } }]',
    'dataset.task is binary for it, not regression',
  ],
  ['promotion: { metric: roc_auc }', 'model.promotion.metric is no metric of a regression task'],
  ['promotion: { test: tango }', 'model.promotion.test compares accuracy; for r2 it is bootstrap or bca'],
])('what a regression cannot have: %s', (line, message) => {
  const [problem] = problems(`  metrics: { r2: { min: 0.7 } }\n  ${line}\n`, '  task: regression\n');
  expect(problem).toContain(message);
});

test('a relative change takes resampling', () => {
  const metrics = '  metrics: { roc_auc: { min: 0.7 } }\n';
  expect(problems(`${metrics}  promotion: { scale: relative, test: delong }\n`).join()).toContain(
    'compares absolute differences; for relative changes it is bootstrap or bca',
  );
  expect(problems(`${metrics}  promotion: { scale: relative }\n`)).toEqual([]);
});
