import { RolloutEngine } from './engine/engine';
import { killEverywhere } from './killed';

jest.setTimeout(60_000);
let engine: RolloutEngine;
beforeAll(async () => {
  engine = await RolloutEngine.start();
});
afterAll(() => engine.close());

test('a first release that is killed at every state and started again serves', async () => {
  const path = { version: 1, run: 'run-1', traffic: { blue: '1 at 100' }, releases: ['1'], rollbacks: 0 };
  await expect(killEverywhere(engine, path)).resolves.toContain('Done');
});

test('a first release that fails its checks, killed at every state and started again, leaves no endpoint', async () => {
  const behaviour = { answer: () => ({ scores: 1 }) };
  const path = { version: 1, run: 'run-1', behaviour, traffic: {}, releases: [], rollbacks: 1 };
  await expect(killEverywhere(engine, path)).resolves.toContain('ResumeRollback');
});
