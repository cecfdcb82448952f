import type { RolloutDocument } from '../../lib/rollout/contract';
import { RolloutEngine, type Saved } from './engine/engine';
import { approval, decide } from './engine/registry';

interface ProbedStep {
  readonly evidence: { readonly probes: { readonly answers: number } };
}

jest.setTimeout(60_000);
let engine: RolloutEngine;
/** Release 1 serves. */
let serving: Saved;
/** The rollout of release 2 was killed with a quarter of the traffic. */
let left: Saved;
beforeAll(async () => {
  ({ engine, serving } = await RolloutEngine.serving());
  engine.killAt('Bake');
  await engine.run('Rollout', 2);
  left = engine.save();
});
afterAll(() => engine.close());
afterEach(() => {
  expect(engine.client.failed('green')).toEqual([]);
});

const WORDS = /^abandoned: execution \S+ ended as ABORTED at 25 %$/;
const rollbacks = () => engine.items('rollback#');
const abandonment = { from: '2', to: '1', kind: 'automatic', runId: 'run-2', reason: expect.stringMatching(WORDS) };

describe('a rollout that died with a quarter of the traffic', () => {
  beforeEach(() => engine.reset(left));

  test('is taken back, recorded and rejected by the next one, which then takes its own steps', async () => {
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 75', green: '2 at 25' });
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 0', green: '3 at 100' });
    expect(engine.sagemaker.weightChanges[0]).toBe('blue 100, green 0');
    expect(rollbacks()).toMatchObject([{ ...abandonment, seconds: expect.any(Number) }]);
    await expect(approval(2)).resolves.toEqual([
      'Rejected',
      expect.stringMatching(/^rolled back: abandoned: .* 25 %$/),
    ]);
    expect(engine.document('rollout.json', 'run-2')).toMatchObject({ outcome: 'rolled-back', live: 'blue' });
    expect(engine.document('rollout.json', 'run-3')).toMatchObject({ outcome: 'promoted', live: 'green' });
    expect(engine.items('lock')).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ['an alarm', () => engine.surroundings.alarms.set('blue-errors', 'ALARM')],
    ['a missing approval', () => decide(3, 'PendingManualApproval')],
  ])('is taken back even if the next one is refused for %s', async (_, arrange) => {
    await arrange();
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ error: 'Refused' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100', green: '2 at 0' });
    expect(rollbacks()).toMatchObject([abandonment]);
    expect(engine.items('lock')).toEqual([]);
  });

  test('is taken back once, although the next one dies at any state of it and a third one comes', async () => {
    for (const state of ['Abandoned', 'TakeBackAbandoned', 'TakeBackAbandonedWait', 'RecordAbandoned', 'Plan']) {
      await engine.reset(left);
      const killed = engine.killAt(state);
      await engine.run('Rollout', 3);
      expect([state, killed()]).toEqual([state, true]);
      await expect(engine.run('Rollout', 4)).resolves.toMatchObject({ status: 'SUCCEEDED' });
      expect([state, engine.sagemaker.traffic(), rollbacks().length]).toEqual([
        state,
        { blue: '1 at 0', green: '4 at 100' },
        1,
      ]);
      expect(rollbacks()).toMatchObject([abandonment]);
      expect([state, engine.items('lock')]).toEqual([state, []]);
    }
  });

  test('is not recorded twice when functions are delivered twice, nor kept from it by a folder that is gone', async () => {
    engine.deliveries = 2;
    engine.surroundings.objects.delete('runs/run-2/release.json');
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(rollbacks()).toMatchObject([abandonment]);
  });

  test('and whose way back fails for the next one as well says so, and is still there for a third', async () => {
    engine.sagemaker.fault = (operation) =>
      operation === 'UpdateEndpointWeightsAndCapacities' ? new Error('no') : undefined;
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({
      error: 'RollbackFailed',
      cause: expect.stringMatching(/^ROLLBACK FAILED: .*the rollout of run run-2 has to go back; act now/),
    });
    engine.sagemaker.fault = () => undefined;
    await expect(engine.run('Rollout', 4)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(rollbacks()).toMatchObject([abandonment]);
  });

  test('and was rolled back by hand is nobody else’s concern', async () => {
    await engine.execute('Rollback', { by: 'eve', reason: 'it hangs' });
    expect(engine.items('lock')).toEqual([]);
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(rollbacks()).toMatchObject([{ from: '2', to: '1', by: 'eve', kind: 'manual' }]);
  });
});

test('a rollback that could not be done is finished by the next rollout, with its own reason', async () => {
  await engine.reset(serving);
  engine.sagemaker.behaviours.set(2, { minute: { requests: 200, errors: 60, slow: 0 } });
  engine.sagemaker.fault = (operation, input) =>
    operation === 'UpdateEndpointWeightsAndCapacities' && JSON.stringify(input).includes('"DesiredWeight":100')
      ? new Error('no')
      : undefined;
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RollbackFailed' });
  expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 75', green: '2 at 25' });
  engine.sagemaker.fault = () => undefined;
  engine.sagemaker.behaviours.clear();
  const saved = engine.save();
  // The same run does not go on as if nothing had been said.
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RolledBack' });
  expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  await engine.reset(saved);
  await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect(rollbacks()).toMatchObject([
    { from: '2', to: '1', reason: expect.stringMatching(/^60 of 200 requests failed/) },
  ]);
  await expect(approval(2)).resolves.toMatchObject(['Rejected', expect.stringMatching(/^rolled back: 60 of 200/)]);
});

test('a first release that died unchecked is taken away, not taken for the one that serves', async () => {
  await engine.reset();
  engine.killAt('CheckNewVariant');
  await engine.run('Rollout', 1);
  expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect(engine.sagemaker.traffic()).toEqual({ blue: '2 at 100' });
  expect(engine.items('release#').map(({ releaseId }) => releaseId)).toEqual(['2']);
  expect(rollbacks()).toMatchObject([{ from: '1', reason: expect.stringContaining('at 100 %') }]);
});

test('a step that is resumed keeps the steps before it and what the judge carried', async () => {
  await engine.reset(serving);
  let bakes = 0;
  engine.onState = (event, state, execution) => {
    if (event === 'entered' && state === 'StartBake' && ++bakes === 2) void engine.stop(execution);
  };
  await engine.run('Rollout', 2);
  expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 0', green: '2 at 100' });
  const { mark } = engine.items('lock')[0] ?? {};
  const { progress } = JSON.parse(String(mark));
  expect(progress).toMatchObject({ step: 1, carried: { step: 0 }, history: [{ weight: 25 }] });
  // An item holds 400 KB.
  expect(String(mark).length).toBeLessThan(20_000);
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  const { steps } = engine.document('rollout.json', 'run-2') as unknown as RolloutDocument;
  expect(steps.map(({ weight, verdict }) => [weight, verdict])).toEqual([
    [25, 'pass'],
    [100, 'pass'],
  ]);
  expect(steps[0]).toEqual(progress.history[0]);
  const answers = steps.map((step) => (step as unknown as ProbedStep).evidence.probes.answers);
  // The golden requests of both steps are one evidence.
  expect(answers[1]).toBeGreaterThan(answers[0] ?? Number.NaN);
});

describe('a release that went live before there were records', () => {
  beforeEach(async () => {
    await engine.reset(serving);
    engine.table.items.clear();
  });

  test('is put on record by the next rollout, so that there is a way back to it', async () => {
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.items('release#')).toMatchObject([
      { releaseId: '1', variant: 'blue', instanceType: 'ml.m5.large', runId: 'unknown' },
      { releaseId: '2', variant: 'green' },
    ]);
    jest.setSystemTime(Date.now() + 60_000);
    await expect(engine.execute('Rollback', { by: 'eve' })).resolves.toMatchObject({ output: { from: '2', to: '1' } });
  });

  test('is put on record even by one that is refused, and by its own run', async () => {
    await decide(2, 'PendingManualApproval');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'Refused' });
    await expect(engine.run('Rollout', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.items('release#').map(({ releaseId }) => releaseId)).toEqual(['1']);
  });
});
