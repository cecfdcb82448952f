import { RolloutEngine, type Saved } from './engine/engine';
import type { MachineName } from './engine/machines';

jest.setTimeout(60_000);
const BAD = { minute: { requests: 200, errors: 60, slow: 0 } };
const QUICK = { bakeSeconds: 120, judgeEverySeconds: 120, probes: { pairs: 1, maxPerLook: 1, ratePerSecond: 100 } };
let engine: RolloutEngine;
/** Release 1 serves; release 1 stands by and 2 serves. */
let one: Saved;
let two: Saved;
beforeAll(async () => {
  ({ engine, serving: one } = await RolloutEngine.serving(QUICK));
  await engine.run('Rollout', 2);
  two = engine.save();
});
afterAll(() => engine.close());

/** An execution that ends badly, or waits; then what was in its way is gone, and it is started again. */
interface Ending {
  readonly machine: MachineName;
  readonly version: number;
  readonly saved?: () => Saved;
  /** What is in the way. */
  readonly arrange: () => void;
  /** The states to be killed at, entered one after the other. */
  readonly states: readonly string[];
  readonly traffic: Readonly<Record<string, string>>;
  readonly releases: readonly string[];
  readonly rollbacks: number;
}

const failing = (operation: string, when: (input: string) => boolean = () => true) => {
  engine.sagemaker.fault = (name, input) =>
    name === operation && when(JSON.stringify(input)) ? new Error('no') : undefined;
};
/** The table takes no records any more, as from this state on. */
const unwritable = (state: string) => {
  let reached = false;
  const before = engine.onState;
  engine.onState = (event, name, execution) => {
    reached ||= name === state;
    before(event, name, execution);
  };
  engine.check = (operation) => {
    if (reached && operation === 'PutItem') throw new Error('no');
  };
};
const promoted = { traffic: { blue: '1 at 0', green: '2 at 100' }, releases: ['1', '2'], rollbacks: 0 };
const takenBack = { traffic: { blue: '1 at 100' }, releases: ['1'], rollbacks: 1 };

const ENDINGS: Readonly<Record<string, Ending>> = {
  'a rollback that cannot be done': {
    machine: 'Rollout',
    version: 2,
    saved: () => one,
    arrange: () => {
      engine.sagemaker.behaviours.set(2, BAD);
      failing('UpdateEndpointWeightsAndCapacities', (input) => input.includes('"DesiredWeight":100'));
    },
    states: ['RollBackTraffic', 'RollbackFailed', 'ReleaseLock', 'WentWell?', 'Failed'],
    ...takenBack,
  },
  'a rollback that is not recorded': {
    machine: 'Rollout',
    version: 2,
    saved: () => one,
    arrange: () => {
      engine.sagemaker.behaviours.set(2, BAD);
      unwritable('RecordRollback');
    },
    states: ['RecordRollback', 'RollbackNotRecorded', 'ReleaseLock', 'WentWell?', 'Failed'],
    ...takenBack,
  },
  'a promotion that is not recorded': {
    machine: 'Rollout',
    version: 2,
    saved: () => one,
    arrange: () => unwritable('RecordPromotion'),
    states: ['RecordPromotion', 'NotRecorded', 'ReleaseLock', 'WentWell?', 'Failed'],
    ...promoted,
  },
  'a rollout that is refused': {
    machine: 'Rollout',
    version: 2,
    saved: () => one,
    arrange: () => engine.surroundings.alarms.set('blue-errors', 'ALARM'),
    states: ['Plan', 'PlanKind', 'Refused', 'ReleaseLock', 'WentWell?', 'Failed'],
    ...promoted,
  },
  'a wait for the endpoint': {
    machine: 'Rollout',
    version: 2,
    saved: () => one,
    arrange: () => {
      engine.sagemaker.describeAs = () => 'SystemUpdating';
    },
    states: ['WaitForEndpoint', 'Refused'],
    ...promoted,
  },
  'the removal of the old variant': {
    machine: 'Retirement',
    version: 2,
    saved: () => two,
    arrange: () => undefined,
    states: [
      ...['Begin', 'StandBy', 'TakeLock', 'LockTaken?', 'LookBeforeRetiring', 'Retire?', 'RemoveOldVariant'],
      ...['RemoveOldVariantReached?', 'RemoveOldVariantWait', 'Settle', 'Retired', 'ReleaseLock', 'WentWell?'],
    ],
    ...promoted,
    traffic: { green: '2 at 100' },
  },
  'a removal that fails': {
    machine: 'Retirement',
    version: 2,
    saved: () => two,
    arrange: () => failing('UpdateEndpoint'),
    states: ['RemoveOldVariant', 'RetirementFailed', 'ReleaseLock', 'Failed'],
    ...promoted,
    traffic: { green: '2 at 100' },
  },
};

test.each(Object.entries(ENDINGS))(
  '%s: killed at each state of it and started again, nothing is left of it',
  async (_, path) => {
    for (const state of path.states) {
      await engine.reset(path.saved?.(), QUICK);
      const killed = engine.killAt(state);
      path.arrange();
      await engine.run(path.machine, path.version);
      expect([state, killed()]).toEqual([state, true]);
      engine.sagemaker.fault = () => undefined;
      engine.check = () => undefined;
      engine.sagemaker.describeAs = () => undefined;
      engine.surroundings.alarms.set('blue-errors', 'OK');
      engine.onState = () => undefined;
      jest.setSystemTime(Date.now() + 60_000);
      await engine.run(path.machine, path.version);
      const releases = engine.items('release#').map(({ releaseId }) => releaseId);
      expect({
        state,
        traffic: engine.sagemaker.traffic(),
        releases,
        rollbacks: engine.items('rollback#').length,
        lock: engine.items('lock'),
        scaling: engine.items('scaling'),
      }).toEqual({
        state,
        traffic: path.traffic,
        releases: path.releases,
        rollbacks: path.rollbacks,
        lock: [],
        scaling: [],
      });
      expect(engine.client.failed('green')).toEqual([]);
    }
  },
);

test('staging: killed at each state and started again, it comes up', async () => {
  const seen = new Set<string>();
  await engine.reset(undefined, QUICK);
  engine.onState = (event, state) => void (event === 'entered' && seen.add(state));
  await engine.run('Deployment', 1);
  for (const state of seen) {
    await engine.reset(undefined, QUICK);
    const killed = engine.killAt(state);
    await engine.run('Deployment', 1);
    expect([state, killed()]).toEqual([state, true]);
    await engine.run('Deployment', 1);
    expect([state, engine.sagemaker.traffic('churn-staging')]).toEqual([state, { blue: '1 at 100' }]);
    expect([...engine.table.items.keys()]).toEqual([]);
  }
});

test('killed while it waits for the lock, it leaves the endpoint to whoever has it', async () => {
  await engine.reset(one, QUICK);
  let goOn = (): void => undefined;
  const checking = new Promise<void>((resolve) => {
    engine.before = (name) => {
      if (!/EndToEnd/.test(name)) return Promise.resolve();
      resolve();
      return new Promise((done) => {
        goOn = done;
      });
    };
  });
  const first = await engine.begin('Rollout', 2);
  await checking;
  const killed = engine.killAt('WaitForLock');
  await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'ABORTED' });
  expect(killed()).toBe(true);
  expect(engine.items('lock')).toMatchObject([{ holder: first }]);
  engine.before = () => Promise.resolve();
  goOn();
  await expect(engine.end(first)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect([engine.sagemaker.traffic(), engine.items('lock')]).toEqual([promoted.traffic, []]);
});

test('killed as it learns that it was taken over, it leaves the lock alone; when that one has ended, it goes on', async () => {
  await engine.reset(one, QUICK);
  const killed = engine.killAt('TakenOver');
  const { onState } = engine;
  engine.onState = (event, name, execution) => {
    const [key, item] = [...engine.table.items].find(([each]) => each.endsWith('lock')) ?? [];
    // The one that takes it is an execution that nobody remembers: it has ended.
    if (event === 'entered' && name === 'Bake' && key !== undefined) {
      engine.table.items.set(key, { ...item, holder: 'another', runId: 'by-hand', action: 'rollback' });
    }
    onState(event, name, execution);
  };
  await engine.run('Rollout', 2);
  expect(killed()).toBe(true);
  expect(engine.items('lock')).toMatchObject([{ holder: 'another' }]);
  engine.onState = () => undefined;
  await expect(engine.run('Rollout', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  expect([engine.sagemaker.traffic(), engine.items('lock')]).toEqual([promoted.traffic, []]);
});
