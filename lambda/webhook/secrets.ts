import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { WebhookSecrets } from '../../lib/core/webhook';

const KEPT_MS = 60_000;
/** A sender may have the new secret before the old one is forgotten here; how often others can make us look is limited. */
const LOOK_AGAIN_MS = 5_000;

interface Read {
  readonly at: number;
  readonly secrets: Promise<WebhookSecrets>;
}

/** The secret of the webhook, read once a minute by each instance of the function. */
export class SecretReader {
  private latest: Read | undefined;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretArn: string,
  ) {}

  /** @param at milliseconds since the epoch @throws the SDK's error; it is not remembered */
  read(at: number): Promise<WebhookSecrets> {
    return this.youngerThan(KEPT_MS, at);
  }

  /** For a signature that fits none of the secrets known here. */
  readAgain(at: number): Promise<WebhookSecrets> {
    return this.youngerThan(LOOK_AGAIN_MS, at);
  }

  private youngerThan(ms: number, at: number): Promise<WebhookSecrets> {
    const { latest } = this;
    if (latest !== undefined && Math.abs(at - latest.at) < ms) return latest.secrets;
    const read: Read = { at, secrets: this.fetch() };
    this.latest = read;
    read.secrets.catch(() => {
      if (this.latest === read) this.latest = undefined;
    });
    return read.secrets;
  }

  private async fetch(): Promise<WebhookSecrets> {
    const [current, previous] = await Promise.all([this.version('AWSCURRENT'), this.version('AWSPREVIOUS')]);
    const { SecretString, CreatedDate } = current ?? {};
    if (SecretString === undefined || CreatedDate === undefined) throw new Error('the webhook has no secret');
    return {
      current: SecretString,
      currentSince: CreatedDate.getTime(),
      ...(previous?.SecretString === undefined ? {} : { previous: previous.SecretString }),
    };
  }

  private async version(VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS') {
    try {
      return await this.client.send(new GetSecretValueCommand({ SecretId: this.secretArn, VersionStage }));
    } catch (error) {
      // Before its first rotation a secret has no previous version.
      if (VersionStage === 'AWSPREVIOUS' && error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
