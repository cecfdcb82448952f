import { expectAtRest } from './engine/at-rest';
import { addForeignVariant, deleteEndpoint } from './engine/by-hand';
import { RolloutEngine, type Saved } from './engine/engine';
import type { Behaviour } from './engine/model';
import { ENDPOINT } from './engine/sagemaker';

jest.setTimeout(30_000);
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
beforeAll(async () => {
  ({ engine, serving } = await RolloutEngine.serving());
});
afterAll(() => engine.close());

const behave = (version: number, behaviour: Behaviour) => void engine.sagemaker.behaviours.set(version, behaviour);
const stateOf = (...wanted: string[]) => {
  const seen: string[] = [];
  engine.onState = (event, state) => void (event === 'entered' && wanted.includes(state) && seen.push(state));
  return seen;
};

describe('the same release again', () => {
  beforeEach(() => engine.reset(serving));

  test('changes nothing, but is checked', async () => {
    await expect(engine.run('Rollout', 1, 'run-5')).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.document('rollout.json', 'run-5')).toMatchObject({ outcome: 'unchanged', live: 'blue' });
    expect(engine.items('release#')).toHaveLength(1);
    behave(1, { fails: true });
    await expect(engine.run('Rollout', 1, 'run-5')).resolves.toMatchObject({ error: 'ServingVariantFailed' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });

  test('gets back the traffic that a rollout which was cut short had given away', async () => {
    const killed = engine.killAt('Bake');
    await engine.run('Rollout', 2);
    expect(killed()).toBe(true);
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 75', green: '2 at 25' });
    await expect(engine.run('Rollout', 1, 'run-5')).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 100', green: '2 at 0' });
  });

  test('after a rollback, the release from before can be rolled out once more', async () => {
    await engine.run('Rollout', 2);
    behave(3, { minute: { requests: 200, errors: 60, slow: 0 } });
    await engine.run('Rollout', 3);
    expectAtRest(engine, { green: '2 at 100' });
    await expect(engine.run('Rollout', 1, 'run-5')).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 100', green: '2 at 0' });
    expect(engine.items('release#').map(({ releaseId }) => releaseId)).toEqual(['1', '2', '1']);
  });
});

describe('an endpoint', () => {
  beforeEach(() => engine.reset(serving));

  test.each(['Updating', 'SystemUpdating', 'RollingBack'])('that is %s is waited for', async (status) => {
    let looks = 0;
    engine.sagemaker.describeAs = (name) => (name === ENDPOINT && looks++ < 5 ? status : undefined);
    const waits = stateOf('WaitForEndpoint');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(waits.length).toBeGreaterThan(2);
  });

  test('that stays in an update is refused in one line after ten minutes', async () => {
    engine.sagemaker.describeAs = () => 'SystemUpdating';
    const waits = stateOf('WaitForEndpoint');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'Refused',
      cause: 'endpoint churn-production is SystemUpdating',
    });
    expect(waits).toHaveLength(39);
    expect(engine.items('lock')).toEqual([]);
  });

  test.each(['Failed', 'UpdateRollbackFailed', 'OutOfService'])('that is %s is refused', async (status) => {
    engine.sagemaker.describeAs = () => status;
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'Refused',
      cause: `endpoint churn-production is ${status} (SageMaker gave no reason); see docs/runbook.md#endpoint-failed`,
    });
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('that was deleted by hand before is made anew, and the report says so', async () => {
    await deleteEndpoint(engine.sagemaker);
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '2 at 100' });
    expect(engine.document('rollout.json', 'run-2').reason).toMatch(
      /^blue serves all traffic: endpoint churn-production had been deleted; the last to serve was release 1; /,
    );
  });

  test('that is deleted by hand in mid-rollout ends it with the reason; the next release makes it anew', async () => {
    const deleted: Promise<unknown>[] = [];
    engine.onState = (event, state) => {
      if (event === 'entered' && state === 'Bake' && deleted.length === 0)
        deleted.push(deleteEndpoint(engine.sagemaker));
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'RollbackFailed',
      cause: expect.stringMatching(/^ROLLBACK FAILED: the endpoint does not exist/),
    });
    expect(engine.items('lock')[0]).not.toHaveProperty('holder');
    engine.onState = () => undefined;
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '3 at 100' });
  });

  test('with variants that no rollout made is left alone', async () => {
    await addForeignVariant(engine.sagemaker, 'shadow-of-blue');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'Refused',
      cause:
        'endpoint churn-production has variants that no rollout made: shadow-of-blue; a rollout would delete them, so remove them first',
    });
    expect(engine.sagemaker.traffic()).toMatchObject({ blue: '1 at 100' });
  });
});
