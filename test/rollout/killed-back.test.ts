import { RolloutEngine, type Saved } from './engine/engine';
import { killEverywhere, type Path } from './killed';

jest.setTimeout(60_000);
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
beforeAll(async () => {
  engine = await RolloutEngine.start();
  await engine.reset();
  await engine.run('Rollout', 1);
  serving = engine.save();
});
afterAll(() => engine.close());

const PATHS: Readonly<Record<string, Path>> = {
  rollback: {
    version: 2,
    run: 'run-2',
    saved: () => serving,
    behaviour: { minute: { requests: 200, errors: 60, slow: 0 } },
    traffic: { blue: '1 at 100' },
    releases: ['1'],
    rollbacks: 1,
  },
  'first release': {
    version: 1,
    run: 'run-1',
    behaviour: { answer: () => ({ scores: 1 }) },
    traffic: {},
    releases: [],
    rollbacks: 1,
  },
};

test.each(Object.entries(PATHS))(
  '%s: killed at every state of the way back and started again, it comes to the same end',
  async (_, path) => {
    const states = await killEverywhere(engine, path);
    expect(states).toContain('ResumeRollback');
  },
);
