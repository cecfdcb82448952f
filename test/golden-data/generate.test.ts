import { createHash } from 'node:crypto';
import { CHURN_COLUMNS, churnDataset, churnExtract } from '../../lib/golden-data/generate';
import { Random } from '../../lib/golden-data/random';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const records = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe('random numbers', () => {
  test('are those of xoshiro128** 1.1 from the state 1, 2, 3, 4', () => {
    const random = new Random(0);
    Object.assign(random, { state: Uint32Array.of(1, 2, 3, 4) });
    const values = Array.from({ length: 8 }, () => random.uint32());
    expect(values).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849]);
  });

  test('normal numbers have mean 0 and variance 1', () => {
    const random = new Random(3);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    // Four standard errors: 4 / √20,000 and 4 √(2 / 20,000).
    expect(Math.abs(mean)).toBeLessThan(0.0283);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});

describe('churn data', () => {
  const { train, holdout } = churnDataset(8000, 7);

  test('the same seed gives the same bytes, on this machine and on any other', () => {
    expect(sha256(train)).toBe('a54f3ffe0153d73838cd985b0577f18c3d021fbf38c14def55d390e3a59ab36d');
    expect(sha256(holdout)).toBe('6b79578ea2731d68cd3684255555cd88d65c4320655633d3dcec532ebc6bb481');
    expect(churnDataset(8000, 8).train).not.toBe(train);
  });

  test('has the columns, 6,000 + 2,000 rows and unique keys', () => {
    expect(train.split('\n')[0]).toBe(CHURN_COLUMNS.join(','));
    expect([records(train).length, records(holdout).length]).toEqual([6000, 2000]);
    expect(new Set([...records(train), ...records(holdout)].map(([id]) => id)).size).toBe(8000);
  });

  test('about 27 % churn, and a few per cent of monthly_spend are missing', () => {
    const all = [...records(train), ...records(holdout)];
    const share = (test: (fields: readonly string[]) => boolean) => all.filter(test).length / all.length;
    expect(Math.abs(share((fields) => fields.at(-1) === '1') - 0.275)).toBeLessThan(0.015);
    expect(Math.abs(share((fields) => fields[2] === '') - 0.03)).toBeLessThan(0.008);
  });

  test('money has two decimals', () => {
    expect(records(train).every(([, , spend = '']) => spend === '' || /^\d+\.\d\d$/.test(spend))).toBe(true);
  });
});

describe('an extract of the shifted market', () => {
  const [steady, shifted] = [churnExtract(8000, 11, 'steady'), churnExtract(8000, 11, 'shifted')].map(records);
  const mean = (rows: readonly (readonly string[])[] | undefined, column: (typeof CHURN_COLUMNS)[number]) => {
    const cells = (rows ?? [])
      .map((fields) => fields[CHURN_COLUMNS.indexOf(column)] ?? '')
      .filter((cell) => cell !== '');
    return cells.reduce((sum, cell) => sum + Number(cell), 0) / cells.length;
  };

  test('has the customers of the golden data, who spend 1.6 times as much and call more often', () => {
    expect(shifted?.map(([id]) => id)).toEqual(steady?.map(([id]) => id));
    expect(shifted?.[0]?.[0]).toBe('C-00001');
    expect(mean(shifted, 'monthly_spend') / mean(steady, 'monthly_spend')).toBeCloseTo(1.6, 1);
    expect(mean(shifted, 'support_calls')).toBeGreaterThan(1.5 * mean(steady, 'support_calls'));
  });

  test('about 29 % churn, within what the data gate of the example allows', () => {
    expect(Math.abs(mean(shifted, 'churned') - 0.29)).toBeLessThan(0.02);
  });

  test('the same seed gives the same bytes', () => {
    expect(sha256(churnExtract(8000, 11, 'shifted'))).toBe(
      '450fb6050debc6d6bae460cf2bc28af37046282aab7d78820de0b504fe2181ca',
    );
  });
});
