import type { EngineContext } from '../engine/ports';

/**
 * Value of a reference `secret-id:json-key:version-stage:version-id`, of which all but the first may be missing. A secret
 * id may be an ARN, whose own colons do not count. One request without the service's SDK, which nothing else here needs.
 */
export async function secretValue(context: EngineContext, name: string, reference: string): Promise<string> {
  const { id, key, stage, version } = parseReference(reference);
  const response = await fetch(context.endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
      authorization: `AWS4-HMAC-SHA256 Credential=assay/20000101/${context.region}/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({
      SecretId: id,
      ...(stage === undefined ? {} : { VersionStage: stage }),
      ...(version === undefined ? {} : { VersionId: version }),
    }),
  });
  const answer = (await response.json()) as { readonly SecretString?: string; readonly message?: string };
  if (!response.ok || answer.SecretString === undefined) {
    throw new Error(`Variable ${name}: secret ${id} cannot be read: ${answer.message ?? `HTTP ${response.status}`}.`);
  }
  return key === undefined ? answer.SecretString : member(answer.SecretString, key, name, id);
}

function parseReference(reference: string) {
  const parts = reference.split(':');
  const id = parts.splice(0, reference.startsWith('arn:') ? 7 : 1).join(':');
  const given = (text: string | undefined) => (text === '' ? undefined : text);
  return { id, key: given(parts[0]), stage: given(parts[1]), version: given(parts[2]) };
}

function member(secret: string, key: string, name: string, id: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret);
  } catch (error) {
    throw new Error(`Variable ${name}: secret ${id} is not JSON, so it has no key ${key}.`, { cause: error });
  }
  const value = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[key] : undefined;
  if (value === undefined) throw new Error(`Variable ${name}: secret ${id} has no key ${key}.`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
