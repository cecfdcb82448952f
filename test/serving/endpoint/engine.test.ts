import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { EndpointClient, type Invocation, isError } from '../../../lib/serving/endpoint/client';
import { resolveTarget } from '../../../lib/serving/endpoint/target';
import { trainedModel } from '../../local/sagemaker/artifacts';
import { eventually, IMAGE, ROLE, TestEngine } from '../../local/sagemaker/engine';
import { archive, INFERENCE } from '../../local/sagemaker/workload';

const engine = new TestEngine();
let sagemaker: SageMakerClient;
let client: EndpointClient;

/** A real endpoint of the one-machine engine: two variants, of which the second gets no traffic of its own. */
beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  sagemaker = new SageMakerClient(engine.aws());
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  const submit = await engine.put('sourcedir.tar.gz', archive({ 'inference.py': INFERENCE }));
  for (const name of ['one', 'two']) {
    const script = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: submit };
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment: { ...script, RELEASE: name } };
    await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
  }
  const variant = (VariantName: string, ModelName: string, InitialVariantWeight: number) => ({
    VariantName,
    ModelName,
    InitialVariantWeight,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large' as const,
  });
  const ProductionVariants = [variant('blue', 'one', 1), variant('green', 'two', 0)];
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'both', ProductionVariants }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'both' }));
  await eventually(async () => {
    const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
    return found.EndpointStatus === 'InService' ? found : undefined;
  });
  const { endpoint, region, credentials } = engine.aws();
  client = new EndpointClient(await resolveTarget({ endpoint, region, credentials }));
});

afterAll(async () => {
  await client?.close();
  sagemaker?.destroy();
  await engine.close();
});

const call = async (more: Partial<Invocation> = {}) => {
  const body = JSON.stringify({ instances: [{ x: 0.9 }] });
  return (await client.send(await client.prepare({ endpoint: 'live', body, ...more }))).outcome;
};

test('the variant with all weight answers, another one when it is the target', async () => {
  const plain = await call();
  expect(plain).toMatchObject({ variant: 'blue', contentType: expect.stringContaining('application/json') });
  const green = await call({ variant: 'green', inferenceId: 'C-1' });
  expect(green).toMatchObject({ variant: 'green' });
  const text = isError(green) ? '' : green.body.toString('utf8');
  expect(JSON.parse(text)).toMatchObject({ predictions: [{ release: 'two', score: expect.any(Number) }] });
});

test('what is refused has the name that the SDK gives it', async () => {
  expect(await call({ endpoint: 'none' })).toMatchObject({ name: 'ValidationError', status: 400, passing: false });
  expect(await call({ variant: 'red' })).toMatchObject({ name: 'ValidationError' });
  expect(await call({ body: 'no JSON' })).toMatchObject({
    name: 'ModelError',
    status: 424,
    modelStatus: 500,
    line: expect.stringMatching(/^the model answered 500: /),
  });
});
