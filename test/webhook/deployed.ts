import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildSync } from 'esbuild';
import { signatureOf } from '../../lambda/webhook/verify';
import { webhookSchema } from '../../lib/config/webhook-schema';
import { awsClientConfig } from '../../lib/local/engine/aws';
import { ASSAY_EVENTS, type RetrainingEvent } from '../../lib/retraining/contract';
import { RetrainingTable } from '../../lib/retraining/retraining-table';
import { PROJECT_ROOT } from '../../lib/shared/assay-function';
import type { HttpApiEvent, WebhookLocation } from '../../lib/webhook/contract';
import { Webhook } from '../../lib/webhook/webhook';
import { startTestEngine, temporaryFolder, writeAssembly } from '../local/harness';

interface Resource {
  readonly Type: string;
  Properties: Record<string, unknown>;
}

export type Settings = Parameters<typeof webhookSchema.parse>[0];
export type Handler = (event: HttpApiEvent) => Promise<{ readonly statusCode: number; readonly body: string }>;

export const PAYLOAD = '{"source":"grafana","metric":"psi","value":0.41,"features":["monthly_spend"]}';
export const JSON_TYPE = ['content-type', 'application/json'];

export interface Delivery {
  readonly id?: string;
  readonly seconds?: number;
  readonly body?: string | Buffer;
  /** Base64. */
  readonly key?: string;
}

interface Signed {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly headers: string[];
}

export const headersOf = (id: string, timestamp: string, signature: string): string[] => [
  ...JSON_TYPE,
  ...['webhook-id', id, 'webhook-timestamp', timestamp, 'webhook-signature', signature],
];

/** What API Gateway makes of a signed delivery. */
export const eventOf = ({ id, timestamp, signature }: Signed, changed: object = {}): HttpApiEvent => ({
  routeKey: 'POST /webhook',
  headers: {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  },
  body: PAYLOAD,
  isBase64Encoded: false,
  requestContext: { requestId: 'r', timeEpoch: Date.now() },
  ...changed,
});

/** The synthesized webhook on the engine, and what it published. */
export class DeployedWebhook {
  readonly events: RetrainingEvent[] = [];
  readonly secrets: SecretsManagerClient;
  /** Who else gets the events. */
  onEvent: ((event: unknown) => Promise<void>) | undefined;

  constructor(
    readonly engine: Awaited<ReturnType<typeof startTestEngine>>,
    readonly location: WebhookLocation,
    readonly functionName: string,
    private readonly remove: () => void,
  ) {
    this.secrets = new SecretsManagerClient(awsClientConfig(engine.context));
    const retry = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };
    engine.bus.target('arn:test:', async ({ input }) => {
      const event = JSON.parse(input);
      this.events.push(event.detail);
      await this.onEvent?.(event);
    });
    engine.bus.putRule({
      name: 'all',
      arn: 'arn:test:rule',
      enabled: true,
      matches: (event) => event['detail-type'] === ASSAY_EVENTS.requested,
      targets: [{ id: 'T', arn: 'arn:test:record', retry }],
    });
  }

  delivered(id: string): readonly RetrainingEvent[] {
    return this.events.filter(({ key }) => key === `webhook:${id}`);
  }

  async currentSecret(): Promise<string> {
    const SecretId = this.location.secretArn;
    return (await this.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  }

  /** A delivery signed for what it says. */
  async signed(delivery: Delivery): Promise<Signed> {
    const { id = randomUUID(), seconds = Math.floor(Date.now() / 1000), body = PAYLOAD } = delivery;
    const timestamp = String(seconds);
    const key = delivery.key ?? (await this.currentSecret());
    const signature = `v1,${signatureOf(key, { id, timestamp }, Buffer.from(body)).toString('base64')}`;
    return { id, timestamp, signature, headers: headersOf(id, timestamp, signature) };
  }

  /** Gives this process the function's environment. */
  useEnvironment(): void {
    const { environment } = this.engine.lambda.find(this.functionName) ?? {};
    Object.assign(process.env, this.engine.context.awsEnv, environment);
  }

  /** The function's handler in this process, as the function is set up. */
  async inProcess(): Promise<Handler> {
    this.useEnvironment();
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
    return (await import('../../lambda/webhook/handler')).handler;
  }

  async close(): Promise<void> {
    await this.engine.close();
    this.remove();
  }
}

export async function startWebhook(settings: Settings = {}): Promise<DeployedWebhook> {
  const folder = temporaryFolder();
  const engine = await startTestEngine(folder.path);
  const { resources } = await engine.deploy(webhookAssembly(settings));
  const functionName = resources.find(({ type }) => type === 'AWS::Lambda::Function')?.ref ?? '';
  const ssm = new SSMClient(awsClientConfig(engine.context));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/assay/churn/webhook' }));
  const location = JSON.parse(Parameter?.Value ?? '') as WebhookLocation;
  return new DeployedWebhook(engine, location, functionName, () => folder.remove());
}

/** A cloud assembly of the webhook alone: the construct's own template, and its function as it is bundled. */
function webhookAssembly(settings: Settings): string {
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
  const stack = new Stack(app, 'Hook', { env: { region: 'us-east-1' } });
  const { table } = new RetrainingTable(stack, 'Retraining');
  new Webhook(stack, 'Webhook', { application: 'churn', table, webhook: webhookSchema.parse(settings) });
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    const S3Bucket = { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1' };
    Properties.Code = { S3Bucket, S3Key: 'Hook.zip' };
  }
  return writeAssembly({ Hook: { template, code: { 'index.js': bundle() } } });
}

function bundle(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [join('lambda', 'webhook', 'handler.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
  });
  return outputFiles[0]?.text ?? '';
}
