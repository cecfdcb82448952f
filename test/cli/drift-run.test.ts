import { rmSync } from 'node:fs';
import type { Report } from '../../lib/core/report/report';
import { createRandom } from '../../lib/core/statistics';
import type { ObjectStore } from '../../lib/release/objects';
import { assay } from '../support/command-line';
import type { Moto } from '../support/moto';
import { buildEnvironment, startRunStore } from '../support/pipeline-run';
import { TINY_GATES, tinyWorkload } from '../support/workload';

let moto: Moto;
let store: ObjectStore;

beforeAll(async () => {
  ({ moto, store } = await startRunStore());
}, 60_000);

afterAll(() => moto.stop());

function rows(seed: number, shift: number): string {
  const random = createRandom(seed);
  const lines = Array.from(
    { length: 300 },
    (_, i) => `${seed}-${i},${random() * 4 + shift},${i % 2 === 0},${i % 3 === 0 ? 1 : 0}`,
  );
  return `id,x,flag,y\n${lines.join('\n')}\n`;
}

/** Pushes the golden data, pins them in a run and judges their drift. */
async function judge(runId: string, shift: number, drift: string) {
  const env = buildEnvironment(runId);
  const dataset = TINY_GATES.replace('version: "1"', `version: "${runId}"`);
  const workload = tinyWorkload({
    'gates.yaml': `${dataset}${drift}`,
    'golden/train.csv': rows(1, 0),
    'golden/holdout.csv': rows(2, shift),
  });
  expect((await assay(['golden', 'push', workload, '--bucket', 'golden'])).code).toBe(0);
  expect((await assay(['release', 'prepare'], { cwd: workload, env })).code).toBe(0);
  rmSync(workload, { recursive: true });
  return assay(['gate', 'drift'], { env });
}

const DECLARED = 'drift:\n  thresholds: { psi: { fail: 0.2 } }\n';
const report = async (runId: string) =>
  JSON.parse(await store.readText('artifacts', `runs/${runId}/reports/drift.json`)) as Report;

test('the pinned files are compared, and the report lies in the run folder', async () => {
  expect(await judge('same', 0, DECLARED)).toMatchObject({ code: 0, out: expect.stringContaining('drift gate: PASS') });
  const { gate, release, checks } = await report('same');
  expect([gate, release.dataset?.rows]).toEqual(['drift', 600]);
  expect(checks.map(({ id }) => id)).toEqual([
    'golden.integrity.train.csv',
    'golden.integrity.holdout.csv',
    'drift.x',
    'drift.flag',
    'drift.y',
  ]);
  expect(await store.readText('artifacts', 'runs/same/reports/drift.xml')).toContain('drift.x');
}, 30_000);

test('drift ends the build with 1 and the line that the notice tells', async () => {
  expect((await judge('moved', 2, DECLARED)).code).toBe(1);
  expect((await report('moved')).reason).toMatch(/^x: PSI is [\d.]+, above 0\.2/);
}, 30_000);

test('nothing is judged where nothing is declared', async () => {
  const { code, out } = await judge('undeclared', 2, '');
  expect([code, out]).toEqual([0, 'drift gate: gates.yaml declares no drift; there is nothing to judge\n']);
  await expect(report('undeclared')).rejects.toThrow(/no such object/);
}, 30_000);
