import { setImmediate } from 'node:timers/promises';
import {
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DescribeEndpointConfigCommand,
  type ProductionVariant,
  SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { ENDPOINT, type TestSageMaker } from './sagemaker';

/** Somebody deletes production's endpoint. */
export async function deleteEndpoint(sagemaker: TestSageMaker): Promise<void> {
  const client = new SageMakerClient({});
  await client.send(new DeleteEndpointCommand({ EndpointName: ENDPOINT }));
  client.destroy();
  await until(() => sagemaker.endpoint() === undefined);
}

/** Somebody adds a variant of their own to production, without traffic. */
export async function addForeignVariant(sagemaker: TestSageMaker, VariantName: string): Promise<void> {
  const client = new SageMakerClient({});
  const { ProductionVariants: [variant] = [] } = await client.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: sagemaker.endpoint()?.configName }),
  );
  const ProductionVariants = [variant, { ...variant, VariantName, InitialVariantWeight: 0 }] as ProductionVariant[];
  await client.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'by-hand', ProductionVariants }));
  await client.send(new UpdateEndpointCommand({ EndpointName: ENDPOINT, EndpointConfigName: 'by-hand' }));
  client.destroy();
  await until(() => sagemaker.endpoint()?.configName === 'by-hand');
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}
