import { AwsError } from '../../lib/local/gateway/service';
import { SDK_ATTEMPTS } from '../../lib/shared/assay-function';
import { expectAtRest } from './engine/at-rest';
import { RolloutEngine, type Saved } from './engine/engine';
import type { Behaviour } from './engine/model';
import { decide } from './engine/registry';
import { ENDPOINT } from './engine/sagemaker';
import { packageArn } from './run-fixture';

jest.setTimeout(30_000);
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
beforeAll(async () => {
  ({ engine, serving } = await RolloutEngine.serving());
});
afterAll(() => engine.close());

/** Numbers in [0, 1) from a seed: a linear congruential generator with the constants of Numerical Recipes. */
function coin(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const behave = (version: number, behaviour: Behaviour) => void engine.sagemaker.behaviours.set(version, behaviour);

describe('staging', () => {
  beforeEach(() => engine.reset());

  test('creates the endpoint, then replaces what it runs all at once, and leaves nothing of the old release', async () => {
    await expect(engine.run('Deployment', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic('churn-staging')).toEqual({ blue: '1 at 100' });
    await expect(engine.run('Deployment', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic('churn-staging')).toEqual({ blue: '2 at 100' });
    expect(engine.sagemaker.partsOf('churn-staging').models).toEqual(['2']);
    expect([...engine.table.items.keys()]).toEqual([]);
  });

  test('a model that does not come up fails with its reason, and the next run starts afresh', async () => {
    behave(1, { starts: false });
    await expect(engine.run('Deployment', 1)).resolves.toMatchObject({
      status: 'FAILED',
      error: 'DeploymentFailed',
      cause: expect.stringMatching(/^endpoint churn-staging is Failed: .*the container exited with code 1$/),
    });
    await expect(engine.run('Deployment', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic('churn-staging')).toEqual({ blue: '2 at 100' });
  });
});

describe('a first release', () => {
  beforeEach(() => engine.reset());

  test('is checked, serves, and is on record with a configuration of its own', async () => {
    await expect(engine.run('Rollout', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 100' });
    expect(engine.items('release#')).toMatchObject([{ releaseId: '1', variant: 'blue', runId: 'run-1' }]);
    expect(engine.document('rollout.json', 'run-1')).toMatchObject({ outcome: 'promoted', live: 'blue', steps: [] });
  });

  test('that fails its checks leaves no endpoint', async () => {
    behave(1, { answer: () => ({ scores: 0.2 }) });
    const { error, cause } = await engine.run('Rollout', 1);
    expect([error, cause]).toEqual([
      'RolledBack',
      expect.stringMatching(/^rolled back in [\d.]+ s: answer to row C-0 has no "predictions\[0\].score"/),
    ]);
    expect(engine.sagemaker.endpoint()).toBeUndefined();
    expect(engine.items('release#')).toEqual([]);
    expect(engine.items('rollback#')).toMatchObject([{ from: '1', kind: 'automatic' }]);
    expect(engine.items('rollback#')[0]).not.toHaveProperty('to');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  test('whose container does not start is taken back, too', async () => {
    behave(1, { starts: false });
    await expect(engine.run('Rollout', 1)).resolves.toMatchObject({ error: 'RolledBack' });
    expect(engine.sagemaker.endpoint()).toBeUndefined();
  });
});

describe('a second release', () => {
  beforeEach(() => engine.reset(serving));

  test('takes its steps, leaves the first warm, and is replaced by the third', async () => {
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 0', green: '2 at 100' });
    expect(new Set(engine.client.requests.map(({ variant }) => variant))).toEqual(new Set(['blue', 'green']));
    expect(engine.sagemaker.weightChanges).toEqual(['blue 75, green 25', 'blue 0, green 100']);
    const rollout = engine.document('rollout.json', 'run-2');
    expect(rollout).toMatchObject({ outcome: 'promoted', live: 'green', previous: 'blue' });
    expect(rollout.steps).toMatchObject([25, 100].map((weight) => ({ weight, verdict: 'pass' })));
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '3 at 100', green: '2 at 0' });
    expect(engine.items('release#').map(({ releaseId }) => releaseId)).toEqual(['1', '2', '3']);
  });

  test.each<[string, Behaviour, RegExp]>([
    ['errors', { minute: { requests: 200, errors: 60, slow: 0 } }, /requests failed on green at 25 %/],
    ['slow answers', { minute: { requests: 200, errors: 0, slow: 150 } }, /slow|slower|longer/],
    ['no data', { minute: null }, /^rolled back in [\d.]+ s: inconclusive after 240 s at 25 %/],
  ])('with %s goes back, and leaves no failed variant and no approved package', async (_, behaviour, why) => {
    behave(2, behaviour);
    const { error, cause } = await engine.run('Rollout', 2);
    expect([error, cause]).toEqual(['RolledBack', expect.stringMatching(why)]);
    expect(engine.sagemaker.weightChanges).toEqual(['blue 75, green 25', 'blue 100, green 0']);
    expectAtRest(engine, { blue: '1 at 100' });
    expect(engine.items('rollback#')).toMatchObject([{ from: '2', to: '1', kind: 'automatic', runId: 'run-2' }]);
    expect(engine.document('rollout.json', 'run-2')).toMatchObject({ outcome: 'rolled-back', live: 'blue' });
    // Its package was rejected, and is not tried again.
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'Refused',
      cause: expect.stringMatching(/is Rejected \(rolled back: .*\); production takes only Approved packages$/),
    });
  });

  test('whose answers break the contract under traffic goes back', async () => {
    engine.onState = (event, state) => {
      if (event === 'entered' && state === 'StartBake') behave(2, { answer: () => ({ scores: 1 }) });
    };
    const { error, cause } = await engine.run('Rollout', 2);
    expect([error, cause]).toEqual([
      'RolledBack',
      expect.stringMatching(/answers of green to golden requests break the contract/),
    ]);
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('that fails its checks never gets traffic', async () => {
    behave(2, { fails: true });
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RolledBack' });
    expect(engine.sagemaker.weightChanges).toEqual([]);
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('whose alarm goes off in mid-bake goes back at the next look', async () => {
    engine.onState = (event, state) => {
      if (event === 'entered' && state === 'Bake') engine.surroundings.alarms.set('green-errors', 'ALARM');
    };
    const { error, cause } = await engine.run('Rollout', 2);
    expect([error, cause]).toEqual([
      'RolledBack',
      expect.stringMatching(/the alarm on green-errors went off with green at 25 %/),
    ]);
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('that SageMaker cannot bring up never was there', async () => {
    behave(2, { starts: false });
    const { cause } = await engine.run('Rollout', 2);
    expect(cause).toMatch(/asked 1 times to take configuration .* the container exited with code 1/);
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('and a rollback whose first calls are refused is asked for again until it is done', async () => {
    behave(2, { minute: { requests: 200, errors: 60, slow: 0 } });
    let refusals = 3;
    const busy = new AwsError('ValidationException', 'Cannot update in-progress endpoint "arn".');
    engine.sagemaker.fault = (operation, input) => {
      const back = JSON.stringify(input).includes('"VariantName":"blue","DesiredWeight":100');
      return operation === 'UpdateEndpointWeightsAndCapacities' && back && refusals-- > 0 ? busy : undefined;
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RolledBack' });
    expect(refusals).toBeLessThan(0);
    expectAtRest(engine, { blue: '1 at 100' });
  });

  test('and a rollback that cannot be done says so, loudly, and gives the lock back', async () => {
    behave(2, { minute: { requests: 200, errors: 60, slow: 0 } });
    engine.sagemaker.fault = (operation, input) => {
      const back = JSON.stringify(input).includes('"VariantName":"blue","DesiredWeight":100');
      return operation === 'UpdateEndpointWeightsAndCapacities' && back
        ? new AwsError('AccessDeniedException', 'no')
        : undefined;
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'RollbackFailed',
      cause: expect.stringMatching(/^ROLLBACK FAILED: no; .*act now: docs\/runbook.md#rollback-failed$/),
    });
    // Nobody holds the endpoint; that it has to go back is still known.
    expect(engine.items('lock')).toEqual([{ endpoint: ENDPOINT, item: 'lock', mark: expect.any(String) }]);
    engine.sagemaker.fault = () => undefined;
    behave(2, {});
    await engine.run('Rollout', 3);
    expectAtRest(engine, { blue: '1 at 0', green: '3 at 100' });
  });

  test('an alarm from before blocks the start, a pending package is refused, and neither is blamed', async () => {
    engine.surroundings.alarms.set('blue-errors', 'ALARM');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'Refused',
      cause: expect.stringMatching(/^alarm blue-errors was on before the rollout began/),
    });
    engine.surroundings.alarms.set('blue-errors', 'OK');
    await decide(2, 'PendingManualApproval');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      cause: `model package ${packageArn(2)} is PendingManualApproval; production takes only Approved packages`,
    });
    expectAtRest(engine, { blue: '1 at 100' });
    expect(engine.items('rollback#')).toEqual([]);
  });

  test.each([1, 2, 3])('every call throttled half of the time costs time and nothing else (seed %i)', async (seed) => {
    const said = jest.spyOn(console, 'error').mockReturnValue();
    const toss = coin(seed);
    let calls = 0;
    let throttled = 0;
    // As a function sees it: the SDK has asked SDK_ATTEMPTS times by then.
    const refused = (): boolean => {
      calls += 1;
      for (let attempt = 0; attempt < SDK_ATTEMPTS; attempt += 1) if (toss() < 0.5) return false;
      throttled += 1;
      return true;
    };
    engine.sagemaker.fault = () => (refused() ? new AwsError('ThrottlingException', 'Rate exceeded') : undefined);
    engine.check = () => {
      if (refused()) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 0', green: '2 at 100' });
    behave(3, { minute: { requests: 200, errors: 60, slow: 0 } });
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ error: 'RolledBack' });
    expectAtRest(engine, { green: '2 at 100' });
    jest.setSystemTime(Date.now() + 60_000);
    await expect(engine.execute('Rollback', { by: 'eve' })).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 100' });
    // That many coins fell so, and not fewer.
    expect(throttled / calls).toBeGreaterThan(0.5 ** SDK_ATTEMPTS / 2);
    expect(calls).toBeGreaterThan(150);
    said.mockRestore();
  });

  test('the first call of each kind in each state throttled costs time and nothing else', async () => {
    // A rollback goes on without the lock when the table does not answer, and says so.
    const said = jest.spyOn(console, 'error').mockReturnValue();
    const seen = new Set<string>();
    let state = '';
    const first = (operation: string): boolean => {
      const key = `${state} ${operation}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    };
    engine.onState = (event, name) => {
      if (event === 'entered') state = name;
    };
    engine.sagemaker.fault = (operation) =>
      first(operation) ? new AwsError('ThrottlingException', 'Rate exceeded') : undefined;
    engine.check = (operation) => {
      if (first(operation)) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(seen.size).toBeGreaterThan(30);
    expectAtRest(engine, { blue: '1 at 0', green: '2 at 100' });
    behave(3, { minute: { requests: 200, errors: 60, slow: 0 } });
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ error: 'RolledBack' });
    expectAtRest(engine, { green: '2 at 100' });
    expect(said).toHaveBeenCalled();
    said.mockRestore();
  });

  test('functions that are delivered twice do no harm', async () => {
    engine.deliveries = 2;
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expectAtRest(engine, { blue: '1 at 0', green: '2 at 100' });
    expect(engine.sagemaker.weightChanges).toEqual(['blue 75, green 25', 'blue 0, green 100']);
    behave(3, { minute: { requests: 200, errors: 60, slow: 0 } });
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ error: 'RolledBack' });
    expectAtRest(engine, { green: '2 at 100' });
    expect(engine.items('release#')).toHaveLength(2);
    expect(engine.items('rollback#')).toHaveLength(1);
  });
});
