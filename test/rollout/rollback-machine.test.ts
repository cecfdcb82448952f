import { DescribeEndpointConfigCommand, DescribeModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { AwsError } from '../../lib/local/gateway/service';
import { RolloutEngine, type Saved } from './engine/engine';
import { announce, approval, decide } from './engine/registry';
import { ENDPOINT } from './engine/sagemaker';
import { packageArn } from './run-fixture';

const QUICK = { probes: { pairs: 1, maxPerLook: 1, ratePerSecond: 100 } };
/** What comes after everything is done; whoever asks again then asks for another rollback. */
const OVER = ['RolledBack', 'ReleaseLock', 'WentWell?', 'Done'];
const EVE = { by: 'eve', reason: 'scores are all 0.5' };

jest.setTimeout(30_000);

let engine: RolloutEngine;
let promoted: { readonly two: Saved; readonly three: Saved };
beforeAll(async () => {
  jest.spyOn(console, 'log').mockReturnValue();
  ({ engine } = await RolloutEngine.serving(QUICK));
  await engine.run('Rollout', 2);
  const two = engine.save();
  await engine.run('Rollout', 3);
  promoted = { two, three: engine.save() };
});
afterAll(() => engine.close());
beforeEach(() => later(promoted.two));
afterEach(() => {
  // Whatever happens: every request was answered, and nobody holds the endpoint.
  expect(engine.client.failed()).toEqual([]);
  expect(engine.items('lock')).toEqual([]);
});

/** A later day on which releases were promoted before. */
async function later(saved: Saved): Promise<void> {
  await engine.reset(saved, QUICK);
  jest.setSystemTime(new Date('2026-02-01T00:00:00Z'));
}
const rollBack = (input: object = EVE) => engine.execute('Rollback', input);
const newest = () => engine.items('rollback#').at(-1);

describe('to the release before, which stands by', () => {
  test('is one change of weights; then the bad release is gone, rejected, and all of it on record', async () => {
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 0', green: '2 at 100' });
    const { status, output } = await rollBack();
    expect({ status, output }).toMatchObject({
      status: 'SUCCEEDED',
      output: { from: '2', to: '1', temperature: 'warm', verdict: 'pass', seconds: expect.any(Number) },
    });
    expect((output as { reason: string }).reason).toMatch(
      /^rolled back from release 2 to 1 in [\d.]+ s \(warm\) by eve: scores are all 0\.5$/,
    );
    expect((output as { seconds: number }).seconds).toBeLessThan(60);
    expect(engine.sagemaker.weightChanges).toEqual(['blue 100, green 0']);
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
    expect(newest()).toMatchObject({ ...EVE, from: '2', to: '1', kind: 'manual', temperature: 'warm' });
    expect(engine.items('rollback#')).toHaveLength(1);
    await expect(approval(2)).resolves.toEqual(['Rejected', 'rolled back to 1 by eve: scores are all 0.5']);
    await expect(approval(1)).resolves.toEqual(['Approved', undefined]);
  });

  test('brings preprocessing and model back together: the endpoint runs the older package itself', async () => {
    await rollBack();
    const sagemaker = new SageMakerClient({});
    const EndpointConfigName = engine.sagemaker.endpoint()?.configName ?? '';
    const { ProductionVariants } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    const ModelName = ProductionVariants?.[0]?.ModelName;
    const { PrimaryContainer } = await sagemaker.send(new DescribeModelCommand({ ModelName }));
    expect(ProductionVariants).toHaveLength(1);
    // One archive with code and weights; no part of it can stay behind.
    expect(PrimaryContainer).toMatchObject({ ModelPackageName: packageArn(1) });
  });

  test('a first call that is refused as in progress is made again', async () => {
    let refusals = 3;
    engine.sagemaker.fault = (operation) =>
      operation === 'UpdateEndpointWeightsAndCapacities' && refusals-- > 0
        ? new AwsError('ValidationException', 'Cannot update in-progress endpoint "arn".')
        : undefined;
    await expect(rollBack()).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(refusals).toBeLessThan(0);
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });

  test('throttling on every first call delays it, and no more', async () => {
    const throttled = new Set<string>();
    engine.sagemaker.fault = (operation) => {
      if (throttled.has(operation)) return undefined;
      throttled.add(operation);
      return new AwsError('ThrottlingException', 'Rate exceeded');
    };
    await expect(rollBack()).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });

  test('functions that are delivered twice do no harm', async () => {
    engine.deliveries = 2;
    await expect(rollBack()).resolves.toMatchObject({ status: 'SUCCEEDED', output: { to: '1' } });
    expect(engine.items('rollback#')).toHaveLength(1);
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });

  test('a release that fails its checks serves all the same, and who asked is told', async () => {
    engine.sagemaker.behaviours.set(1, { answer: () => ({ score: 0.123 }) });
    const { status, output } = await rollBack();
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ verdict: 'fail', reason: expect.stringMatching(/; its checks say fail: /) });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });

  test('then the next release takes the canary as ever', async () => {
    await rollBack();
    await expect(engine.run('Rollout', 3)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 0', green: '3 at 100' });
    await expect(rollBack()).resolves.toMatchObject({ output: { from: '3', to: '1' } });
  });
});

describe('to an older one', () => {
  beforeEach(() => later(promoted.three));

  test('is its retained configuration; the present release serves until its instances are up', async () => {
    expect(engine.sagemaker.traffic()).toEqual({ blue: '3 at 100', green: '2 at 0' });
    await expect(rollBack({ ...EVE, to: '1' })).resolves.toMatchObject({
      status: 'SUCCEEDED',
      output: { from: '3', to: '1', temperature: 'cold', verdict: 'pass' },
    });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
    expect(engine.sagemaker.weightChanges).toEqual([]);
    const [record] = engine.items('release#').filter(({ releaseId }) => releaseId === '1');
    expect(engine.sagemaker.endpoint()?.configName).toBe(record?.configName);
  });

  test('keeps the autoscaling of the variants that are left', async () => {
    engine.scaling.scale(ENDPOINT, 'blue');
    await rollBack({ ...EVE, to: '1' });
    expect(engine.scaling.scaled).toEqual(['blue: by-load night']);
    expect(engine.items('scaling')).toEqual([]);
  });

  test('twice goes one further back each time', async () => {
    await expect(rollBack()).resolves.toMatchObject({ output: { from: '3', to: '2' } });
    await expect(rollBack()).resolves.toMatchObject({ output: { from: '2', to: '1', temperature: 'cold' } });
    await expect(rollBack()).resolves.toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'there is nothing to roll back to: no earlier release is on record',
    });
  });
});

describe('while a rollout runs', () => {
  /** Asks for the rollback as soon as the rollout enters the state, and waits for both. */
  async function during(state: string, input: object) {
    const rollout = await engine.begin('Rollout', 3);
    await engine.entered(state, rollout);
    const rollback = await rollBack(input);
    return { rollout: await engine.end(rollout), rollback };
  }

  test.each(['CheckNewVariant', 'Bake', 'Judge'])('in %s, it is stopped and taken back', async (state) => {
    const { rollout, rollback } = await during(state, EVE);
    expect(rollout).toMatchObject({
      status: 'ABORTED',
      error: 'RolledBackByHand',
      cause: 'eve rolled churn-production back: scores are all 0.5',
    });
    expect(rollback).toMatchObject({ status: 'SUCCEEDED', output: { from: '3', to: '2', temperature: 'warm' } });
    expect(engine.sagemaker.traffic()).toEqual({ green: '2 at 100' });
    await expect(approval(3)).resolves.toEqual(['Rejected', expect.stringMatching(/^rolled back to 2 by eve/)]);
  });

  test('a rollback that is refused does not disturb it', async () => {
    const { rollout, rollback } = await during('Bake', { ...EVE, to: '9' });
    expect(rollback).toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'release "9" is unknown; retained are 2, 1',
    });
    expect(rollout).toMatchObject({ status: 'SUCCEEDED' });
    expect(engine.sagemaker.traffic()).toEqual({ blue: '3 at 100', green: '2 at 0' });
  });
});

test.each([
  [{ to: '2' }, 'release 2 has all traffic already; retained are 2, 1'],
  [{ to: '7' }, 'release "7" is unknown; retained are 2, 1'],
])('%j is refused', async (input, cause) => {
  await expect(rollBack(input)).resolves.toMatchObject({ status: 'FAILED', error: 'Refused', cause });
  expect(engine.sagemaker.weightChanges).toEqual([]);
});

test('a change of weights that never comes about is told as what it is, and the lock is free for the next try', async () => {
  engine.sagemaker.fault = (operation) =>
    operation === 'UpdateEndpointWeightsAndCapacities'
      ? new AwsError('ValidationException', 'Variant not found.')
      : undefined;
  await expect(rollBack()).resolves.toMatchObject({
    status: 'FAILED',
    error: 'RollbackFailed',
    cause: expect.stringMatching(/^ROLLBACK FAILED: Variant not found\.; act now: docs\/runbook\.md#rollback-failed$/),
  });
  engine.sagemaker.fault = () => undefined;
  await expect(rollBack()).resolves.toMatchObject({ output: { from: '2', to: '1' } });
});

describe('cut short', () => {
  test('at any state, the same order finishes it, and goes no further back', async () => {
    await later(promoted.three);
    const states = new Set<string>();
    engine.onState = (event, state) => void (event === 'entered' && states.add(state));
    await rollBack();
    expect([...states]).toEqual(expect.arrayContaining(['Preempt', 'RecordIntention', 'Traffic', 'RecordRollback']));
    for (const state of [...states].filter((name) => !OVER.includes(name))) {
      await later(promoted.three);
      const killed = engine.killAt(state, 'entered');
      await rollBack();
      expect([state, killed()]).toEqual([state, true]);
      jest.setSystemTime(Date.now() + 60_000);
      const { output } = await rollBack();
      expect([state, output, engine.sagemaker.traffic()]).toEqual([
        state,
        expect.objectContaining({ to: '2', from: expect.stringMatching(/^(3|unknown)$/) }),
        { green: '2 at 100' },
      ]);
      expect([state, engine.items('lock')]).toEqual([state, []]);
      await expect(approval(2)).resolves.toEqual(['Approved', undefined]);
    }
  });
});

describe('a rejection in the registry', () => {
  test('of the live release takes it back, with the person’s own words kept', async () => {
    await decide(2, 'Rejected', 'prices are off');
    const line = await announce(2);
    expect(line).toMatch(/^started rejection-2-/);
    await expect(engine.endOf('Rollback', String(line).replace('started ', ''))).resolves.toMatchObject({
      status: 'SUCCEEDED',
      output: { from: '2', to: '1' },
    });
    expect(newest()).toMatchObject({ kind: 'rejection', reason: expect.stringContaining('prices are off') });
    await expect(approval(2)).resolves.toEqual(['Rejected', 'prices are off']);
    // Told again, late: it is over.
    await expect(announce(2)).resolves.toBe('release 2 is not on the endpoint');
  });

  test('of another release starts nothing', async () => {
    await decide(1, 'Rejected', 'old');
    await decide(4, 'Rejected', 'never served');
    await expect(announce(1)).resolves.toBe('release 1 stands by without traffic');
    await expect(announce(4)).resolves.toBe('release 4 is not on the endpoint');
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 0', green: '2 at 100' });
  });

  test('that a rollback made is its echo, whenever it is heard', async () => {
    const heard: unknown[] = [];
    engine.onState = (event, state) => {
      if (event === 'exited' && state === 'RecordRollback') void announce(2).then((line) => heard.push(line));
    };
    await rollBack();
    heard.push(await announce(2));
    expect(heard).toEqual(['release 2 was rejected by a rollback', 'release 2 is not on the endpoint']);
    expect(engine.items('rollback#')).toHaveLength(1);
  });

  test('and an approval afterwards start nothing by themselves', async () => {
    await rollBack();
    await decide(2, 'Approved', 'it was right after all');
    await expect(announce(2)).resolves.toBe('release 2 is Approved by now');
    expect(engine.sagemaker.traffic()).toEqual({ blue: '1 at 100' });
  });
});
