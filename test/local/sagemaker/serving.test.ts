import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  ListEndpointsCommand,
  type ProductionVariant,
  SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { trainedModel } from './artifacts';
import { eventually, IMAGE, ROLE, TestEngine } from './engine';
import { archive, INFERENCE } from './workload';

const engine = new TestEngine();
let client: SageMakerClient;
let runtime: SageMakerRuntimeClient;

async function start(): Promise<void> {
  await engine.start();
  client = new SageMakerClient(engine.aws());
  runtime = new SageMakerRuntimeClient({ ...engine.aws(), maxAttempts: 1 });
}

beforeAll(async () => {
  await start();
  await engine.makeBucket();
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  const submit = await engine.put('sourcedir.tar.gz', archive({ 'inference.py': INFERENCE }));
  const model = async (name: string, more: Record<string, string> = {}) => {
    const script = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: submit };
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment: { ...script, RELEASE: name, ...more } };
    await client.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
  };
  await model('one');
  await model('two');
  await model('broken', { BREAK: 'model' });
  await config('only-blue', [variant('blue', 'one', 1)]);
});

afterAll(async () => {
  client.destroy();
  runtime.destroy();
  await engine.close();
});

const variant = (VariantName: string, ModelName: string, InitialVariantWeight: number): ProductionVariant => ({
  VariantName,
  ModelName,
  InitialVariantWeight,
  InitialInstanceCount: 1,
  InstanceType: 'ml.m5.large',
});

const config = (name: string, ProductionVariants: ProductionVariant[]) =>
  client.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants }));

const describeEndpoint = (EndpointName = 'live') => client.send(new DescribeEndpointCommand({ EndpointName }));

const settled = (name?: string): Promise<DescribeEndpointCommandOutput> =>
  eventually(async () => {
    const found = await describeEndpoint(name);
    return ['Creating', 'Updating'].includes(found.EndpointStatus ?? '') ? undefined : found;
  });

const update = (EndpointConfigName: string) =>
  client.send(new UpdateEndpointCommand({ EndpointName: 'live', EndpointConfigName }));

const weights = (blue: number, green: number) =>
  client.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'live',
      DesiredWeightsAndCapacities: [
        { VariantName: 'blue', DesiredWeight: blue },
        { VariantName: 'green', DesiredWeight: green },
      ],
    }),
  );

async function invoke(more: Record<string, string> = {}, x = 0.9) {
  const answer = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName: 'live',
      ContentType: 'application/json',
      Body: JSON.stringify({ instances: [{ x }] }),
      ...more,
    }),
  );
  const body = JSON.parse(Buffer.from(answer.Body).toString()) as { predictions: { score: number; release: string }[] };
  return { ...answer, predictions: body.predictions };
}

test('an endpoint is created and answers', async () => {
  await client.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'only-blue' }));
  await expect(update('only-blue')).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Cannot update in-progress endpoint "arn:aws:sagemaker:'),
  });
  const found = await settled();
  expect(found.EndpointStatus).toBe('InService');
  expect(found.ProductionVariants).toMatchObject([{ VariantName: 'blue', CurrentWeight: 1, DesiredInstanceCount: 1 }]);
  const answer = await invoke();
  expect(answer.InvokedProductionVariant).toBe('blue');
  expect(answer.predictions[0]?.score).toBeGreaterThan(0.5);
  const statuses = engine.events
    .filter((event) => event['detail-type'] === 'SageMaker Endpoint State Change')
    .map((event) => event.detail.EndpointStatus);
  expect(statuses).toEqual(['CREATING', 'IN_SERVICE']);
});

test('a second variant joins at weight 0 and answers only when it is the target', async () => {
  await config('both', [variant('blue', 'one', 1), variant('green', 'two', 0)]);
  await update('both');
  expect((await invoke()).InvokedProductionVariant).toBe('blue');
  const found = await settled();
  expect([found.EndpointStatus, found.EndpointConfigName]).toEqual(['InService', 'both']);
  const answers = await Promise.all(Array.from({ length: 20 }, () => invoke()));
  expect(new Set(answers.map((each) => each.InvokedProductionVariant))).toEqual(new Set(['blue']));
  const targeted = await invoke({ TargetVariant: 'green' });
  expect(targeted.InvokedProductionVariant).toBe('green');
  expect(targeted.predictions[0]?.release).toBe('two');
  await expect(invoke({ TargetVariant: 'red' })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('weights move under load without one failed request, and split it as asked', async () => {
  let going = true;
  const seen: (string | undefined)[] = [];
  const caller = async () => {
    while (going) seen.push((await invoke()).InvokedProductionVariant);
  };
  const callers = Array.from({ length: 6 }, caller);
  for (const green of [5, 25, 100]) {
    await weights(100 - green, green);
    await settled();
    await new Promise((done) => setTimeout(done, 300));
  }
  seen.length = 0;
  await eventually(() => (seen.length > 40 ? true : undefined));
  going = false;
  await Promise.all(callers);
  expect(seen.filter((each) => each !== 'green').length).toBeLessThanOrEqual(6);
  const found = await describeEndpoint();
  expect(found.ProductionVariants?.map((each) => [each.VariantName, each.CurrentWeight])).toEqual([
    ['blue', 0],
    ['green', 100],
  ]);
  engine.random = () => 0.2;
  await weights(30, 70);
  await settled();
  expect((await invoke()).InvokedProductionVariant).toBe('blue');
  engine.random = () => 0.4;
  expect((await invoke()).InvokedProductionVariant).toBe('green');
  engine.random = Math.random;
});

test('a variant that goes answers what it has begun, while others answer what comes', async () => {
  // More than it has threads for, so that some still wait when it is taken out.
  const begun = Array.from({ length: 6 }, () => invoke({ TargetVariant: 'green' }, 1000));
  await new Promise((done) => setTimeout(done, 200));
  await update('only-blue');
  const found = await settled();
  expect(found.ProductionVariants?.map(({ VariantName }) => VariantName)).toEqual(['blue']);
  const meanwhile = await Promise.all(Array.from({ length: 20 }, () => invoke()));
  expect(new Set(meanwhile.map((each) => each.InvokedProductionVariant))).toEqual(new Set(['blue']));
  const answers = await Promise.all(begun);
  expect(answers.map((each) => each.InvokedProductionVariant)).toEqual(Array.from({ length: 6 }, () => 'green'));
  await update('both');
  await settled();
});

test('a model that does not load keeps the old configuration and says why', async () => {
  await config('with-broken', [variant('blue', 'one', 1), variant('green', 'broken', 0)]);
  await update('with-broken');
  const found = await settled();
  expect(found.EndpointStatus).toBe('InService');
  expect(found.EndpointConfigName).toBe('both');
  expect(found.FailureReason).toBe(
    'The primary container for production variant green did not pass the ping health check: RuntimeError: fingerprint differs: numpy 1.0 was expected',
  );
  expect((await invoke({ TargetVariant: 'green' })).predictions[0]?.release).toBe('two');
});

test('a new endpoint whose model does not load is Failed and can only be deleted', async () => {
  await config('only-broken', [variant('blue', 'broken', 1)]);
  await client.send(new CreateEndpointCommand({ EndpointName: 'dead', EndpointConfigName: 'only-broken' }));
  const found = await settled('dead');
  expect(found.EndpointStatus).toBe('Failed');
  expect(found.FailureReason).toContain('RuntimeError: fingerprint differs');
  const again = client.send(new UpdateEndpointCommand({ EndpointName: 'dead', EndpointConfigName: 'only-blue' }));
  await expect(again).rejects.toMatchObject({ name: 'ValidationException' });
  await client.send(new DeleteEndpointCommand({ EndpointName: 'dead' }));
  await eventually(async () =>
    describeEndpoint('dead').then(
      () => undefined,
      (error: Error) => error.message,
    ),
  );
  await expect(describeEndpoint('dead')).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Could not find endpoint'),
  });
});

test('a model whose artefact is missing fails the endpoint and names the artefact', async () => {
  const ModelDataUrl = 's3://work/nowhere/model.tar.gz';
  const Environment = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment };
  await client.send(new CreateModelCommand({ ModelName: 'lost', ExecutionRoleArn: ROLE, PrimaryContainer }));
  await config('only-lost', [variant('blue', 'lost', 1), variant('green', 'lost', 1)]);
  await client.send(new CreateEndpointCommand({ EndpointName: 'lost', EndpointConfigName: 'only-lost' }));
  const found = await settled('lost');
  expect(found.EndpointStatus).toBe('Failed');
  expect(found.FailureReason).toContain(`${ModelDataUrl} could not be downloaded: The specified key does not exist.`);
  await client.send(new DeleteEndpointCommand({ EndpointName: 'lost' }));
});

test('an error of the container is a ModelError with its status and text', async () => {
  await expect(invoke({ ContentType: 'text/plain' })).rejects.toMatchObject({
    name: 'ModelError',
    $metadata: { httpStatusCode: 424 },
    OriginalStatusCode: 500,
    OriginalMessage: 'ValueError: content type text/plain',
  });
});

test('a body above 6 MB is refused', async () => {
  await expect(invoke({ Body: 'x'.repeat(6 * 2 ** 20 + 1) })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('a crashed container fails its request and comes back', async () => {
  await expect(invoke({ TargetVariant: 'blue' }, 666)).rejects.toMatchObject({ name: 'ModelError' });
  await expect(invoke({ TargetVariant: 'blue' })).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect((await invoke({ TargetVariant: 'green' })).InvokedProductionVariant).toBe('green');
  const back = await eventually(() => invoke({ TargetVariant: 'blue' }).catch(() => undefined));
  expect(back.predictions).toHaveLength(1);
});

test('a configuration in use cannot be deleted; an unused one can', async () => {
  const remove = (EndpointConfigName: string) => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
  await expect(remove('both')).rejects.toMatchObject({ name: 'ValidationException' });
  await remove('with-broken');
  await expect(remove('with-broken')).rejects.toMatchObject({
    message: expect.stringContaining('Could not find endpoint configuration'),
  });
});

test('after a restart the endpoint answers as before', async () => {
  await weights(10, 90);
  await settled();
  client.destroy();
  runtime.destroy();
  await engine.stopService();
  await start();
  const { Endpoints } = await client.send(new ListEndpointsCommand({}));
  expect(Endpoints?.map((each) => [each.EndpointName, each.EndpointStatus])).toEqual([['live', 'InService']]);
  const found = await describeEndpoint();
  expect(found.ProductionVariants?.map((each) => each.CurrentWeight)).toEqual([10, 90]);
  expect((await invoke({ TargetVariant: 'green' })).predictions[0]?.release).toBe('two');
  expect((await invoke({ TargetVariant: 'blue' })).predictions[0]?.release).toBe('one');
});
