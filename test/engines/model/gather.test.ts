import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelSchema } from '../../../lib/config/gates/model';
import type { ModelGateConfig } from '../../../lib/core/model';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { gatherModelInput, groupsOf } from '../../../lib/engines/model/gather';
import { Progress } from '../../../lib/engines/progress';

jest.setTimeout(30_000);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-gather-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (said: object): ModelGateConfig => modelSchema.parse({ metrics: { mae: { max: 1 } }, ...said });

test('rows of one JSON file stay together, however often it is read', async () => {
  const file = join(folder, 'same.jsonl');
  // Without a newline at the end, which makes a block of its own.
  writeFileSync(
    file,
    Array.from({ length: 900 }, (_, i) => JSON.stringify({ id: `k${i}`, y: i, value: i })).join('\n'),
  );
  const request = {
    task: 'regression',
    golden: { paths: [file], key: 'id', label: 'y' },
    challenger: { paths: [file], key: 'id', score: 'value' },
  } as const;
  for (let turn = 0; turn < 25; turn += 1) {
    const session = DuckDbSession.open();
    const reading = { session, progress: new Progress() };
    const { columns } = await gatherModelInput({ request, model: configOf({}), features: [] }, reading);
    (await session).close();
    expect(columns?.challenger.columns[0]).toEqual(columns?.labels);
  }
});

test('a column or condition that several entries look at is read once', () => {
  const { groups, groupOf } = groupsOf(
    configOf({
      slices: [
        { column: 'a', metrics: { mae: { max: 1 } } },
        { name: 'new', where: 'x < 6', metrics: { mae: { max: 1 } } },
        { column: 'a', name: 'again', metrics: { r2: { min: 0 } } },
      ],
      fairness: [{ column: 'b', metric: 'demographic-parity', ratio: { min: 0.8 } }],
    }),
  );
  expect(groups).toEqual([
    { name: 'a', column: 'a' },
    { name: 'new', where: 'x < 6' },
    { name: 'b', column: 'b' },
  ]);
  expect(groupOf).toEqual({ slices: [0, 1, 0], fairness: [2] });
});
