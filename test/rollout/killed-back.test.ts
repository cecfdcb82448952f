import { RolloutEngine, type Saved } from './engine/engine';
import { killEverywhere, type Path } from './killed';

jest.setTimeout(60_000);
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
beforeAll(async () => {
  ({ engine, serving } = await RolloutEngine.serving());
});
afterAll(() => engine.close());

test('a rollback that is killed at every state and started again comes to the same end', async () => {
  const path: Path = {
    version: 2,
    run: 'run-2',
    saved: () => serving,
    behaviour: { minute: { requests: 200, errors: 60, slow: 0 } },
    traffic: { blue: '1 at 100' },
    releases: ['1'],
    rollbacks: 1,
  };
  await expect(killEverywhere(engine, path)).resolves.toContain('ResumeRollback');
});
