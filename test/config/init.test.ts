import { Readable } from 'node:stream';
import { inferColumns, initialGates } from '../../lib/config/init';
import { parseGates } from '../../lib/config/load';

const csv = [
  'id,plan,amount,joined,active,answer',
  ...Array.from({ length: 60 }, (_, i) => {
    const amount = i === 7 ? ' ' : `${i}.5`;
    return `K${i},${i % 2 ? 'basic' : 'plus'},${amount},2024-01-${String((i % 28) + 1).padStart(2, '0')},${i % 3 === 0},${i % 5 ? 'No' : 'Yes'}`;
  }),
].join('\n');

test('types come from the data; a few stray texts do not hide a column of numbers', async () => {
  const columns = await inferColumns('data.csv', Readable.from([csv]));
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
  const columns = await inferColumns('data.csv', Readable.from([csv]));
  const text = initialGates({ dataset: 'data-golden', key: 'id', label: 'answer', columns });
  const gates = parseGates(text, 'gates.yaml', '.');
  expect(gates.dataset).toMatchObject({ task: 'binary', positive: 'Yes', key: 'id', label: 'answer' });
  expect(text).toContain('positive: "Yes"');
  expect(gates.data.expectations).toContainEqual({
    type: 'expect_column_values_to_be_in_set',
    kwargs: { column: 'plan', value_set: ['basic', 'plus'] },
  });
});
