import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { SignatureV4 } from '@smithy/signature-v4';

/** What the SDK hands to its transport: the request as it would go out. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where requests go, and what signs them: as the SDK's own client would have it. */
export interface RuntimeTarget {
  /** `https://runtime.sagemaker.<region>.amazonaws.com`, or what `AWS_ENDPOINT_URL` and the shared configuration say. */
  readonly origin: string;
  /** What goes before `/endpoints/…`; mostly nothing. */
  readonly basePath: string;
  readonly signer: SignatureV4;
}

type RuntimeConfig = NonNullable<ConstructorParameters<typeof SageMakerRuntimeClient>[0]>;

class Captured extends Error {
  constructor(readonly request: SdkRequest) {
    super('captured');
  }
}

/**
 * The request that the SDK's client would send, signed by it; nothing is sent.
 *
 * @throws the SDK's own error, e.g. for missing credentials or region
 */
export async function captureSdkRequest(
  config: RuntimeConfig,
  input: InvokeEndpointCommandInput,
): Promise<{ readonly request: SdkRequest; readonly client: SageMakerRuntimeClient }> {
  const handle = (request: unknown): Promise<never> => Promise.reject(new Captured(request as SdkRequest));
  const client = new SageMakerRuntimeClient({ ...config, maxAttempts: 1, requestHandler: { handle } });
  try {
    await client.send(new InvokeEndpointCommand(input));
  } catch (error) {
    if (error instanceof Captured) return { request: error.request, client };
    throw error;
  }
  throw new Error('the SDK answered a request that was never sent');
}

/** Asks the SDK for endpoint, region and credentials, so that there is one way to configure both. */
export async function resolveTarget(config: RuntimeConfig = {}): Promise<RuntimeTarget> {
  const { request, client } = await captureSdkRequest(config, { EndpointName: 'x', Body: '' });
  const { protocol, hostname, port, path } = request;
  const { credentials, region, sha256 } = client.config;
  return {
    origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
    basePath: path.replace(/\/endpoints\/x\/invocations$/, ''),
    signer: new SignatureV4({ credentials, region, service: 'sagemaker', sha256 }),
  };
}
