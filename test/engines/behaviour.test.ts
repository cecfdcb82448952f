import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatesSchema } from '../../lib/config/gates';
import { probeRows } from '../../lib/core/behaviour';
import { answersByKey, answersInOrder } from '../../lib/engines/behaviour/answers';
import { prepareBehaviour } from '../../lib/engines/behaviour/plan';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-behaviour-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const gatesWith = (behaviour: object, dataset: object = {}) =>
  gatesSchema.parse({
    version: 1,
    dataset: {
      name: 'd',
      version: '1',
      key: 'id',
      label: 'y',
      columns: { id: 'string', x: 'integer', city: 'string', y: 'integer' },
      ...dataset,
    },
    model: { metrics: 'task' in dataset ? { accuracy: { min: 0 } } : { roc_auc: { min: 0 } } },
    behaviour,
  });

/** Rows as the holdout's file and as the transform's lines. */
function holdout(count: number, name = 'holdout.csv') {
  const rows = Array.from({ length: count }, (_, i) => ({ id: `r${i}`, x: i, city: i % 2 === 0 ? "O'Fallon" : '' }));
  const file = join(folder, name);
  writeFileSync(file, `id,x,city,y\n${rows.map(({ id, x, city }, i) => `${id},${x},${city},${i % 3}`).join('\n')}\n`);
  const lines = rows.map((row) => JSON.stringify({ ...row, city: row.city === '' ? null : row.city }));
  return { source: { name, file }, lines };
}

const shift = { type: 'invariance', perturb: [{ add: { column: 'x', by: 1 } }], expect: { tolerance: 1 } };

test('a condition chooses rows by every column of the file, the label included', async () => {
  const { source, lines } = holdout(60);
  const gates = gatesWith({
    determinism: { rows: 2 },
    tests: [{ ...shift, name: 'some', where: "y = 1 AND city = 'O''Fallon' AND x < 30 -- even", minRows: 1 }],
  });
  const { plan } = await prepareBehaviour(gates, source, lines);
  const expected = Array.from({ length: 30 }, (_, i) => i).filter((i) => i % 3 === 1 && i % 2 === 0);
  expect(plan.tests[0]?.cases.map(({ key }) => key)).toEqual(expected.map((i) => `r${i}`));
  expect(plan.tests[0]?.matched).toBe(expected.length);
  expect(
    probeRows(plan)
      .slice(2)
      .map(({ x }) => x),
  ).toEqual(expected.map((i) => i + 1));
});

test('rows keep the numbers of the file, however many threads read it', async () => {
  const { source, lines } = holdout(200_000, 'large.csv');
  const gates = gatesWith({ tests: [{ ...shift, name: 'late', where: 'x % 1999 = 0', sampleRows: 1000, minRows: 1 }] });
  const { plan } = await prepareBehaviour(gates, source, lines);
  const cases = plan.tests[0]?.cases ?? [];
  expect(cases).toHaveLength(101);
  expect(cases.every(({ row }, i) => row.x === i * 1999)).toBe(true);
}, 20_000);

test('a sample is drawn by seed, and rows elsewhere do not change it', async () => {
  const plan = async (count: number, seed: number) => {
    const { source, lines } = holdout(count);
    const gates = gatesWith({ seed, tests: [{ ...shift, name: 'all', sampleRows: 50 }] });
    return (await prepareBehaviour(gates, source, lines)).plan.tests[0]?.cases.map(({ key }) => key) ?? [];
  };
  const first = await plan(500, 1);
  expect(first).toHaveLength(50);
  expect(await plan(500, 1)).toEqual(first);
  expect(await plan(500, 2)).not.toEqual(first);
  // Of 550 rows, the sample differs from that of 500 by new rows alone.
  const more = await plan(550, 1);
  expect(more.filter((key) => Number(key.slice(1)) < 500).every((key) => first.includes(key))).toBe(true);
});

test('a condition that is no SQL over the columns is told with the nearest column', async () => {
  const { source, lines } = holdout(5);
  const gates = gatesWith({ tests: [{ ...shift, name: 'odd', where: 'cit = 1' }] });
  await expect(prepareBehaviour(gates, source, lines)).rejects.toThrow(
    /^gates\.yaml: behaviour test "odd": where cit = 1: Referenced column "cit" not found .*"city"/,
  );
  const reading = gatesWith({
    tests: [{ ...shift, name: 'odd', where: "x IN (SELECT 1 FROM read_csv('/etc/passwd'))" }],
  });
  await expect(prepareBehaviour(reading, source, lines)).rejects.toThrow(
    /^gates\.yaml: behaviour test "odd": where .*: has a query of its own; a condition reads the columns of its row alone$/,
  );
  const ended = gatesWith({ tests: [{ ...shift, name: 'odd', where: 'x = 1); DROP TABLE t; --' }] });
  await expect(prepareBehaviour(ended, source, lines)).rejects.toThrow('behaviour test "odd"');
});

test('classes of a multiclass task are those that are declared, or those of the holdout in order', async () => {
  const { source, lines } = holdout(9);
  const of = async (classes: object) =>
    (await prepareBehaviour(gatesWith({}, { task: 'multiclass', ...classes }), source, lines)).decisions.classes;
  expect(await of({})).toEqual(['0', '1', '2']);
  expect(await of({ classes: [2, 1, 0] })).toEqual(['2', '1', '0']);
});

describe('answers', () => {
  const gates = gatesWith({});
  const rows = [
    { id: 'a', x: 1, city: null },
    { id: 'b', x: 2, city: 'Bern' },
  ];
  const how = { classes: [] };
  const joined = rows.map((row, i) => JSON.stringify({ ...row, SageMakerOutput: { score: i / 10 } }));

  test('come joined or alone, in the order that was sent', () => {
    const expected = [{ scores: [0] }, { scores: [0.1] }];
    expect(answersInOrder('f', `${joined.join('\n')}\n`, rows, gates, how)).toEqual(expected);
    expect(answersInOrder('f', '{"score":0}\r\n0.1\r\n', rows, gates, how)).toEqual(expected);
  });

  test('to other rows, or to more or fewer, are refused by line', () => {
    expect(() => answersInOrder('f.out', joined.toReversed().join('\n'), rows, gates, how)).toThrow(
      'f.out:1: answers another row than was sent: id is "b", sent was "a"',
    );
    expect(() => answersInOrder('f.out', joined[0] ?? '', rows, gates, how)).toThrow(
      'f.out: has 1 answers; 2 rows were sent',
    );
    expect(() => answersInOrder('f.out', 'x\ny', rows, gates, how)).toThrow('f.out:1: is no JSON: x');
  });

  test('without a finite number are no answers', () => {
    expect(answersInOrder('f', '{"score":null}\n{"p":1}', rows, gates, how)).toEqual([
      { problem: 'the answer has null as "score"; a finite number is required' },
      { problem: 'the answer has no "score": found {"p":1}' },
    ]);
  });

  test('of the holdout are found by key', () => {
    expect(answersByKey('f', joined.join('\n'), gates, how).get('b')).toEqual({ scores: [0.1] });
    expect(() => answersByKey('f', '{"id":"a"}', gates, how)).toThrow('f:1: each line is an object with the key "id"');
  });
});
