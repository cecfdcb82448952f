import {
  BaselineError,
  baselineOf,
  type ColumnCounts,
  type DriftConfig,
  judgeDrift,
  parseBaseline,
} from '../../../lib/core/drift';
import { DRIFT_STATISTICS } from '../../../lib/core/drift/catalog';
import { STATISTICS, STATISTICS_OF } from '../../../lib/core/drift/config';

const CONFIG: DriftConfig = {
  thresholds: { psi: { fail: 0.2, warn: 0.1 } },
  overrides: {},
  minRows: 100,
  confidence: 0.95,
  seed: 1,
};

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function column(name: string, reference: readonly number[], current: readonly number[]): ColumnCounts {
  const names = reference.map((_, i) => `c${i}`);
  return {
    kind: 'categorical',
    name,
    rows: { reference: sum(reference), current: sum(current) },
    missing: { reference: 0, current: 0 },
    categories: names.map((category, i) => ({
      name: category,
      reference: reference[i] ?? 0,
      current: current[i] ?? 0,
    })),
    unseen: { rows: 0, counts: [], examples: [] },
  };
}

const judge = (columns: Parameters<typeof judgeDrift>[0], config: Partial<DriftConfig> = {}) =>
  judgeDrift(columns, { ...CONFIG, ...config });

describe('verdicts', () => {
  test('equal shares pass, with evidence for the picture', () => {
    const [check] = judge([column('plan', [500, 500], [250, 250])]);
    expect(check).toMatchObject({
      id: 'drift.plan',
      verdict: 'pass',
      evidence: {
        statistic: 'psi',
        estimate: 0,
        threshold: 0.2,
        nReference: 1000,
        nCurrent: 500,
        histogram: { kind: 'categorical', labels: ['c0', 'c1'], reference: [500, 500], current: [250, 250] },
      },
    });
    expect(check?.evidence?.statistics).toMatchObject(STATISTICS_OF.categorical.map((name) => ({ name })));
  });

  test('above the threshold and beyond chance fails; above warn alone passes with a word', () => {
    expect(judge([column('plan', [800, 200], [200, 300])])[0]).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^plan: PSI is 0\.7167, above 0\.2; equal distributions give at most 0\.0/),
    });
    expect(judge([column('plan', [800, 200], [325, 175])])[0]).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('worth a look (above 0.1), not above 0.2'),
    });
  });

  test('above the threshold within chance is inconclusive', () => {
    const [check] = judge([column('plan', Array(30).fill(5), [...Array(15).fill(2), ...Array(15).fill(6)])]);
    expect(check).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('reach that by chance') });
  });

  test('too few rows are inconclusive even where nothing differs', () => {
    expect(judge([column('plan', [500, 500], [49, 50])])[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'plan: the current sample has 99 rows; 100 are needed',
    });
  });

  test('Holm over the columns: what one column alone shows, one of a hundred does not', () => {
    // p is about 0.001 alone.
    const odd = () => column('odd', [60, 40], [37, 63]);
    expect(judge([odd()])[0]?.verdict).toBe('fail');
    const even = Array.from({ length: 99 }, (_, i) => column(`even${i}`, [50, 50], [50, 50]));
    expect(judge([odd(), ...even])[0]?.verdict).toBe('inconclusive');
  });

  test('a column that could not be compared says why', () => {
    const reason = 'x: current.csv has no such column; the reference has it';
    expect(judge([{ kind: 'uncompared', name: 'x', verdict: 'fail', reason }])).toEqual([
      { id: 'drift.x', verdict: 'fail', reason },
    ]);
  });

  test('a threshold of a statistic that a baseline cannot give is inconclusive', () => {
    const bins = { reference: Float64Array.of(500, 500), current: Float64Array.of(250, 250) };
    const rows = { reference: 1000, current: 500 };
    const pinned = {
      kind: 'numeric',
      name: 'x',
      rows,
      missing: { reference: 0, current: 0 },
      quantiles: 2,
      edges: [0],
      bins,
    };
    const [check] = judge([pinned as ColumnCounts], { overrides: { x: { ks: { fail: 0.1 } } } });
    expect(check).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('needs the rows of the reference'),
    });
  });
});

describe('baseline', () => {
  const pinned = baselineOf('train.csv', [column('plan', [3, 2], [1, 1])], new Date(0));

  test('comes back as it was written', () => {
    expect(parseBaseline(JSON.parse(JSON.stringify(pinned)), 'b.json')).toEqual(pinned);
  });

  test.each([
    [{ ...pinned, schema: 'x' }, 'b.json: schema: is "x"; it is "assay.baseline/1"'],
    [{ ...pinned, columns: {} }, 'b.json: columns: is a list of columns'],
    [
      { ...pinned, columns: [{ ...pinned.columns[0], rows: 9 }] },
      /plan: its bins and missing rows add up to 5, rows says 9/,
    ],
    [
      { ...pinned, columns: [{ ...pinned.columns[0], kind: 'text' }] },
      /kind: is "text"; allowed are numeric and categorical/,
    ],
    [
      { ...pinned, columns: [{ name: 'x', kind: 'numeric', rows: 2, missing: 0, edges: [2, 1], counts: [1, 1, 0] }] },
      'b.json: columns[0].edges[1]: is a number above the edge before it; found 1',
    ],
    [[], 'b.json: is an object; found []'],
  ])('%#: what is no baseline is told in one line', (document, message) => {
    expect(() => parseBaseline(document, 'b.json')).toThrow(BaselineError);
    expect(() => parseBaseline(document, 'b.json')).toThrow(message);
  });
});

test('every statistic is in the catalogue, for the columns that it is taken of', () => {
  expect(DRIFT_STATISTICS.map(({ name }) => name)).toEqual(STATISTICS);
  for (const { name, columns } of DRIFT_STATISTICS) {
    for (const kind of ['numeric', 'categorical'] as const) {
      expect([name, kind, columns.includes(kind)]).toEqual([name, kind, STATISTICS_OF[kind].includes(name)]);
    }
  }
});
