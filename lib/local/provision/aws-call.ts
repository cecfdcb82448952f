import { isObject, type Json } from '../engine/json';
import type { EngineContext } from '../engine/ports';

/** An error answer of `awsJsonCall`; `name` is the AWS error code. */
export class AwsCallError extends Error {
  constructor(
    code: string,
    message: string,
    /** Of the HTTP answer. */
    readonly status: number,
  ) {
    super(message);
    this.name = code;
  }
}

/**
 * One call of an AWS JSON 1.0 service through the gateway, for the few services whose SDK client the project does not carry.
 * @param target e.g. `AmazonSQS.CreateQueue`
 * @throws AwsCallError with the service's error code as its name
 */
export async function awsJsonCall(
  context: Pick<EngineContext, 'endpointUrl' | 'region'>,
  service: string,
  target: string,
  input: Json,
): Promise<Json> {
  const scope = `assay-local/19700101/${context.region}/${service}/aws4_request`;
  const response = await fetch(context.endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=unchecked`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  // Operations without a result answer with nothing or null.
  const output: unknown = (text === '' ? undefined : JSON.parse(text)) ?? {};
  if (!isObject(output))
    throw new AwsCallError('InvalidResponse', `${target} answered ${text.slice(0, 200)}`, response.status);
  if (!response.ok) {
    const code = String(output.__type ?? response.status);
    throw new AwsCallError(
      code.split('#').at(-1) ?? code,
      String(output.message ?? output.Message ?? text),
      response.status,
    );
  }
  return output;
}
