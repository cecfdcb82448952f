import type { GatewayRequest } from './service';

/** `AKIA…/20261121/us-east-1/sagemaker/aws4_request` */
const CREDENTIAL_SCOPE = /Credential=[^/,\s]+\/\d{8}\/(?:[^/,\s]*\/)?([^/,\s]+)\/aws4_request/;

/**
 * The service a request is meant for, read from the credential scope of its SigV4 signature (header, or query of a
 * presigned URL); undefined for an unsigned request.
 */
export function signedService(request: Pick<GatewayRequest, 'path' | 'headers'>): string | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) return CREDENTIAL_SCOPE.exec(header)?.[1];
  const query = request.path.split('?')[1];
  const credential = new URLSearchParams(query ?? '').get('X-Amz-Credential');
  return credential === null ? undefined : CREDENTIAL_SCOPE.exec(`Credential=${credential}`)?.[1];
}
