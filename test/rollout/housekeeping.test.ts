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

const BAD: Behaviour = { minute: { requests: 200, errors: 60, slow: 0 } };

describe('the lock', () => {
  beforeEach(() => engine.reset(serving));

  test('keeps a second rollout waiting, which then goes on from what the first left', async () => {
    const baking = engine.entered('Bake');
    const first = await engine.begin('Rollout', 2);
    await baking;
    const waiting = engine.entered('WaitForLock');
    const second = await engine.begin('Rollout', 3);
    await waiting;
    await expect(engine.end(first)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    await expect(engine.end(second)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '3 at 100', green: '2 at 0' });
    expect(engine.items('lock')).toEqual([]);
  });

  test('that stays with another rollout is refused after ten minutes, with its holder’s name', async () => {
    let release = (): void => undefined;
    // The other one hangs in its check.
    engine.before = (name) =>
      /EndToEnd/.test(name)
        ? new Promise<void>((resolve) => {
            release = resolve;
          })
        : Promise.resolve();
    const checking = engine.entered('CheckNewVariant');
    const first = await engine.begin('Rollout', 2);
    await checking;
    const { error, cause } = await engine.run('Rollout', 3);
    expect(error).toBe('Refused');
    expect(cause).toMatch(
      /^endpoint churn-production is held by the rollout of run run-2 since 2026-01-01T\S+ \(arn:aws:states:\S+:execution:Rollout:\S+\)$/,
    );
    expect(engine.items('lock')).toMatchObject([{ holder: first, runId: 'run-2' }]);
    engine.before = () => Promise.resolve();
    release();
    await expect(engine.end(first)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  test('that was taken away stops a rollout before it changes anything more', async () => {
    engine.onState = (event, state, execution) => {
      if (event !== 'entered' || state !== 'Bake') return;
      const [key, item] = [...engine.table.items].find(([name]) => name.endsWith('lock')) ?? [];
      if (key !== undefined && item?.holder === execution)
        engine.table.items.set(key, { ...item, holder: 'another', action: 'rollback', runId: 'by-hand' });
    };
    engine.sagemaker.behaviours.set(2, BAD);
    const { error, cause } = await engine.run('Rollout', 2);
    expect(error).toBe('TakenOver');
    expect(cause).toBe('endpoint churn-production was taken over by the rollback of run by-hand (another)');
    // The new holder decides, and its lock was not given back by the one that lost it.
    expect(engine.sagemaker.weightChanges).toEqual(['blue 75, green 25']);
    expect(engine.items('lock')).toMatchObject([{ holder: 'another' }]);
  });
});

describe('autoscaling', () => {
  beforeEach(async () => {
    await engine.reset(serving);
    engine.scaling.scale(ENDPOINT, 'blue');
  });

  test('is off while variants come and go, and on for the old one and the new one under traffic', async () => {
    const seen: Record<string, readonly string[]> = {};
    engine.onState = (event, state) => {
      if (event === 'entered') seen[state] ??= engine.scaling.scaled;
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(seen).toMatchObject({
      AddVariant: ['blue: by-load night'],
      AddVariantWait: [],
      Shift: ['blue: by-load night', 'green: by-load night'],
    });
    expect(engine.scaling.scaled).toEqual(['blue: by-load night', 'green: by-load night']);
    expect(engine.items('scaling')).toEqual([]);
  });

  test('stays on the variant that survives a rollback', async () => {
    engine.sagemaker.behaviours.set(2, BAD);
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ error: 'RolledBack' });
    expect(engine.scaling.scaled).toEqual(['blue: by-load night']);
    expect(engine.items('scaling')).toEqual([]);
  });

  test.each(['AddVariant', 'AddVariantWait', 'RemoveFailedVariant', 'RemoveFailedVariantWait', 'SettleRollback'])(
    'is not lost when the runner is killed at %s',
    async (state) => {
      engine.sagemaker.behaviours.set(2, BAD);
      const killed = engine.killAt(state, state.endsWith('Wait') ? 'entered' : 'exited');
      await engine.run('Rollout', 2);
      expect(killed()).toBe(true);
      await engine.run('Rollout', 2);
      expect(engine.scaling.scaled).toEqual(['blue: by-load night']);
      expect(engine.items('scaling')).toEqual([]);
    },
  );

  test('that cannot be put on again is told, and put on by the next release', async () => {
    engine.check = (operation) => {
      if (operation === 'RegisterScalableTarget') throw new Error('access denied');
    };
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({
      error: 'RolledBack',
      cause: expect.stringContaining('access denied'),
    });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
    expect(engine.items('scaling')).toHaveLength(1);
    engine.check = () => undefined;
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.scaling.scaled).toEqual(['blue: by-load night', 'green: by-load night']);
  });
});

describe('retention', () => {
  test('keeps what the endpoint, the live release and `retain` releases before it need, and nothing else', async () => {
    await engine.reset(serving, { retain: 1 });
    for (const version of [2, 3, 4]) {
      await expect(engine.run('Rollout', version)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    }
    const { configs, models } = engine.sagemaker.partsOf();
    expect(models).toEqual(['3', '4']);
    const alone = engine.items('release#').map(({ configName }) => configName);
    expect([...configs].sort()).toEqual(
      [...new Set([engine.sagemaker.endpoint()?.configName, ...alone.slice(-2)])].sort(),
    );
    expect(engine.items('release#').map(({ retiredAt }) => retiredAt !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the old variant', () => {
  test('stands by as long as it is told to, and goes then', async () => {
    await engine.reset(serving, { keepWarmSeconds: 3600 });
    engine.scaling.scale(ENDPOINT, 'blue');
    await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    await expect(engine.endOf('Retirement', 'retire-run-2')).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ green: '2 at 100' });
    expect(engine.scaling.scaled).toEqual(['green: by-load night']);
    expect([engine.items('lock'), engine.items('scaling')]).toEqual([[], []]);
    expect(engine.client.failed()).toEqual([]);
  });

  test('is left alone when a later release serves', async () => {
    await engine.reset(serving);
    await engine.run('Rollout', 2);
    await engine.run('Rollout', 3);
    await expect(engine.run('Retirement', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '3 at 100', green: '2 at 0' });
    expect(engine.items('lock')).toEqual([]);
  });
});
