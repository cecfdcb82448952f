import { request } from 'node:http';
import { join } from 'node:path';
import { HttpApis } from '../../../lib/local/apigateway/provider';
import type { ProvisionedResource } from '../../../lib/local/engine/ports';
import { FileStateStore } from '../../../lib/local/engine/state-store';
import { temporaryFolder } from '../harness';

export type Handler = (event: Readonly<Record<string, unknown>>) => unknown;

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn; a name may come again. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends one request as it is: header names are kept, repeated ones, too. */
export function send(url: string, { method = 'POST', path = '/', headers = [], body = '' }: Sent): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const all = ['host', host, 'content-length', String(Buffer.byteLength(body)), ...headers];
    const outgoing = request({ hostname, port, method, path, headers: all, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
export const NOW = new Date('2026-03-12T19:03:58.123Z');

/** APIs on a handler of the test's, without the rest of the engine. */
export function startApis(handler: Handler) {
  const folder = temporaryFolder();
  const lines: string[] = [];
  const open = () =>
    new HttpApis(
      {
        region: 'us-east-1',
        account: '123456789012',
        endpointUrl: 'http://127.0.0.1:1',
        stateDir: folder.path,
        calendar: { now: () => NOW },
        state: new FileStateStore(join(folder.path, 'state')),
        log: (line) => lines.push(line),
      },
      { invoke: async (_name, event) => handler(event as Readonly<Record<string, unknown>>) },
    );
  let apis = open();
  const create = (type: string, properties: object): Promise<ProvisionedResource> => {
    const provider = apis.providers.find(({ types }) => types.includes(`AWS::ApiGatewayV2::${type}`));
    const logicalId = `${type}${'RouteKey' in properties ? String(properties.RouteKey).length : ''}`;
    const resource = { logicalId, type: `AWS::ApiGatewayV2::${type}`, properties: { ...properties }, stack: 'S' };
    return provider?.create(resource) ?? Promise.reject(new Error(`no provider of ${type}`));
  };
  return {
    folder: folder.path,
    lines,
    create,
    /** An API with `POST /hook`, and `POST /hook/iam` for callers that sign. */
    api: async ({ stage = {}, integration = {} }: { readonly stage?: object; readonly integration?: object } = {}) => {
      const { ref: ApiId, attributes } = await create('Api', { Name: 'n', ProtocolType: 'HTTP' });
      const { ref } = await create('Integration', {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: FUNCTION,
        PayloadFormatVersion: '2.0',
        ...integration,
      });
      const Target = `integrations/${ref}`;
      await create('Route', { ApiId, RouteKey: 'POST /hook', AuthorizationType: 'NONE', Target });
      await create('Route', { ApiId, RouteKey: 'POST /hook/iam', AuthorizationType: 'AWS_IAM', Target });
      await create('Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...stage });
      return attributes.ApiEndpoint ?? '';
    },
    restart: async () => {
      await apis.close();
      apis = open();
    },
    close: async () => {
      await apis.close();
      folder.remove();
    },
  };
}
