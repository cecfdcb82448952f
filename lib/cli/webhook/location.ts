import { SSMClient } from '@aws-sdk/client-ssm';
import { type WebhookLocation, webhookParameter } from '../../webhook/contract';
import { type ApplicationOptions, applicationConfig } from '../rollout/application';
import { readLocation } from '../rollout/location';

/** Configuration of clients: a person waits, so one retry is enough. */
export const clientConfig = (options: ApplicationOptions) => ({
  region: applicationConfig(options).region,
  maxAttempts: 2,
});

/** Where the deployed webhook is. @throws NotDeployed, UsageError without credentials */
export function locateWebhook(options: ApplicationOptions): Promise<WebhookLocation> {
  const config = applicationConfig(options);
  const ssm = new SSMClient(clientConfig(options));
  return readLocation<WebhookLocation>(ssm, config, webhookParameter(config.application));
}
