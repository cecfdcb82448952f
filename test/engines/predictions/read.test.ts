import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerTally } from '../../../lib/core/model/input';
import { literal, sql } from '../../../lib/core/sql/sql';
import { createRandom } from '../../../lib/core/statistics';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { type PredictionsRequest, readPredictions } from '../../../lib/engines/predictions';

let session: DuckDbSession;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-predictions-'));
  session = await DuckDbSession.open();
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

function file(name: string, ...lines: readonly (string | object)[]): string {
  const path = join(folder, name);
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(path, `${text.join('\n')}\n`);
  return path;
}

async function parquet(name: string, csv: string): Promise<string> {
  const path = join(folder, name);
  await session.rows(sql`COPY (SELECT * FROM read_csv(${literal(csv)})) TO ${literal(path)} (FORMAT parquet)`);
  return path;
}

const types = [
  { name: 'id', type: 'string' },
  { name: 'churned', type: 'boolean' },
  { name: 'months', type: 'integer' },
  { name: 'plan', type: 'string' },
] as const;

const holdout = () =>
  file('holdout.csv', 'id,churned,months,plan', 'a,true,3,x', 'b,false,10,y', 'c,true,9,', 'd,false,2,x');

function request(golden: string, challenger: string, champion?: string): PredictionsRequest {
  return {
    task: 'binary',
    golden: {
      paths: [golden],
      types,
      key: 'id',
      label: 'churned',
      positive: true,
      groups: [
        { name: 'plan', column: 'plan' },
        { name: 'new', where: 'months < 9' },
      ],
    },
    challenger: { paths: [challenger], score: 'score' },
    ...(champion === undefined ? {} : { champion: { paths: [champion], score: 'score' } }),
  };
}

const none = { count: 0, examples: [] };
const whole = (answers: number): AnswerTally => {
  return { answers, missing: none, unknown: none, repeated: none, differing: none, invalid: none };
};

test('answers in the order of the holdout, joined as batch transform writes them', async () => {
  const scores = [{ score: 0.9 }, { score: 0.2 }, 0.7, { score: 1e-3 }];
  const answers = file(
    'out.jsonl',
    ...scores.map((answer, i) => ({ id: 'abcd'[i], months: i, SageMakerOutput: answer })),
  );
  const read = await readPredictions(session, request(holdout(), answers, answers));
  expect(read.holdout).toEqual({ rows: 4, keyless: 0, repeated: none, unlabelled: none });
  expect([read.challenger, read.champion]).toEqual([whole(4), whole(4)]);
  expect(read.columns).toEqual({
    rows: 4,
    labels: Uint8Array.of(1, 0, 1, 0),
    challenger: { columns: [Float64Array.of(0.9, 0.2, 0.7, 1e-3)] },
    champion: { columns: [Float64Array.of(0.9, 0.2, 0.7, 1e-3)] },
    groups: [
      { name: 'plan', names: ['x', 'y', '(missing)'], codes: Uint16Array.of(0, 1, 2, 0) },
      // Months are compared as numbers, not as the text of the file: 10 is not below 9.
      { name: 'new', names: ['false', 'true'], codes: Uint16Array.of(1, 0, 0, 1) },
    ],
  });
});

test('answers that stand in the golden file itself, of any format and whether or not their type is declared', async () => {
  const csv = file('both.csv', 'id,churned,months,plan,score', 'a,true,3,x,0.9', 'b,false,10,y,0.2', 'c,true,9,,1e-3');
  const champion = file('apart.csv', 'id,score', 'a,0.4', 'b,0.3', 'c,0.1');
  for (const path of [csv, await parquet('both.parquet', csv)]) {
    for (const declared of [types, [], [...types, { name: 'score', type: 'number' as const }]]) {
      const asked = request(path, path, champion);
      const read = await readPredictions(session, { ...asked, golden: { ...asked.golden, types: declared } });
      expect(read.challenger).toEqual(whole(3));
      expect(read.columns?.challenger.columns).toEqual([Float64Array.of(0.9, 0.2, 1e-3)]);
      expect(read.columns?.champion?.columns).toEqual([Float64Array.of(0.4, 0.3, 0.1)]);
      expect(read.columns?.groups[0]?.codes).toEqual(Uint16Array.of(0, 1, 2));
    }
  }
});

test('answers in another order are joined by key, whatever the format', async () => {
  const csv = file('shuffled.csv', 'score,id', '0.001,d', '0.2,b', '0.9,a', '0.7,c');
  for (const path of [csv, await parquet('shuffled.parquet', csv)]) {
    const read = await readPredictions(session, request(holdout(), path));
    expect(read.challenger).toEqual(whole(4));
    expect(read.columns?.challenger.columns).toEqual([Float64Array.of(0.9, 0.2, 0.7, 0.001)]);
    expect(read.columns?.labels).toEqual(Uint8Array.of(1, 0, 1, 0));
  }
});

test('everything that is wrong with answers is counted, with examples', async () => {
  const answers = file(
    'wrong.jsonl',
    { id: 'a', SageMakerOutput: { score: 0.5 } },
    { id: 'a', SageMakerOutput: { score: 0.5 } },
    { id: 'b', SageMakerOutput: { score: 0.1 } },
    { id: 'b', SageMakerOutput: { score: 0.4 } },
    { id: 'd', SageMakerOutput: { score: 'high' } },
    { id: 'e', SageMakerOutput: { score: 0.5 } },
    { id: null, SageMakerOutput: { score: 0.5 } },
  );
  const read = await readPredictions(session, request(holdout(), answers));
  expect(read.challenger).toEqual({
    answers: 7,
    missing: { count: 1, examples: ['c'] },
    unknown: { count: 2, examples: ['e', 'no key'] },
    repeated: { count: 2, examples: ['a', 'b'] },
    differing: { count: 1, examples: ['b'] },
    invalid: { count: 1, examples: ['d: {"score":"high"}'] },
  });
  expect(read.columns).toBeUndefined();
});

test('a row answered twice alike, or within the tolerance, is judged', async () => {
  const answers = file('twice.csv', 'id,score', 'a,0.5', 'b,0.1', 'c,0.3', 'd,0.2', 'b,0.101', 'a,0.5');
  const strict = await readPredictions(session, request(holdout(), answers));
  expect([strict.challenger.repeated.count, strict.challenger.differing.count]).toEqual([2, 1]);
  const lenient = await readPredictions(session, { ...request(holdout(), answers), tolerance: 0.01 });
  expect(lenient.challenger.differing).toEqual(none);
  expect(lenient.columns?.challenger.columns).toEqual([Float64Array.of(0.5, 0.1, 0.3, 0.2)]);
});

test.each(['', 'nan', 'inf', 'abc', ' 0.5', '1_0'])('the score "%s" is no number', async (score) => {
  const answers = file('scores.csv', 'id,score', 'a,0.5', `b,${score}`, 'c,0.3', 'd,0.2');
  const read = await readPredictions(session, request(holdout(), answers));
  expect(read.challenger.invalid).toEqual({ count: 1, examples: [`b: ${score === '' ? 'nothing' : score}`] });
  expect(read.columns).toBeUndefined();
});

test('NaN, infinities and NULL in Parquet are no numbers either, wherever they stand', async () => {
  for (const bad of ["'NaN'", "'Infinity'", "'-Infinity'", 'NULL']) {
    const path = join(folder, 'bad.parquet');
    const value = bad === 'NULL' ? sql`CAST(NULL AS DOUBLE)` : sql`CAST(${literal(bad.slice(1, -1))} AS DOUBLE)`;
    const rows = sql`SELECT i AS id, i % 2 AS churned, CASE WHEN i = 4999 THEN ${value} ELSE i / 5000 END AS score FROM range(5000) t(i)`;
    await session.rows(sql`COPY (${rows}) TO ${literal(path)} (FORMAT parquet)`);
    const read = await readPredictions(session, {
      task: 'binary',
      golden: { paths: [path], key: 'id', label: 'churned' },
      challenger: { paths: [path], score: 'score' },
    });
    expect(read.challenger.invalid.count).toBe(1);
    expect(read.challenger.invalid.examples[0]).toMatch(/^4999: /);
    expect(read.columns).toBeUndefined();
  }
});

test('a holdout with missing labels, missing keys or repeated keys is told and not judged', async () => {
  const golden = file('bad.csv', 'id,churned,months,plan', 'a,true,1,x', ',false,1,x', 'a,,1,x', 'd,maybe,1,x');
  const read = await readPredictions(session, request(golden, file('ok.csv', 'id,score', 'a,0.5', 'd,0.4')));
  expect(read.holdout).toEqual({
    rows: 4,
    keyless: 1,
    repeated: { count: 1, examples: ['a'] },
    unlabelled: { count: 2, examples: ['a', 'd: maybe'] },
  });
  expect(read.columns).toBeUndefined();
});

test('a champion with gaps is told; the challenger is judged without it', async () => {
  const good = file('good.csv', 'id,score', 'a,0.5', 'b,0.4', 'c,0.3', 'd,0.2');
  const gaps = file('gaps.csv', 'id,score', 'a,0.5', 'b,0.4', 'd,0.2');
  const read = await readPredictions(session, request(holdout(), good, gaps));
  expect(read.champion?.missing).toEqual({ count: 1, examples: ['c'] });
  expect(read.columns?.challenger.columns[0]).toEqual(Float64Array.of(0.5, 0.4, 0.3, 0.2));
  expect(read.columns?.champion).toBeUndefined();
});

test('several classes: lists, objects, or a column a class', async () => {
  const golden = file('kinds.csv', 'id,kind', '1,low', '2,high', '3,mid');
  const lists = file(
    'lists.jsonl',
    { id: 1, SageMakerOutput: { probabilities: [0.5, 0.2, 0.3] } },
    { id: 2, SageMakerOutput: [0.1, 0.8, 0.1] },
    { id: 3, SageMakerOutput: { probabilities: { high: 0.1, low: 0.8, mid: 0.1 } } },
  );
  const classes = ['low', 'high', 'mid'];
  const ask = (path: string, order?: readonly string[]): PredictionsRequest => ({
    task: 'multiclass',
    golden: { paths: [golden], key: 'id', label: 'kind', ...(order === undefined ? {} : { classes: order }) },
    challenger: { paths: [path], score: 'score' },
  });
  const read = await readPredictions(session, ask(lists, classes));
  expect(read.challenger).toEqual(whole(3));
  expect(read.columns?.classes).toEqual(classes);
  expect(read.columns?.labels).toEqual(Float64Array.of(0, 1, 2));
  expect(read.columns?.challenger.columns).toEqual([
    Float64Array.of(0.5, 0.1, 0.8),
    Float64Array.of(0.2, 0.8, 0.1),
    Float64Array.of(0.3, 0.1, 0.1),
  ]);
  const columns = file('columns.csv', 'id,probabilities_low,high,mid', '1,0.5,0.2,0.3', '2,0.1,0.8,0.1', '3,1,0,0');
  const sorted = await readPredictions(session, ask(columns));
  expect(sorted.columns?.classes).toEqual(['high', 'low', 'mid']);
  expect(sorted.columns?.challenger.columns[0]).toEqual(Float64Array.of(0.2, 0.8, 0));
  const short = file('short.jsonl', ...[1, 2, 3].map((id) => ({ id, SageMakerOutput: [0.5, 0.5] })));
  expect((await readPredictions(session, ask(short, classes))).challenger.invalid.count).toBe(3);
});

test('regression, weights and clusters', async () => {
  const golden = file('houses.csv', 'id,price,w,street', '1,10.5,1,B', '2,20,0.5,A', '3,-3e2,2,B', '4,7,1,');
  const answers = file('prices.csv', 'id,score', '1,11', '2,19', '3,-250', '4,7');
  const ask = (weights: string): PredictionsRequest => ({
    task: 'regression',
    golden: { paths: [golden], key: 'id', label: 'price', weights, clusters: 'street' },
    challenger: { paths: [answers], score: 'score' },
  });
  const { columns } = await readPredictions(session, ask('w'));
  expect(columns?.labels).toEqual(Float64Array.of(10.5, 20, -300, 7));
  expect(columns?.weights).toEqual(Float64Array.of(1, 0.5, 2, 1));
  expect(columns?.clusters).toEqual(Int32Array.of(0, 1, 0, 2));
  await expect(readPredictions(session, ask('price'))).rejects.toThrow(
    'row 3 has -300 as its weight; 0 or more is allowed',
  );
  await expect(readPredictions(session, ask('street'))).rejects.toThrow('row 1 has no number as its weight');
});

test('what is not there is named, with the nearest name', async () => {
  const answers = file('named.csv', 'id,scores', 'a,0.5');
  await expect(readPredictions(session, request(holdout(), answers))).rejects.toThrow(
    'has no column "score" (did you mean "scores"?)',
  );
  const wrong = { ...request(holdout(), answers).golden, groups: [{ name: 'young', where: 'monhts < 6' }] };
  await expect(readPredictions(session, { ...request(holdout(), answers), golden: wrong })).rejects.toThrow(
    'the condition of "young", monhts < 6, cannot be evaluated',
  );
});

test('many rows: whole-number keys, any order, and one key repeated far away', async () => {
  const rows = 51_000;
  const random = createRandom(3);
  const keys = Array.from({ length: rows }, (_, i) => (i * 2_654_435_761) % 2 ** 40);
  const scores = keys.map(() => random());
  const write = async (name: string, order: readonly number[]) => {
    const csv = file(
      `${name}.csv`,
      'id,label,score',
      ...order.map((i) => `${keys[i]},${i % 3 === 0 ? 1 : 0},${scores[i]}`),
    );
    return parquet(`${name}.parquet`, csv);
  };
  const order = keys.map((_, i) => i);
  const golden = await write('many', order);
  const reversed = await write('reversed', order.toReversed());
  const ask = (paths: string): PredictionsRequest => ({
    task: 'binary',
    golden: { paths: [golden], key: 'id', label: 'label' },
    challenger: { paths: [paths], score: 'score' },
    champion: { paths: [reversed], score: 'score' },
  });
  for (const path of [golden, reversed]) {
    const read = await readPredictions(session, ask(path));
    expect(read.challenger).toEqual(whole(rows));
    for (const model of [read.columns?.challenger, read.columns?.champion]) {
      expect(model?.columns[0]?.findIndex((score, row) => score !== scores[row])).toBe(-1);
    }
  }
  keys[rows - 5] = keys[3] ?? 0;
  const twice = await write('twice', order);
  const read = await readPredictions(session, { ...ask(twice), golden: { ...ask(twice).golden, paths: [twice] } });
  expect(read.holdout.repeated).toEqual({ count: 1, examples: [String(keys[3])] });
  expect(read.columns).toBeUndefined();
}, 30_000);
