import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { Client } from 'undici';
import { EndpointClient, isError, type SignedInvocation } from '../../lib/serving/endpoint/client';
import { resolveTarget } from '../../lib/serving/endpoint/target';

/** One request and its whole answer; resolves to the milliseconds that the client's caller waits. */
export interface LatencyClient {
  /** What is done before the clock starts, for the next requests. */
  readonly prepare: (requests: number) => Promise<void>;
  readonly ask: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** 1 KB, as one golden row with a long text would be. */
export const BODY = JSON.stringify({ instances: [{ id: 'C-1', text: 'x'.repeat(990) }] });

const CONFIG = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'x'.repeat(600) },
};

const nothing = async (): Promise<void> => undefined;

export const CLIENTS = {
  /** The least that a request over a connection that stays open costs. */
  raw: async (origin: string): Promise<LatencyClient> => {
    const client = new Client(origin);
    const headers = { 'content-type': 'application/json' };
    const ask = async (): Promise<number> => {
      const started = performance.now();
      const answer = await client.request({ method: 'POST', path: '/endpoints/e/invocations', headers, body: BODY });
      await answer.body.arrayBuffer();
      return performance.now() - started;
    };
    return { prepare: nothing, ask, close: () => client.destroy() };
  },
  /** What the serving check uses: signed before the clock starts. */
  ours: async (origin: string): Promise<LatencyClient> => {
    const client = new EndpointClient(await resolveTarget({ ...CONFIG, endpoint: origin }));
    let signed: SignedInvocation[] = [];
    const prepare = async (requests: number): Promise<void> => {
      signed = [];
      for (let i = 0; i < requests; i += 1) signed.push(await client.prepare({ endpoint: 'e', body: BODY }));
    };
    const ask = async (): Promise<number> => {
      const request = signed.pop();
      if (request === undefined) throw new Error('no request was signed');
      const started = performance.now();
      const { outcome } = await client.send(request);
      const milliseconds = performance.now() - started;
      if (isError(outcome)) throw outcome;
      return milliseconds;
    };
    return { prepare, ask, close: () => client.close() };
  },
  /** `InvokeEndpoint` of the SDK. */
  sdk: async (origin: string): Promise<LatencyClient> => {
    const client = new SageMakerRuntimeClient({ ...CONFIG, endpoint: origin });
    const ask = async (): Promise<number> => {
      const started = performance.now();
      await client.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: BODY, ContentType: 'application/json' }));
      return performance.now() - started;
    };
    return { prepare: nothing, ask, close: async () => client.destroy() };
  },
} as const;

export type ClientName = keyof typeof CLIENTS;
