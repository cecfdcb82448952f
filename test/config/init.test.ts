import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inferTable, initialGates, labelProblem } from '../../lib/config/init';
import { Sample } from '../../lib/config/init/sample';
import { parseGates } from '../../lib/config/load';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';

const folder = mkdtempSync(join(tmpdir(), 'assay-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const csv = [
  'id,plan,amount,joined,active,answer',
  ...Array.from({ length: 60 }, (_, i) => {
    const amount = i === 7 ? ' ' : `${i}.5`;
    return `K${i},${i % 2 ? 'basic' : 'plus'},${amount},2024-01-${String((i % 28) + 1).padStart(2, '0')},${i % 3 === 0},${i % 5 ? 'No' : 'Yes'}`;
  }),
].join('\n');

const types = (table: Awaited<ReturnType<typeof inferTable>>) => table.columns.map(({ name, type }) => [name, type]);

const EXPECTED = [
  ['id', 'string'],
  ['plan', 'string'],
  ['amount', 'number'],
  ['joined', 'date'],
  ['active', 'boolean'],
  ['answer', 'string'],
];

const files = { train: 'train.csv', holdout: 'holdout.csv' };

async function gatesOf(text: string, names: { key: string; label: string }, holdoutRows: number) {
  const table = await inferTable([write('table.csv', text)], names.label);
  const trainRows = (table.rows[0] ?? 0) - holdoutRows;
  const written = initialGates({ ...table, ...files, ...names, dataset: 'data-golden', trainRows, holdoutRows });
  return { written, gates: parseGates(written, 'gates.yaml', '.') };
}

test('types come from the data; a few stray texts do not hide a column of numbers', async () => {
  const table = await inferTable([write('data.csv', csv)], 'answer');
  expect(types(table)).toEqual(EXPECTED);
  expect(table.columns.find(({ name }) => name === 'amount')?.stray).toBe(1);
  expect(table.rows).toEqual([60]);
});

test('a packed CSV is read as the CSV that it holds', async () => {
  expect(types(await inferTable([write('data.csv.gz', gzipSync(csv))], 'answer'))).toEqual(EXPECTED);
});

test('Parquet and JSON lines say themselves what is a number: digits in a text stay text', async () => {
  const session = await DuckDbSession.open({ threads: 1 });
  const path = join(folder, 'data.parquet');
  await session.rows(
    sql`COPY (SELECT range AS id, CAST(range AS VARCHAR) AS code, range / 2.0 AS half, range % 2 = 0 AS even, DATE '2024-01-31' AS day FROM range(40)) TO ${literal(path)} (FORMAT parquet)`,
  );
  session.close();
  const wanted = ['integer', 'string', 'number', 'boolean', 'date'];
  expect(types(await inferTable([path], 'even')).map(([, type]) => type)).toEqual(wanted);
  const lines = Array.from({ length: 40 }, (_, i) => ({
    id: i,
    code: `${i}`,
    half: i / 2,
    even: i % 2 === 0,
    day: '2024-01-31',
  }));
  const jsonl = write('data.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(types(await inferTable([jsonl], 'even')).map(([, type]) => type)).toEqual(wanted);
});

test('the first gates.yaml loads, finds the positive value and means the same to readers of YAML 1.1', async () => {
  const { written, gates } = await gatesOf(csv, { key: 'id', label: 'answer' }, 12);
  expect(gates.dataset).toMatchObject({ task: 'binary', positive: 'Yes', key: 'id', label: 'answer' });
  expect(written).toContain('positive: "Yes"');
  // Its blank is found by the types already; whether it becomes a missing value is for the team to say.
  expect(gates.data.expectations).not.toContainEqual(expect.objectContaining({ kwargs: { column: 'amount' } }));
  expect(gates.data.expectations).toContainEqual({
    type: 'expect_column_values_to_be_in_set',
    kwargs: { column: 'plan', value_set: ['basic', 'plus'] },
  });
  // Too few rows for a verdict: a comment says so, and the file does not end inconclusive.
  expect(gates.drift).toBeUndefined();
  expect(written).toContain('# No drift: with 12 rows it would be inconclusive; 100 are needed.');
  expect(gates.model.slices).toEqual([]);
  expect(gates.behaviour.tests).toEqual([]);
});

/** 4,000 customers: the risk differs much by plan, little by region, not by colour; `rare` has no group of 100 held-out rows but one. */
function customers(): string {
  const rows = Array.from({ length: 4000 }, (_, i) => {
    const plan = ['basic', 'plus', 'full'][i % 3] ?? '';
    const region = ['north', 'south'][Math.floor(i / 3) % 2] ?? '';
    const colour = ['red', 'blue'][Math.floor(i / 60) % 2] ?? '';
    const risk = (plan === 'basic' ? 0.6 : plan === 'plus' ? 0.3 : 0.15) + (region === 'north' ? 0.1 : 0);
    const churned = (i * 7919) % 1000 < risk * 1000 ? 'Yes' : 'No';
    return `K${i},${colour},${region},${plan},${i % 400 === 0 ? 'x' : 'y'},${(i * 31) % 977}.25,${churned}`;
  });
  return ['id,colour,region,plan,rare,spend,churned', ...rows].join('\n');
}

test('with enough rows it proposes drift, slices along which the label differs, behaviour and a serving budget', async () => {
  const { written, gates } = await gatesOf(customers(), { key: 'id', label: 'churned' }, 800);
  expect(gates.drift).toMatchObject({ reference: 'train', current: 'holdout' });
  const slices = gates.model.slices.map(({ column, where }) => column ?? where);
  expect(slices).toEqual(['plan', 'region', 'colour', expect.stringMatching(/^"spend" <= 2\d\d\.25$/)]);
  expect(gates.behaviour.tests.map(({ type, perturb }) => [type, perturb])).toEqual([
    ['invariance', [{ typo: { column: 'id', edits: 1 } }]],
    ['invariance', [{ noise: { column: 'spend', share: 0.01, min: 0 } }]],
  ]);
  expect(gates.model.holdout.budget).toBe(100);
  expect(gates.serving).toMatchObject({ latency: { percentiles: { p50: 500 } }, throughput: { concurrency: 2 } });
  // Which groups are protected is for the team to say.
  expect(gates.model.fairness).toEqual([]);
  expect(written).toContain('columns of two values: colour, region, rare.');
  // What is commented out is valid as it stands.
  const example = written.replace(/^ {2}# (fairness:| {2}- \{ column)/gm, '  $1');
  expect(parseGates(example, 'gates.yaml', '.').model.fairness).toMatchObject([{ column: 'colour' }]);
});

test('a regression is asked for R², and tolerances are in units of its label', async () => {
  const rows = Array.from(
    { length: 2000 },
    (_, i) => `${i},${i % 2 ? 'a' : 'b'},${((i * 37) % 1000) - 500},${(i * 13) % 2000}`,
  );
  const { gates } = await gatesOf(['n,kind,x,price', ...rows].join('\n'), { key: 'n', label: 'price' }, 400);
  expect(gates.dataset.task).toBe('regression');
  expect(Object.keys(gates.model.metrics)).toEqual(['r2']);
  expect(gates.model.slices[0]).toMatchObject({ column: 'kind', metrics: { r2: { maxDrop: 0.1 } } });
  const [key, noise] = gates.behaviour.tests;
  expect(key?.perturb).toEqual([{ add: { column: 'n', by: 1 } }]);
  // Amounts below 0 are not clipped; half of the prices lie within 1,000.
  expect(noise?.perturb).toEqual([{ noise: { column: 'x', share: 0.01 } }]);
  expect(noise?.expect.tolerance).toBeGreaterThan(90);
  expect(noise?.expect.tolerance).toBeLessThan(110);
});

test('names of columns that SQL, YAML and names of checks have to quote', async () => {
  const header = 'id,"select: ""x"", % of #1",y';
  const rows = Array.from({ length: 3000 }, (_, i) => `K${i},${i}.5,${i % 2}`);
  const { gates } = await gatesOf([header, ...rows].join('\n'), { key: 'id', label: 'y' }, 600);
  expect(gates.model.slices[0]?.where).toMatch(/^"select: ""x"", % of #1" <= \d+\.5$/);
  expect(gates.behaviour.tests[1]?.perturb).toEqual([
    { noise: { column: 'select: "x", % of #1', share: 0.01, min: 0 } },
  ]);
});

test('two parts of one table are read together: what only the second holds is seen as well', async () => {
  const parts = [write('train.csv', 'id,kind,amount\n1,a,1\n'), write('holdout.csv', 'id,kind,amount\n2,b,\n3,b,2\n')];
  const { columns, rows } = await inferTable(parts, 'kind');
  const [, kind, amount] = columns;
  expect([kind?.distinct, amount?.missing, rows]).toEqual([['a', 'b'], 1, [1, 2]]);
});

test('a table of key and label alone has no expectations, and loads', async () => {
  const { gates } = await gatesOf('id,y\na,1\nb,0\n', { key: 'id', label: 'y' }, 1);
  expect(gates.data.expectations).toEqual([]);
});

test('a label has two values or is a number', () => {
  const column = { name: 'y', stray: 0, missing: 0, counts: new Map(), numbers: [] };
  expect(labelProblem({ ...column, type: 'string', distinct: ['No', 'Yes'] })).toBeUndefined();
  expect(labelProblem({ ...column, type: 'number', distinct: ['1', '2.5', '3'] })).toBeUndefined();
  expect(labelProblem({ ...column, type: 'string', distinct: ['a', 'b', 'c'] })).toBe(
    'has 3 different values ("a", "b", "c"); a binary label has two, a regression label is a number',
  );
  expect(labelProblem({ ...column, type: 'integer', distinct: ['1'] })).toContain('has 1 different value ("1")');
});

test('a sample is of all that was seen, not of what came first', () => {
  const sample = new Sample();
  for (let i = 0; i < 100_000; i += 1) sample.add(i);
  const kept = sample.sorted();
  expect(kept).toHaveLength(2000);
  // Four standard errors of the mean of 2,000 draws from 0 … 99,999.
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  expect(Math.abs(mean - 50_000)).toBeLessThan((4 * 28_868) / Math.sqrt(2000));
});
