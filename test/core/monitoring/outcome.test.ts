import { gatesSchema } from '../../../lib/config/gates';
import { BASELINE_SCHEMA, type Baseline } from '../../../lib/core/drift/baseline';
import { judgeTraffic } from '../../../lib/core/monitoring/outcome';
import { BaselineTally } from '../../../lib/core/monitoring/tally';

const { drift } = gatesSchema.parse({
  version: 1,
  dataset: { name: 'd', version: '1', key: 'id', label: 'y', columns: { id: 'string', x: 'number', y: 'integer' } },
  model: { metrics: { roc_auc: { min: 0.7 } } },
}).monitoring;

/** A feature of 4,000 rows, and scores on a holdout of so many. */
const baseline = (holdout: number): Baseline => ({
  schema: BASELINE_SCHEMA,
  reference: 'train',
  createdAt: '',
  columns: [
    { kind: 'numeric', name: 'x', rows: 4000, missing: 0, edges: [1, 2, 3], counts: [1000, 1000, 1000, 1000] },
    {
      kind: 'numeric',
      name: 'prediction.score',
      rows: holdout,
      missing: 0,
      edges: [1],
      counts: [holdout / 2, holdout / 2],
    },
  ],
});

/** @param answered share of the requests whose answer could be read */
function judge(holdout: number, { answered = 1, columns }: { answered?: number; columns?: readonly string[] } = {}) {
  const tally = new BaselineTally(baseline(holdout), columns);
  for (let i = 0; i < 1000; i += 1) {
    tally.add('x', (i % 4) + 0.5);
    if (i < 1000 * answered) tally.add('prediction.score', (i % 2) + 0.5);
  }
  return judgeTraffic(tally.columns(), 1000, drift);
}

test('a column with too few rows in the baseline holds nothing up: no window would ever be large enough', () => {
  const { outcome, reason, checks } = judge(80);
  expect(checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'drift.x pass',
    'drift.prediction.score inconclusive',
  ]);
  expect([outcome, reason]).toEqual(['stable', '1 column of 1,000 rows look like the data of the release']);
});

test('nor does one that answers lack', () => {
  expect(judge(2000, { answered: 0 }).outcome).toBe('stable');
});

test.each([
  ['the baseline has too few rows', judge(80, { columns: ['prediction.score'] })],
  ['no answer can be read', judge(2000, { columns: ['prediction.score'], answered: 0 })],
])('where nothing at all can be judged nothing is stable: %s', (_, { outcome, reason }) => {
  expect(outcome).toBe('inconclusive');
  expect(reason).toContain('prediction.score: the');
});
