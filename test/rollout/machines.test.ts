import { handler as conclude } from '../../lambda/rollout/conclude';
import { handler as converge } from '../../lambda/rollout/converge';
import { handler as judge } from '../../lambda/rollout/judge';
import { handler as plan } from '../../lambda/rollout/plan';
import { handler as endToEnd } from '../../lambda/serving/end-to-end';
import { LambdaError, type LambdaInvoker } from '../../lib/local/engine/ports';
import { type Bench, bench } from '../local/stepfunctions/harness';
import { packageArn, RUN, setEnvironment } from './run-fixture';
import { definitionOf, synthesize } from './template';
import { World } from './world';

const context = { getRemainingTimeInMillis: () => 600_000 };
type Handler = (event: never) => Promise<unknown>;
/** By a part of the function's logical id. */
const HANDLERS: readonly (readonly [RegExp, Handler])[] = [
  [/FunctionsPlan/, plan],
  [/FunctionsConverge/, converge],
  [/CanaryJudge/, judge],
  [/CanaryConclude/, conclude],
  [/EndToEnd/, (event) => endToEnd(event, context)],
];

/** Runs the real handlers; what they throw arrives as Lambda hands it over. */
const lambda: LambdaInvoker = {
  invoke: async (name, event) => {
    const found = HANDLERS.find(([pattern]) => pattern.test(name));
    if (found === undefined) throw new Error(`no handler for ${name}`);
    try {
      return JSON.parse(JSON.stringify((await found[1](JSON.parse(JSON.stringify(event)) as never)) ?? null));
    } catch (error) {
      throw error instanceof Error ? new LambdaError(error.name, error.message) : error;
    }
  },
};

const definitions = {
  staging: definitionOf(synthesize('staging')),
  production: definitionOf(synthesize('production')),
};
const CANARY = {
  bakeSeconds: 120,
  judgeEverySeconds: 60,
  maxBakeSeconds: 240,
  minRequests: 20,
  probes: { ratePerSecond: 100 },
};

let b: Bench;
let world: World;
beforeAll(async () => {
  b = await bench({ lambda, scale: 0.0001 });
});
afterAll(() => b.close());
beforeEach(() => {
  world = new World(CANARY);
});
afterEach(() => world.close());

const run = (environment: 'staging' | 'production', version: number) => {
  setEnvironment(environment);
  return b.run({ ...definitions[environment] }, { runId: RUN, modelPackageArn: packageArn(version) });
};

describe('staging', () => {
  test('creates the endpoint, then replaces what it runs all at once', async () => {
    await expect(run('staging', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    const first = world.traffic;
    await expect(run('staging', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(Object.keys(world.traffic)).toEqual(['blue']);
    expect(world.traffic).not.toEqual(first);
  });

  test('a model that does not come up fails with SageMaker’s reason, and the next run starts afresh', async () => {
    world.undo = '*';
    await expect(run('staging', 1)).resolves.toMatchObject({
      status: 'FAILED',
      error: 'DeploymentFailed',
      cause: 'endpoint churn-staging is Failed: Unable to provision requested ML compute capacity',
    });
    await expect(run('staging', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('production', () => {
  test('a first release is checked and serves', async () => {
    await expect(run('production', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(world.traffic).toEqual({ blue: '1 at 100' });
    expect(world.document('rollout.json')).toMatchObject({ outcome: 'promoted', live: 'blue', steps: [] });
    expect(world.document('reports/canary.json')).toMatchObject({ verdict: 'pass' });
  });

  test('a first release that fails its checks leaves no endpoint', async () => {
    world.behaviours.set(packageArn(1), { answer: () => ({ scores: 0.2 }) });
    const { status, cause } = await run('production', 1);
    expect(status).toBe('FAILED');
    expect(cause).toMatch(
      /^rolled back in [\d.]+ s: answer to row C-0 has no "predictions\[0\].score": found \{"scores":0.2\}/,
    );
    expect(world.endpoint).toBeUndefined();
    expect(world.packages.get(packageArn(1))).toMatchObject({ status: 'Rejected' });
  });

  test('the second release takes 5, 25 and 100 % and leaves the first warm; the third replaces it', async () => {
    await run('production', 1);
    await expect(run('production', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(world.traffic).toEqual({ blue: '1 at 0', green: '2 at 100' });
    expect(world.calls).toEqual(['blue 95, green 5', 'blue 75, green 25', 'blue 0, green 100']);
    const rollout = world.document('rollout.json');
    expect(rollout).toMatchObject({ outcome: 'promoted', live: 'green', previous: 'blue' });
    expect(rollout.steps).toMatchObject([5, 25, 100].map((weight) => ({ weight, verdict: 'pass' })));
    await expect(run('production', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(world.traffic).toEqual({ blue: '3 at 100', green: '2 at 0' });
  });

  test('the same release again changes nothing, but is checked', async () => {
    await run('production', 1);
    await expect(run('production', 1)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(world.document('rollout.json')).toMatchObject({ outcome: 'unchanged', live: 'blue' });
    world.behaviours.set(packageArn(1), { fails: true });
    await expect(run('production', 1)).resolves.toMatchObject({ status: 'FAILED', error: 'ServingVariantFailed' });
  });

  test('errors under traffic roll back, and leave no failed variant and no approved package', async () => {
    await run('production', 1);
    world.behaviours.set(packageArn(2), { metrics: { requests: 100, errors: 30, micros: 20_000 } });
    const { status, error, cause } = await run('production', 2);
    expect([status, error]).toEqual(['FAILED', 'RolledBack']);
    expect(cause).toMatch(/^rolled back in [\d.]+ s: 30 of 100 requests failed on green at 5 %/);
    expect(world.calls).toEqual(['blue 95, green 5', 'blue 100, green 0']);
    expect(world.traffic).toEqual({ blue: '1 at 100' });
    const rollout = world.document('rollout.json');
    expect(rollout).toMatchObject({ outcome: 'rolled-back', live: 'blue', steps: [{ weight: 5, verdict: 'fail' }] });
    expect(rollout.rollbackSeconds).toEqual(expect.any(Number));
    expect(world.packages.get(packageArn(2))).toMatchObject({
      status: 'Rejected',
      description: expect.stringMatching(/^rolled back: 30 of 100/),
    });
    // A rejected package is not tried again.
    await expect(run('production', 2)).resolves.toMatchObject({ status: 'FAILED', error: 'Refused' });
  });

  test('no traffic is no pass: the bake is extended, then the release goes back', async () => {
    await run('production', 1);
    world.behaviours.set(packageArn(2), { metrics: undefined });
    const { cause } = await run('production', 2);
    expect(cause).toMatch(/inconclusive after 240 s at 5 %: no request of green was recorded/);
    expect(world.traffic).toEqual({ blue: '1 at 100' });
  });

  test('an update that SageMaker undoes is no success', async () => {
    await run('production', 1);
    world.undo = '*';
    const { cause } = await run('production', 2);
    expect(cause).toMatch(/asked 1 times to take configuration .* Unable to provision/);
    expect(world.traffic).toEqual({ blue: '1 at 100' });
  });

  test('weight changes that are refused as in progress are asked again', async () => {
    await run('production', 1);
    world.refuseWeights = 3;
    await expect(run('production', 2)).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });

  test('an alarm from before blocks the start; a pending package is refused', async () => {
    await run('production', 1);
    world.alarms.set('blue-errors', 'ALARM');
    await expect(run('production', 2)).resolves.toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: expect.stringMatching(/^alarm blue-errors was on before the rollout began/),
    });
    world.alarms.set('blue-errors', 'OK');
    world.packages.set(packageArn(2), { status: 'PendingManualApproval' });
    await expect(run('production', 2)).resolves.toMatchObject({
      cause: expect.stringMatching(/is PendingManualApproval; production takes only Approved packages$/),
    });
    expect(world.packages.get(packageArn(2))).toEqual({ status: 'PendingManualApproval' });
  });
});
