import { gatesSchema } from '../../../lib/config/gates';
import { BASELINE_SCHEMA, type Baseline } from '../../../lib/core/drift/baseline';
import { judgeTraffic } from '../../../lib/core/monitoring/outcome';
import { BaselineTally } from '../../../lib/core/monitoring/tally';
import { Traffic } from '../../../lib/core/monitoring/traffic';

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

test('kinds of trouble are told apart up to a number, and counted in any case', () => {
  const shape = {
    task: 'binary' as const,
    fields: { instances: 'instances', predictions: 'predictions', score: 'score' },
    columns: ['id', 'x', 'y'],
    key: 'id',
    label: 'y',
  };
  const traffic = new Traffic({ baseline: baseline(100), shape, from: 0, to: 1e15, decode: (text) => text });
  for (let rows = 2; rows < 202; rows += 1) {
    const instances = Array.from({ length: rows }, () => ({ x: 1 }));
    const side = (data: object) => ({ encoding: 'JSON', data: JSON.stringify(data) });
    const captureData = { endpointInput: side({ instances }), endpointOutput: side({ predictions: [{ score: 1 }] }) };
    const line = { captureData, eventMetadata: { inferenceTime: '2026-10-01T00:00:00Z' } };
    traffic.add(JSON.stringify(line), { file: 'f', line: rows });
  }
  const { troubles } = traffic.found();
  expect(troubles).toHaveLength(31);
  const first = { reason: 'an answer has 1 predictions for 2 rows', file: 'f', line: 2, count: 1 };
  expect(troubles).toContainEqual(first);
  expect(troubles.reduce((sum, { count }) => sum + count, 0)).toBe(200);
});
