import fc from 'fast-check';
import { changedValues, flatten } from '../../../lib/core/lineage/values';

test('values are addressed by what tells them apart, not by their place', () => {
  const gates = {
    data: {
      expectations: [
        { type: 'expect_a', kwargs: { column: 'x', mostly: 0.9 } },
        { type: 'expect_rows', kwargs: {} },
      ],
    },
    model: { slices: [{ column: 'plan', minRows: 100 }], fairness: [{ column: 'plan', metric: 'parity', max: 1 }] },
    canary: { steps: [5, 25, 100] },
    empty: {},
    none: [],
  };
  expect(Object.fromEntries(flatten(gates))).toEqual({
    'data.expectations[expect_a x].type': 'expect_a',
    'data.expectations[expect_a x].kwargs.column': 'x',
    'data.expectations[expect_a x].kwargs.mostly': 0.9,
    'data.expectations[expect_rows].type': 'expect_rows',
    'model.slices[plan].column': 'plan',
    'model.slices[plan].minRows': 100,
    'model.fairness[plan parity].column': 'plan',
    'model.fairness[plan parity].metric': 'parity',
    'model.fairness[plan parity].max': 1,
    'canary.steps': [5, 25, 100],
  });
});

test('an entry that is put before others changes nothing but itself', () => {
  const slice = (column: string) => ({ column, minRows: 100 });
  expect(changedValues({ slices: [slice('a'), slice('b')] }, { slices: [slice('c'), slice('b'), slice('a')] })).toEqual(
    [
      { path: 'slices[c].column', after: 'c' },
      { path: 'slices[c].minRows', after: 100 },
    ],
  );
});

test('entries with one name are told apart by their number', () => {
  const twice = (second: number) => ({
    tests: [
      { name: 'a', min: 1 },
      { name: 'a', min: second },
    ],
  });
  expect(changedValues(twice(2), twice(3))).toEqual([{ path: 'tests[a #2].min', before: 2, after: 3 }]);
});

test('a list of plain values is one value, in its order', () => {
  expect(changedValues({ steps: [5, 100] }, { steps: [5, 25, 100] })).toEqual([
    { path: 'steps', before: [5, 100], after: [5, 25, 100] },
  ]);
});

test('null, false, 0 and the empty text are values', () => {
  expect(changedValues({ a: null, b: false, c: 0, d: '' }, {})).toEqual([
    { path: 'a', before: null },
    { path: 'b', before: false },
    { path: 'c', before: 0 },
    { path: 'd', before: '' },
  ]);
});

const document = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 3 }));

test('a document has no difference from itself, whatever the order of its keys', () => {
  fc.assert(
    fc.property(document, (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(changedValues(value, turned)).toEqual([]);
    }),
    { seed: 7 },
  );
});

test('what is told one way round is told the other way round', () => {
  fc.assert(
    fc.property(document, document, (a, b) => {
      const there = changedValues(a, b).map(({ path, before, after }) => [path, before, after]);
      const back = changedValues(b, a).map(({ path, before, after }) => [path, after, before]);
      const byPath = (x: readonly unknown[], y: readonly unknown[]) => (String(x[0]) < String(y[0]) ? -1 : 1);
      expect([...there].sort(byPath)).toEqual([...back].sort(byPath));
    }),
    { seed: 7 },
  );
});
