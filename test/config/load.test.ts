import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGates, parseGates } from '../../lib/config/load';
import { ConfigurationError } from '../../lib/config/problem';

const CHURN = join(__dirname, '..', '..', 'examples', 'churn');

const GOOD = `version: 1
dataset:
  name: tiny
  version: "1"
  key: id
  label: y
  columns:
    id: string
    x: number
    y: integer
data:
  expectations:
    - expect_column_values_to_be_between: { column: x, min_value: 0 }
    - type: expect_column_values_to_be_unique
      kwargs: { column: id }
      on: train
model:
  metrics:
    roc_auc: { min: 0.7 }
`;

function problems(text: string, folder = '.'): readonly string[] {
  try {
    parseGates(text, 'gates.yaml', folder);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ where, message }) => `${where}: ${message}`);
    throw error;
  }
}

describe('a good gates.yaml', () => {
  test('fills in defaults and reads both forms of expectations', () => {
    const gates = parseGates(GOOD, 'gates.yaml', '.');
    expect(gates.dataset).toMatchObject({ path: 'golden', train: 'train.csv', task: 'binary', positive: 1 });
    expect(gates.data.expectations).toEqual([
      { type: 'expect_column_values_to_be_between', kwargs: { column: 'x', min_value: 0 } },
      { type: 'expect_column_values_to_be_unique', kwargs: { column: 'id' }, on: 'train' },
    ]);
    expect(gates.canary.steps).toEqual([5, 25, 100]);
  });

  test('the churn example loads, and its digest is that of its bytes', () => {
    const loaded = loadGates(CHURN);
    expect(loaded.gates.dataset.key).toBe('customer_id');
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('problems', () => {
  test('are all told at once, in the order of the file, with place, value and what is allowed', () => {
    const text = GOOD.replace('  label: y', '  lable: y\n  version: 2')
      .replace('  version: "1"\n', '')
      .replace('x: number', 'x: nmber')
      .replace('min: 0.7', 'min: "0.7"')
      .replace('column: id }', 'column: ident }');
    expect(problems(text)).toEqual([
      'gates.yaml:2:1: dataset.label is missing (string)',
      expect.stringMatching(
        /^gates\.yaml:5:3: unknown key "lable" in dataset \(did you mean "label"\?\); known are name, /,
      ),
      'gates.yaml:6:12: dataset.version is a string; found 2; write "2"',
      'gates.yaml:9:8: dataset.columns.x is one of "string", "integer", "number", "boolean", "date", "timestamp"; found "nmber" (did you mean "number"?)',
      expect.stringContaining('gates.yaml:14:7: expect_column_values_to_be_unique: column names no column'),
      'gates.yaml:19:21: model.metrics.roc_auc.min is a number; found "0.7"',
    ]);
  });

  test.each([
    [
      'a metric',
      GOOD.replace('roc_auc', 'roc_acu'),
      'unknown key "roc_acu" in model.metrics (did you mean "roc_auc"?)',
    ],
    ['a key column', GOOD.replace('key: id', 'key: ident'), 'dataset.key names no column of dataset.columns'],
    [
      'a positive of another type',
      GOOD.replace('  key: id', '  positive: "yes"\n  key: id'),
      `dataset.positive is a value of the label's type (integer); found "yes"`,
    ],
    [
      'an expectation',
      GOOD.replace('expect_column_values_to_be_between', 'expect_column_values_to_be_betwen'),
      'unknown expectation "expect_column_values_to_be_betwen" (did you mean "expect_column_values_to_be_between"?); known are',
    ],
    [
      'an argument',
      GOOD.replace('min_value: 0', 'min_valeu: 0'),
      'unknown argument "min_valeu" (did you mean "min_value"?)',
    ],
    [
      'a bound of another type',
      GOOD.replace('min_value: 0', 'min_value: low'),
      `min_value is of the column's type (number)`,
    ],
    ['a duplicate key', `${GOOD}version: 1\n`, 'is no valid YAML: Map keys must be unique'],
    ['a path that leaves', GOOD.replace('  key: id', '  path: ../x\n  key: id'), 'dataset.path is a relative path'],
    [
      'a metric of another task',
      GOOD.replace('  label: y', '  label: y\n  task: regression'),
      'gates.yaml:20:14: model.metrics.roc_auc is no metric of a regression task, which has mae, rmse, r2, mape, pinball; found {"min":0.7}',
    ],
    [
      'a regression of text',
      GOOD.replace('  label: y', '  label: id\n  task: regression').replace('roc_auc', 'r2'),
      'dataset.label is a column of string; a regression label is integer or number; found "id"',
    ],
    [
      'a promotion by another task',
      `${GOOD}  promotion: { metric: rmse }\n`,
      'model.promotion.metric is no metric of a binary task, which has roc_auc, ',
    ],
    ['an empty file', '', 'gates.yaml:1:1: the file is empty'],
  ])('%s', (_what, text, expected) => {
    expect(problems(text).join('\n')).toContain(expected);
  });

  test('a missing file names the file', () => {
    expect(() => loadGates('/nowhere')).toThrow('/nowhere/gates.yaml: there is no such file');
  });
});

describe('a suite of Great Expectations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-suite-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const withSuite = GOOD.replace('data:\n', 'data:\n  suite: suite.json\n');

  test('adds its expectations', () => {
    const suite = {
      name: 's',
      meta: { great_expectations_version: '1.3.0' },
      expectations: [
        { type: 'expect_column_to_exist', kwargs: { column: 'x' }, meta: {}, id: 'abc', severity: 'critical' },
      ],
    };
    writeFileSync(join(folder, 'suite.json'), JSON.stringify(suite));
    const { expectations } = parseGates(withSuite, 'gates.yaml', folder).data;
    expect(expectations.at(-1)).toEqual({ type: 'expect_column_to_exist', kwargs: { column: 'x' } });
    expect(expectations).toHaveLength(3);
  });

  test('problems name the file and the entry', () => {
    const suite = { name: 's', expectations: [{ type: 'expect_column_values_to_be_null', kwargs: { column: 'z' } }] };
    writeFileSync(join(folder, 'suite.json'), JSON.stringify(suite));
    expect(problems(withSuite, folder)).toEqual([
      'suite.json:1:29: expect_column_values_to_be_null: column names no column of dataset.columns, which has id, x, y; found "z"',
    ]);
  });

  test('one of version 0 is refused by name', () => {
    writeFileSync(join(folder, 'suite.json'), '{"expectations": [{"expectation_type": "expect_column_to_exist"}]}');
    expect(problems(withSuite, folder).join()).toContain('is a Great Expectations 0.x suite');
  });
});

test('the published schema is that of the code: `npm run schemas`', async () => {
  const { publishedSchemas } = await import('../../lib/config/json-schema');
  for (const [name, content] of Object.entries(publishedSchemas())) {
    expect(readFileSync(join(__dirname, '..', '..', 'schemas', name), 'utf8')).toBe(content);
  }
});

test('a wrong type of a column is told once, not again by each expectation of the column', () => {
  expect(problems(GOOD.replace('x: number', 'x: numbr'))).toEqual([
    expect.stringMatching(/^gates\.yaml:9:8: dataset\.columns\.x is one of .* \(did you mean "number"\?\)$/),
  ]);
});
