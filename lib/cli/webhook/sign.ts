import { SSMClient } from '@aws-sdk/client-ssm';
import { SignatureV4 } from '@smithy/signature-v4';
import { signatureOf } from '../../../lambda/webhook/verify';
import { WEBHOOK_HEADERS } from '../../core/webhook';
import { UsageError } from '../../release/environment';

/** One delivery as it goes out. */
export interface Delivery {
  readonly url: URL;
  readonly id: string;
  readonly body: string;
}

type SignedHeaders = Readonly<Record<string, string>>;

const headersOf = ({ id }: Delivery): SignedHeaders => ({
  'content-type': 'application/json',
  [WEBHOOK_HEADERS.id]: id,
});

/** Headers of Standard Webhooks. @param key base64 @param at milliseconds since the epoch */
export function signWithSecret(delivery: Delivery, key: string, at: number): SignedHeaders {
  const timestamp = String(Math.floor(at / 1000));
  const signature = signatureOf(key, { id: delivery.id, timestamp }, Buffer.from(delivery.body)).toString('base64');
  return {
    ...headersOf(delivery),
    [WEBHOOK_HEADERS.timestamp]: timestamp,
    [WEBHOOK_HEADERS.signature]: `v1,${signature}`,
  };
}

/** Headers of Signature Version 4, with the credentials that the SDK finds. @throws UsageError without any */
export async function signWithIam(delivery: Delivery, config: { readonly region: string }): Promise<SignedHeaders> {
  const { url, body } = delivery;
  const { credentials, sha256 } = new SSMClient(config).config;
  const signer = new SignatureV4({ service: 'execute-api', region: config.region, credentials, sha256 });
  const { host, hostname, protocol, pathname: path } = url;
  const request = { method: 'POST', protocol, hostname, path, headers: { ...headersOf(delivery), host }, body };
  try {
    const { headers } = await signer.sign(request);
    // fetch sets it by itself, to the same.
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
  } catch (error) {
    throw new UsageError(`AWS credentials are needed to sign with IAM: ${(error as Error).message}`);
  }
}
