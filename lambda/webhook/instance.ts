import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ASSAY_EVENTS, type RetrainingEvent } from '../../lib/retraining/contract';
import { WEBHOOK_ENV } from '../../lib/webhook/contract';
import { requiredEnv } from '../shared/text';
import { Deliveries } from './deliveries';
import type { WebhookPorts, WebhookSettings } from './receive';
import { SecretReader } from './secrets';

/** What each of the clients is made with. */
type ClientSettings = Pick<DynamoDBClientConfig, 'maxAttempts' | 'requestHandler'>;

/** What an instance of the function works with, by its environment. */
export interface Instance {
  readonly ports: WebhookPorts;
  readonly settings: WebhookSettings;
}

/** @param client how patient and how stubborn AWS is asked */
export function startInstance(client: ClientSettings): Instance {
  const events = new EventBridgeClient(client);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  const ports: WebhookPorts = {
    secrets: new SecretReader(new SecretsManagerClient(client), requiredEnv(WEBHOOK_ENV.secretArn)),
    deliveries: new Deliveries(dynamodb, requiredEnv(WEBHOOK_ENV.table)),
    publish: (event) => putEvent(events, event),
    pause: async (ms) => pause(ms),
  };
  const settings: WebhookSettings = {
    application: requiredEnv(WEBHOOK_ENV.application),
    maxBodyBytes: amount(WEBHOOK_ENV.maxBodyBytes),
    previousSecretHours: amount(WEBHOOK_ENV.previousSecretHours),
  };
  return { ports, settings };
}

function amount(name: string): number {
  const value = Number(requiredEnv(name));
  if (!(value >= 0)) throw new Error(`the environment variable ${name} has to be a number, 0 or more; found ${value}`);
  return value;
}

/** @throws Error also if EventBridge took the call and refused the event */
async function putEvent(events: EventBridgeClient, event: RetrainingEvent): Promise<void> {
  const entry = { Source: ASSAY_EVENTS.source, DetailType: ASSAY_EVENTS.requested, Detail: JSON.stringify(event) };
  const { FailedEntryCount, Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount !== 0) throw new EventRefused(Entries[0]?.ErrorCode ?? 'no reason given');
}

class EventRefused extends Error {
  override readonly name = 'EventRefused';
}
