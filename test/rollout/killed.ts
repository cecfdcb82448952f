import type { RolloutEngine, Saved } from './engine/engine';
import type { Behaviour } from './engine/model';

/** A rollout that is killed at each of its states in turn, and started again. */
export interface Path {
  readonly version: number;
  readonly run: string;
  readonly behaviour?: Behaviour;
  readonly saved?: () => Saved;
  /** Traffic when all is over, however it got there. */
  readonly traffic: Readonly<Record<string, string>>;
  readonly releases: readonly string[];
  readonly rollbacks: number;
}

const QUICK = {
  bakeSeconds: 120,
  judgeEverySeconds: 120,
  probes: { pairs: 1, maxPerLook: 1, ratePerSecond: 100 },
};

async function prepare(engine: RolloutEngine, { version, behaviour, saved }: Path): Promise<void> {
  await engine.reset(saved?.(), QUICK);
  if (behaviour !== undefined) engine.sagemaker.behaviours.set(version, behaviour);
}

/** The states that the rollout goes through when nobody disturbs it. */
async function statesOf(engine: RolloutEngine, path: Path): Promise<readonly string[]> {
  const seen = new Set<string>();
  await prepare(engine, path);
  engine.onState = (event, state) => void (event === 'entered' && seen.add(state));
  await engine.run('Rollout', path.version, path.run);
  return [...seen];
}

/**
 * Kills the rollout at every state as it enters it, which is also when the work of the state before is done and nothing
 * came of it yet; each time it is started again.
 */
export async function killEverywhere(engine: RolloutEngine, path: Path): Promise<ReadonlySet<string>> {
  const states = await statesOf(engine, path);
  const resumed = new Set<string>();
  for (const state of states) {
    for (const name of await killAndResume(engine, path, state)) resumed.add(name);
  }
  return new Set([...states, ...resumed]);
}

async function killAndResume(engine: RolloutEngine, path: Path, state: string): Promise<readonly string[]> {
  await prepare(engine, path);
  const killed = engine.killAt(state);
  const first = await engine.run('Rollout', path.version, path.run);
  expect([state, killed()]).toEqual([state, true]);
  // The last state has nothing after it that could be killed.
  expect(['Done', 'Failed'].includes(state) || first.status === 'ABORTED').toBe(true);
  const resumed: string[] = [];
  engine.onState = (event, name) => void (event === 'entered' && resumed.push(name));
  await engine.run('Rollout', path.version, path.run);
  expect({ at: state, ...pictureOf(engine) }).toEqual({ at: state, ...expected(path) });
  return resumed;
}

const pictureOf = (engine: RolloutEngine) => ({
  traffic: engine.sagemaker.traffic(),
  lock: engine.items('lock'),
  scaling: engine.items('scaling'),
  releases: engine.items('release#').map(({ releaseId }) => releaseId),
  rollbacks: engine.items('rollback#').length,
  unanswered: engine.client.failed('green'),
});

const expected = ({ traffic, releases, rollbacks }: Path) => ({
  traffic,
  lock: [],
  scaling: [],
  releases,
  rollbacks,
  unanswered: [],
});
