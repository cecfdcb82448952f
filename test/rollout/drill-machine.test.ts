import { AwsError } from '../../lib/local/gateway/service';
import { RolloutEngine, type Saved } from './engine/engine';

jest.setTimeout(30_000);
let engine: RolloutEngine;
/** Release 1 serves production. */
let serving: Saved;
beforeAll(async () => {
  jest.spyOn(console, 'log').mockReturnValue();
  ({ engine, serving } = await RolloutEngine.serving());
});
afterAll(() => engine.close());

describe('a drill on staging', () => {
  const staging = () => engine.sagemaker.traffic('churn-staging');
  beforeEach(async () => {
    await engine.reset(serving);
    await engine.run('Deployment', 2);
  });

  afterEach(() => {
    // Whatever happens: production's client was answered, and nobody holds staging.
    expect(engine.client.failed()).toEqual([]);
    expect(engine.table.items.has('churn-staging\nlock')).toBe(false);
  });

  test('shifts to a twin and back, measures both, and leaves staging as it was', async () => {
    const before = engine.sagemaker.endpoint('churn-staging')?.configName;
    const production = engine.sagemaker.traffic();
    const { status, output } = await engine.execute('Drill', { by: 'eve' });
    expect({ status, output }).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        seconds: expect.any(Number),
        instancesSeconds: expect.any(Number),
        reason: expect.stringMatching(/^drill by eve: every request was back after [\d.]+ s; a second variant took/),
      },
    });
    expect(engine.sagemaker.weightChanges).toEqual(['blue 0, green 100', 'blue 100, green 0']);
    expect(staging()).toEqual({ blue: '2 at 100' });
    expect(engine.sagemaker.endpoint('churn-staging')?.configName).toBe(before);
    expect(engine.sagemaker.traffic()).toEqual(production);
    const records = [...engine.table.items].filter(([key]) => key.startsWith('churn-staging\nrollback#'));
    expect(records.map(([, item]) => item)).toEqual([expect.objectContaining({ kind: 'drill', by: 'eve' })]);
  });

  test('that cannot shift takes its twin away again, and says why', async () => {
    engine.sagemaker.fault = (operation) =>
      operation === 'UpdateEndpointWeightsAndCapacities'
        ? new AwsError('ValidationException', 'Variant not found.')
        : undefined;
    await expect(engine.execute('Drill', { by: 'eve' })).resolves.toMatchObject({
      status: 'FAILED',
      error: 'DrillFailed',
      cause: 'the drill failed: Variant not found.',
    });
    expect(staging()).toEqual({ blue: '2 at 100' });
  });
});
