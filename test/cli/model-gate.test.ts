import { writeFileSync } from 'node:fs';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { assay as call } from '../support/command-line';
import { CONTRACTS, csv, GATES, GOLDEN, modelGate, ROWS, rows } from './model-gate-fixture';

jest.setTimeout(30_000);

const { folder, file, assay, checks, verdicts, check } = modelGate();

describe('by a workload', () => {
  const local = (...args: readonly string[]) => assay('--workload', folder, ...args);

  test('every kind of check, on answers in CSV', async () => {
    expect(await local('--predictions', file('new.csv'), '--champion', file('old.csv'))).toBe(0);
    expect(verdicts()).toEqual({
      'sanity.holdout': 'pass',
      'sanity.complete': 'pass',
      'sanity.finite': 'pass',
      'sanity.probability': 'pass',
      'sanity.varies': 'pass',
      'sanity.leakage': 'pass',
      'sanity.holdout_budget': 'pass',
      'metrics.roc_auc': 'pass',
      'metrics.pr_auc': 'pass',
      'metrics.mcc': 'pass',
      'slices.Contract.roc_auc': 'pass',
      'slices.new.accuracy': 'pass',
      'fairness.gender.equalized-odds.difference': 'pass',
      'fairness.gender.equalized-odds.ratio': 'pass',
      'promotion.roc_auc': 'pass',
    });
    const young = rows.filter(({ tenure, Contract }) => tenure < 6 && Contract !== 'Two year');
    expect(check('slices.new.accuracy')?.evidence?.n).toBe(young.length);
  });

  test('a budget counts different predictions, the same ones once', async () => {
    const uses = async (name: string) => {
      const code = await local('--predictions', file(name));
      return [code, check('sanity.holdout_budget')?.evidence?.estimate];
    };
    expect(await uses('new.csv')).toEqual([0, 1]);
    expect(await uses('new.csv')).toEqual([0, 1]);
    writeFileSync(file('second.csv'), csv(['customerID', 'score']).replace(/\n$/, ''));
    expect(await uses('second.csv')).toEqual([0, 2]);
    writeFileSync(file('third.csv'), csv(['customerID', 'score', 'tenure']));
    expect(await uses('third.csv')).toEqual([2, 3]);
    expect(check('sanity.holdout_budget')?.reason).toMatch(
      /^the holdout was used 3 times, more than its budget of 2: /,
    );
    expect(await uses('second.csv')).toEqual([2, 3]);
    // Other rows are another holdout.
    writeFileSync(file('golden/holdout.csv'), csv(GOLDEN, [...rows].reverse()));
    expect(await uses('third.csv')).toEqual([0, 1]);
  });

  test('a feature that is the label in disguise', async () => {
    writeFileSync(file('gates.yaml'), GATES.replace('ignore: [CancelDate]', 'verdict: fail'));
    expect(await local('--predictions', file('new.csv'))).toBe(1);
    expect(check('sanity.leakage')?.reason).toMatch(/^CancelDate \(ROC AUC 1\) alone separates the label/);
  });

  test('one row answered twice: alike is fine, differently is not', async () => {
    const [first] = rows;
    if (first === undefined) throw new Error('there are rows');
    writeFileSync(file('twice.csv'), csv(['customerID', 'score'], [...rows, first]));
    expect(await local('--predictions', file('twice.csv'))).toBe(0);
    expect(check('sanity.deterministic')?.verdict).toBe('pass');
    writeFileSync(file('twice.csv'), csv(['customerID', 'score'], [...rows, { ...first, score: 0.123 }]));
    expect(await local('--predictions', file('twice.csv'))).toBe(1);
    expect(check('sanity.deterministic')?.reason).toBe(
      'of 1 row answered more than once, 1 got different answers (1000-ABCDE): one row is always answered alike',
    );
  });

  test('a condition that is no condition names itself', async () => {
    writeFileSync(file('gates.yaml'), GATES.replace('tenure < 6', 'tenyure < 6'));
    expect(await local('--predictions', file('new.csv'))).toBe(1);
    expect(
      checks()
        .map(({ reason }) => reason)
        .join(),
    ).toMatch(/the condition of "new", tenyure < 6 .* cannot be evaluated/);
  });

  test.each([
    ["EXISTS (SELECT * FROM read_csv('/etc/passwd'))", 'has a query of its own'],
    ["'a' IN (FROM '/etc/passwd')", 'has a query of its own'],
    ['tenure < 6) FROM x WHERE (TRUE', 'is not one expression'],
    ['tenure < 6) ORDER BY (tenure', 'is not one expression'],
    ['tenure, tenure', ''],
    ['CAST(Contract AS INTEGER) > 1', "Could not convert string '"],
    ['tenure < 6; SELECT 1', 'cannot be read: syntax error'],
  ])('a condition reads its row and nothing else: %s', async (where, message) => {
    writeFileSync(file('gates.yaml'), GATES.replace(`"tenure < 6 AND Contract <> 'Two year'"`, JSON.stringify(where)));
    expect(await local('--predictions', file('new.csv'))).toBe(1);
    expect(checks()[0]?.reason).toContain(`the condition of "new", ${where}, cannot be evaluated: ${message}`);
  });
});

describe('by flags alone', () => {
  const flags = ['--key', 'customerID', '--label', 'Churn', '--positive', 'Yes'];

  beforeEach(() => writeFileSync(file('all.csv'), csv(['customerID', 'Churn', 'Contract', 'score'])));

  test('figures where no bound is asked for', async () => {
    expect(
      await assay('--predictions', file('all.csv'), '--champion', file('old.csv'), ...flags, '--slice', 'Contract'),
    ).toBe(0);
    expect(checks().map(({ id }) => id)).toEqual([
      'sanity.holdout',
      'sanity.complete',
      'sanity.finite',
      'sanity.probability',
      'sanity.varies',
      'metrics.roc_auc',
      'metrics.accuracy',
      'metrics.f1',
      'metrics.log_loss',
      'metrics.brier',
      'slices.Contract.roc_auc',
      'promotion.roc_auc',
    ]);
    expect(check('metrics.f1')?.reason).toMatch(/^F1 is 0\.\d+ .*; no bound is set$/);
    expect(check('slices.Contract.roc_auc')).toMatchObject({ reason: 'ROC AUC of 3 slices measured; no bound is set' });
  });

  test('a positive value that no label has is told with those that there are', async () => {
    const positive = (value: string) =>
      assay('--predictions', file('all.csv'), ...flags.slice(0, 4), '--positive', value);
    const count = (label: string) => rows.filter(({ Churn }) => Churn === label).length;
    expect(await positive('yes')).toBe(1);
    expect(checks()).toMatchObject([
      {
        id: 'sanity.holdout',
        reason: `no label is "yes", the positive value (did you mean "Yes"?); found "No" (${count('No')} rows), "Yes" (${count('Yes')} rows)`,
      },
    ]);
    writeFileSync(
      file('all.csv'),
      csv(
        ['customerID', 'Churn', 'score'],
        rows.filter(({ Churn }) => Churn === 'No'),
      ),
    );
    expect(await positive('Yes')).toBe(2);
    expect(checks()[0]?.reason).toContain('no label is "Yes", the positive value; found "No"');
  });

  test('bounds and a promotion', async () => {
    const asked = [
      '--min',
      'roc_auc=0.99',
      '--max',
      'brier=0.3',
      '--promotion',
      'accuracy',
      '--rule',
      'superior',
      '--margin',
      '0',
    ];
    expect(await assay('--predictions', file('all.csv'), '--champion', file('old.csv'), ...flags, ...asked)).toBe(1);
    expect(verdicts()).toMatchObject({
      'metrics.roc_auc': 'fail',
      'metrics.brier': 'pass',
      'promotion.accuracy': 'pass',
    });
  });

  test('Parquet, with truth in a file of its own and answers in another order', async () => {
    const session = await DuckDbSession.open();
    writeFileSync(file('truth.csv'), csv(['customerID', 'Churn', 'Contract']));
    writeFileSync(file('shuffled.csv'), csv(['customerID', 'score'], [...rows].reverse()));
    const [from, to] = [literal(file('shuffled.csv')), literal(file('answers.parquet'))];
    await session.rows(sql`COPY (FROM ${from}) TO ${to} (FORMAT parquet)`);
    session.close();
    expect(await assay('--predictions', file('answers.parquet'), '--data', file('truth.csv'), ...flags)).toBe(0);
    const apart = check('metrics.roc_auc')?.evidence?.estimate;
    await assay('--predictions', file('all.csv'), ...flags);
    expect(apart).toBe(check('metrics.roc_auc')?.evidence?.estimate);
  });

  test('regression and several classes', async () => {
    writeFileSync(
      file('numbers.jsonl'),
      rows
        .map((row) => JSON.stringify({ id: row.customerID, y: row.tenure, value: row.tenure + row.score }))
        .join('\n'),
    );
    const regression = ['--key', 'id', '--label', 'y', '--task', 'regression', '--score', 'value'];
    expect(await assay('--predictions', file('numbers.jsonl'), ...regression)).toBe(0);
    expect(check('metrics.mae')?.evidence?.estimate).toBeCloseTo(
      rows.reduce((sum, row) => sum + row.score, 0) / ROWS,
      9,
    );
    const answer = (row: (typeof rows)[number]) => CONTRACTS.map((name) => (name === row.Contract ? 0.6 : 0.2));
    writeFileSync(
      file('classes.jsonl'),
      rows.map((row) => JSON.stringify({ id: row.customerID, y: row.Contract, probabilities: answer(row) })).join('\n'),
    );
    expect(
      await assay('--predictions', file('classes.jsonl'), '--key', 'id', '--label', 'y', '--task', 'multiclass'),
    ).toBe(0);
    expect(check('metrics.accuracy')?.evidence?.estimate).toBe(1);
  });

  test.each([
    [['--key', 'customerID'], /^assay: --predictions needs --key COLUMN and --label COLUMN/],
    [
      [...flags, '--task', 'binry'],
      /^assay: --task binry: is one of binary, multiclass, regression \(did you mean "binary"\?\)/,
    ],
    [
      [...flags, '--min', 'roc_acu=0.9'],
      /^assay: --min roc_acu: is no metric of a binary task \(did you mean "roc_auc"\?\)/,
    ],
    [[...flags, '--min', 'roc_auc'], /^assay: --min roc_auc: is METRIC=NUMBER/],
    [[...flags, '--max', 'brier=low'], /^assay: --max low: is a number/],
    [
      ['--key', 'customerId', '--label', 'Churn'],
      /^assay: --key customerId: \S*all\.csv: has no column "customerId" \(did you mean "customerID"\?\); it has customerID, Churn/,
    ],
    [['--key', 'customerID', '--label', 'Chrun'], /^assay: --label Chrun: .*\(did you mean "Churn"\?\)/],
    [[...flags, '--score', 'scor'], /^assay: --score scor: .*\(did you mean "score"\?\)/],
    [[...flags, '--slice', 'Contrac'], /^assay: --slice Contrac: .*\(did you mean "Contract"\?\)/],
    [[...flags, '--task', 'multiclass'], /^assay: \S*all\.csv: has neither a column "probabilities" nor one named/],
    [[...flags, '--champion', 'none.csv'], /^assay: none\.csv: there is no such file/],
    [[...flags, '--config', 'gates.yaml'], /^assay: --key and --config exclude each other/],
  ])('what is wrong is said in one line: %p', async (args, message) => {
    const { code, err } = await call(['gate', 'model', '--predictions', file('all.csv'), ...args]);
    expect([code, err]).toEqual([64, expect.stringMatching(message)]);
  });
});

test('by a configuration without its workload', async () => {
  writeFileSync(file('all.csv'), csv([...GOLDEN, 'score']));
  writeFileSync(file('plain.yaml'), GATES.replace('  holdout: { budget: 2 }\n', ''));
  const files = ['--predictions', file('all.csv'), '--champion', file('old.csv')];
  expect(await assay('--config', file('plain.yaml'), ...files)).toBe(0);
  expect(check('fairness.gender.equalized-odds.ratio')?.verdict).toBe('pass');
  expect(await assay('--config', file('gates.yaml'), ...files)).toBe(2);
  expect(check('sanity.holdout_budget')?.reason).toMatch(/^how often the holdout was used is not known: .*--workload/);
});
