import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretKey } from '../../core/webhook';
import { UsageError } from '../../release/environment';
import type { ApplicationOptions } from '../rollout/application';
import { clientConfig, locateWebhook } from './location';

/** The variable that holds the secret where no file does. */
const SECRET_VARIABLE = 'ASSAY_WEBHOOK_SECRET';

export interface SecretOptions extends ApplicationOptions {
  readonly secretFile?: string;
}

/**
 * The key of the secret, base64: from the file, the variable, or Secrets Manager.
 *
 * @throws UsageError where it is none; it never quotes what it found
 */
export async function readKey(options: SecretOptions): Promise<string> {
  const { where, text } = await readSecret(options);
  const key = secretKey(text);
  if (key !== undefined) return key;
  throw new UsageError(`${where} holds no secret: it is whsec_ and 24 to 64 bytes in base64`);
}

async function readSecret(options: SecretOptions): Promise<{ readonly where: string; readonly text: string }> {
  const { secretFile } = options;
  if (secretFile !== undefined) return { where: `--secret-file ${secretFile}`, text: readFile(secretFile) };
  const given = process.env[SECRET_VARIABLE];
  if (given !== undefined && given !== '') return { where: SECRET_VARIABLE, text: given };
  const { secretArn } = await locateWebhook(options);
  const client = new SecretsManagerClient(clientConfig(options));
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return { where: secretArn, text: SecretString };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--secret-file: ${(error as Error).message}`);
  }
}
