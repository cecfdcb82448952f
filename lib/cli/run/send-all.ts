import { EndpointClient, isError } from '../../serving/endpoint/client';
import type { RuntimeTarget } from '../../serving/endpoint/target';

const AT_ONCE = 4;

/** Sends every request once, a few at a time. @throws EndpointError of the first that is not answered */
export async function sendAll(target: RuntimeTarget, endpoint: string, bodies: readonly string[]): Promise<void> {
  const client = new EndpointClient(target, { connections: AT_ONCE });
  const left = bodies.values();
  const send = async () => {
    for (const body of left) {
      const { outcome } = await client.send(await client.prepare({ endpoint, body }));
      if (isError(outcome)) throw outcome;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  } finally {
    await client.close();
  }
}
