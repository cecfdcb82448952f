import { Readable } from 'node:stream';
import { inferColumns, initialGates, labelProblem } from '../../lib/config/init';
import { parseGates } from '../../lib/config/load';

const csv = [
  'id,plan,amount,joined,active,answer',
  ...Array.from({ length: 60 }, (_, i) => {
    const amount = i === 7 ? ' ' : `${i}.5`;
    return `K${i},${i % 2 ? 'basic' : 'plus'},${amount},2024-01-${String((i % 28) + 1).padStart(2, '0')},${i % 3 === 0},${i % 5 ? 'No' : 'Yes'}`;
  }),
].join('\n');

test('types come from the data; a few stray texts do not hide a column of numbers', async () => {
  const columns = await inferColumns({ name: 'data.csv', stream: Readable.from([csv]) });
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'string'],
    ['plan', 'string'],
    ['amount', 'number'],
    ['joined', 'date'],
    ['active', 'boolean'],
    ['answer', 'string'],
  ]);
  expect(columns.find(({ name }) => name === 'amount')?.stray).toBe(1);
});

test('the first gates.yaml loads, finds the positive value and means the same to readers of YAML 1.1', async () => {
  const columns = await inferColumns({ name: 'data.csv', stream: Readable.from([csv]) });
  const text = initialGates({ dataset: 'data-golden', key: 'id', label: 'answer', columns });
  const gates = parseGates(text, 'gates.yaml', '.');
  expect(gates.dataset).toMatchObject({ task: 'binary', positive: 'Yes', key: 'id', label: 'answer' });
  expect(text).toContain('positive: "Yes"');
  // Its blank is found by the types already; whether it becomes a missing value is for the team to say.
  expect(gates.data.expectations).not.toContainEqual(expect.objectContaining({ kwargs: { column: 'amount' } }));
  expect(gates.data.expectations).toContainEqual({
    type: 'expect_column_values_to_be_in_set',
    kwargs: { column: 'plan', value_set: ['basic', 'plus'] },
  });
});

test('two parts of one table are read together: what only the second holds is seen as well', async () => {
  const part = (text: string) => ({ name: 'part.csv', stream: Readable.from([text]) });
  const [, kind, amount] = await inferColumns(part('id,kind,amount\n1,a,1\n'), part('id,kind,amount\n2,b,\n'));
  expect([kind?.distinct, amount?.missing]).toEqual([['a', 'b'], 1]);
});

test('a table of key and label alone has no expectations, and loads', async () => {
  const columns = await inferColumns({ name: 'data.csv', stream: Readable.from(['id,y\na,1\nb,0\n']) });
  const text = initialGates({ dataset: 'data-golden', key: 'id', label: 'y', columns });
  expect(parseGates(text, 'gates.yaml', '.').data.expectations).toEqual([]);
});

test('a label has two values or is a number', () => {
  const column = { name: 'y', stray: 0, missing: 0 };
  expect(labelProblem({ ...column, type: 'string', distinct: ['No', 'Yes'] })).toBeUndefined();
  expect(labelProblem({ ...column, type: 'number', distinct: ['1', '2.5', '3'] })).toBeUndefined();
  expect(labelProblem({ ...column, type: 'string', distinct: ['a', 'b', 'c'] })).toBe(
    'has 3 different values ("a", "b", "c"); a binary label has two, a regression label is a number',
  );
  expect(labelProblem({ ...column, type: 'integer', distinct: ['1'] })).toContain('has 1 different values ("1")');
});
