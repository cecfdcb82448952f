import type { EngineContext } from './ports';

/** Nothing is authenticated on loopback, but SDKs refuse to send unsigned requests. */
const CREDENTIALS = { accessKeyId: 'assay-local', secretAccessKey: 'assay-local' } as const;

export interface AwsClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: typeof CREDENTIALS;
}

/** Configuration of the engine's own SDK clients: `new S3Client(awsClientConfig(context))`. */
export function awsClientConfig(context: Pick<EngineContext, 'region' | 'endpointUrl'>): AwsClientConfig {
  return { region: context.region, endpoint: context.endpointUrl, credentials: CREDENTIALS };
}

/** Variables that point every SDK and the AWS command line of a child process at the gateway, and at nothing else. */
export function awsEnvironment(region: string, endpointUrl: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    // A developer's own profile or instance role must not leak into the run.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
