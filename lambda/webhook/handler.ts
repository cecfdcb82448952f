import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ASSAY_EVENTS, type RetrainingEvent } from '../../lib/retraining/contract';
import { type HttpApiAnswer, type HttpApiEvent, WEBHOOK_ENV } from '../../lib/webhook/contract';
import { requiredEnv } from '../shared/text';
import { unavailable } from './answers';
import { Deliveries } from './deliveries';
import { receive, type WebhookPorts, type WebhookSettings } from './receive';
import { SecretReader } from './secrets';

/** A sender waits: better a 503 that it can repeat than an answer that comes too late. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
const RETRY_SECONDS = 5;

interface Instance {
  readonly ports: WebhookPorts;
  readonly settings: WebhookSettings;
}

let instance: Instance | undefined;

/** Takes one delivery. Every answer is an HTTP answer; the log has one line for each, without secrets and bodies. */
export async function handler(event: HttpApiEvent): Promise<HttpApiAnswer> {
  instance ??= start();
  const { answer, reason } = await receive(event, instance.ports, instance.settings).catch((error: unknown) =>
    // Messages of the SDK may quote what was sent.
    unavailable(RETRY_SECONDS, `AWS: ${error instanceof Error ? error.name : 'unknown error'}`),
  );
  const { routeKey: route, requestContext } = event;
  console.info({ route, requestId: requestContext.requestId, status: answer.statusCode, reason });
  return answer;
}

function start(): Instance {
  const events = new EventBridgeClient(CLIENT);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(CLIENT));
  const ports: WebhookPorts = {
    secrets: new SecretReader(new SecretsManagerClient(CLIENT), requiredEnv(WEBHOOK_ENV.secretArn)),
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
