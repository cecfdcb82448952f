import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../../lib/core/statistics';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { featureAreas } from '../../../lib/engines/model/feature-areas';
import { openGolden } from '../../../lib/engines/predictions/golden';

const random = createRandom(6);
const ROWS = 400;
const COLORS = ['red', 'green', 'blue'];

const rows = Array.from({ length: ROWS }, (_, index) => {
  const y = random() < 0.35 ? 1 : 0;
  return {
    id: `k${index}`,
    y,
    amount: random() < 0.1 ? undefined : Math.round((y + 2 * random()) * 10) / 10,
    color: COLORS[random() < 0.6 ? 0 : y === 1 ? 1 : 2],
    leak: y === 1 ? '2024-05-01' : '2023-01-01',
    flag: random() < 0.2 + 0.5 * y,
    unique: `u${index}`,
    constant: 7,
  };
});
type Feature = 'amount' | 'color' | 'leak' | 'flag' | 'constant';

let folder: string;
let session: DuckDbSession;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-features-'));
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => String((row as Record<string, unknown>)[name] ?? '')).join(','));
  writeFileSync(join(folder, 'golden.csv'), `${[names.join(','), ...cells].join('\n')}\n`);
  session = await DuckDbSession.open();
});

afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

const types = [
  { name: 'id', type: 'string' },
  { name: 'y', type: 'integer' },
  { name: 'amount', type: 'number' },
  { name: 'color', type: 'string' },
  { name: 'leak', type: 'date' },
  { name: 'flag', type: 'boolean' },
  { name: 'unique', type: 'string' },
  { name: 'constant', type: 'integer' },
] as const;

const golden = (task: 'binary' | 'multiclass' | 'regression', label: string) =>
  openGolden(session, task, { paths: [join(folder, 'golden.csv')], key: 'id', label, types });

/** Pairs won, ties half; the better of both directions. */
function naive(values: readonly number[], positive: readonly boolean[]): number {
  let [wins, pairs] = [0, 0];
  for (const [i, a] of values.entries()) {
    for (const [j, b] of values.entries()) {
      if (positive[i] !== true || positive[j] !== false) continue;
      pairs += 1;
      wins += a > b ? 1 : a === b ? 0.5 : 0;
    }
  }
  return Math.max(wins / pairs, 1 - wins / pairs);
}

const positive = rows.map(({ y }) => y === 1);
const share = (color: unknown): number => {
  const of = rows.filter((row) => row.color === color);
  return of.filter(({ y }) => y === 1).length / of.length;
};
const numbers: Readonly<Record<Feature, readonly number[]>> = {
  amount: rows.map(({ amount }) => amount ?? -1),
  color: rows.map(({ color }) => share(color)),
  leak: rows.map(({ leak }) => Date.parse(leak)),
  flag: rows.map(({ flag }) => Number(flag)),
  constant: rows.map(() => 0),
};

const TEXT = new Set(['color', 'unique']);
const ask = (...names: readonly string[]) => names.map((name) => ({ name, isText: TEXT.has(name) }));

test('each feature alone, as pairs are counted: numbers, text by its share of positives, dates, booleans', async () => {
  const names = Object.keys(numbers) as Feature[];
  const found = await featureAreas(session, await golden('binary', 'y'), ask(...names), ROWS);
  expect(found.map(({ column }) => column)).toEqual(names);
  for (const { column, auc } of found)
    expect([column, auc]).toEqual([column, expect.closeTo(naive(numbers[column as Feature], positive), 12)]);
  expect(found.find(({ column }) => column === 'leak')?.auc).toBe(1);
  expect(found.find(({ column }) => column === 'constant')?.auc).toBe(0.5);
});

test('text of which every row has its own says nothing', async () => {
  expect(await featureAreas(session, await golden('binary', 'y'), ask('unique'), ROWS)).toEqual([]);
});

test('several classes: the best separated one against the rest', async () => {
  const [found] = await featureAreas(session, await golden('multiclass', 'color'), ask('amount'), ROWS);
  const best = Math.max(
    ...COLORS.map((color) =>
      naive(
        numbers.amount,
        rows.map((row) => row.color === color),
      ),
    ),
  );
  expect(found?.auc).toBeCloseTo(best, 12);
});

test('regression: above the median label or not', async () => {
  const known = rows
    .filter(({ amount }) => amount !== undefined)
    .map(({ amount = 0 }) => amount)
    .sort((a, b) => a - b);
  const median =
    ((known[Math.floor((known.length - 1) / 2)] ?? 0) + (known[Math.ceil((known.length - 1) / 2)] ?? 0)) / 2;
  const has = rows.filter(({ amount }) => amount !== undefined);
  const [found] = await featureAreas(session, await golden('regression', 'amount'), ask('flag'), ROWS);
  expect(found?.auc).toBeCloseTo(
    naive(
      has.map(({ flag }) => Number(flag)),
      has.map(({ amount = 0 }) => amount > median),
    ),
    12,
  );
});

test('many rows are sampled by the hash of their key, always the same', async () => {
  const sampled = async () => featureAreas(session, await golden('binary', 'y'), ask('amount'), 300_000);
  const [first] = await sampled();
  expect(first?.auc).toBeGreaterThan(0.6);
  expect(await sampled()).toEqual([first]);
  const whole = await featureAreas(session, await golden('binary', 'y'), ask('amount'), ROWS);
  expect([first]).not.toEqual(whole);
});
