import { RolloutEngine, type Saved } from './engine/engine';
import { decide } from './engine/registry';

jest.setTimeout(30_000);
const BAD = { minute: { requests: 200, errors: 60, slow: 0 } };
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
beforeAll(async () => {
  ({ engine, serving } = await RolloutEngine.serving());
});
afterAll(() => engine.close());
beforeEach(() => engine.reset(serving));

const live = async () => (await engine.execute('Rollback', { to: 'nothing' })).cause;

test('a release that went back by hand, was approved again and promoted by the same run is the live one again', async () => {
  await engine.run('Rollout', 2);
  jest.setSystemTime(Date.now() + 60_000);
  await engine.execute('Rollback', { by: 'eve', reason: 'prices' });
  await decide(2, 'Approved');
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect(engine.items('release#').map(({ releaseId }) => releaseId)).toEqual(['1', '2', '2']);
  // A second try of the same promotion adds nothing.
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect(engine.items('release#')).toHaveLength(3);
  // The next rollout goes back to it, and not to the one before.
  engine.sagemaker.behaviours.set(3, BAD);
  await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ error: 'RolledBack' });
  expect(engine.sagemaker.traffic()).toEqual({ green: '2 at 100' });
  await expect(live()).resolves.toMatch(/^release "nothing" is unknown; retained are 2, 1/);
});

test('a release that is taken back, approved again and taken back again by the same run is on record twice', async () => {
  engine.sagemaker.behaviours.set(2, BAD);
  await engine.run('Rollout', 2);
  await decide(2, 'Approved');
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RolledBack' });
  expect(engine.items('rollback#')).toMatchObject([
    { from: '2', runId: 'run-2' },
    { from: '2', runId: 'run-2' },
  ]);
  expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
});
