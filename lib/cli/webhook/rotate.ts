import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SECRET_PREFIX } from '../../core/webhook';
import { UsageError } from '../../release/environment';
import type { WebhookLocation } from '../../webhook/contract';
import { EXIT, Refused } from '../exit';
import { clientConfig, locateWebhook } from './location';
import type { SecretOptions } from './secret';

export interface RotateOptions extends SecretOptions {
  readonly force?: true;
}

const KEY_BYTES = 32;
const HOUR_MS = 3_600_000;

/** `assay webhook rotate`. The secret goes to Secrets Manager and, if asked for, to a file; it is never printed. */
export async function rotateSecret(options: RotateOptions): Promise<number> {
  const location = await locateWebhook(options);
  const client = new SecretsManagerClient(clientConfig(options));
  if (options.force !== true) await refuseEarly(client, location);
  const secret = `${SECRET_PREFIX}${randomBytes(KEY_BYTES).toString('base64')}`;
  // The file first: a secret that nobody can hand over must not become the current one.
  const undo = options.secretFile === undefined ? () => undefined : writeSecret(options.secretFile, secret);
  try {
    await client.send(new PutSecretValueCommand({ SecretId: location.secretArn, SecretString: secret }));
  } catch (error) {
    undo();
    throw error;
  }
  const { secretArn, previousSecretHours } = location;
  const previousUntil = new Date(Date.now() + previousSecretHours * HOUR_MS).toISOString();
  const text = `${secretArn} has a new secret; the one before is valid until ${previousUntil}\n`;
  process.stdout.write(options.json === true ? `${JSON.stringify({ secretArn, previousUntil })}\n` : text);
  return EXIT.pass;
}

/** Only two secrets are valid at a time: another rotation would end the first of them. */
async function refuseEarly(client: SecretsManagerClient, { secretArn, previousSecretHours }: WebhookLocation) {
  const version = async (VersionStage: string) => {
    try {
      return await client.send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage }));
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
  const [current, previous] = await Promise.all([version('AWSCURRENT'), version('AWSPREVIOUS')]);
  if (previous === undefined || current?.CreatedDate === undefined) return;
  const until = current.CreatedDate.getTime() + previousSecretHours * HOUR_MS;
  if (Date.now() >= until) return;
  throw new Refused(
    `the secret before the last rotation is valid until ${new Date(until).toISOString()}, and senders may still use it; --force ends it now`,
  );
}

/** @returns what undoes it */
function writeSecret(file: string, secret: string): () => void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (error) {
    throw new UsageError(`--secret-file: ${(error as Error).message}`);
  }
  writeSync(descriptor, `${secret}\n`);
  closeSync(descriptor);
  return () => rmSync(file, { force: true });
}
