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

const PATHS: Readonly<Record<string, Path>> = {
  promotion: {
    version: 2,
    run: 'run-2',
    saved: () => serving,
    traffic: { blue: '1 at 0', green: '2 at 100' },
    releases: ['1', '2'],
    rollbacks: 0,
  },
  'same release': {
    version: 1,
    run: 'run-5',
    saved: () => serving,
    traffic: { blue: '1 at 100' },
    releases: ['1'],
    rollbacks: 0,
  },
};

test.each(Object.entries(PATHS))(
  '%s: killed at every state and started again, it comes to the same end',
  async (name, path) => {
    const states = await killEverywhere(engine, path);
    expect(states).toContain('Done');
    if (name === 'promotion') expect(states).toContain('ResumeStep');
  },
);
