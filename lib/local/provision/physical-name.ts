import { createHash } from 'node:crypto';
import type { ResolvedResource } from '../engine/ports';

/**
 * `<stack>-<logicalId>-<hash>` within `limit` characters. CloudFormation draws a random suffix; here it is a digest of
 * stack and logical id, so that a second run finds the resources of the first.
 */
export function physicalName(resource: Pick<ResolvedResource, 'stack' | 'logicalId'>, limit: number): string {
  const hash = createHash('sha256').update(`${resource.stack}/${resource.logicalId}`).digest('hex').slice(0, 12);
  const room = limit - hash.length - 1;
  const stack = resource.stack.slice(0, Math.ceil(room / 2) - 1);
  const readable = `${stack}-${resource.logicalId}`.slice(0, room);
  return `${readable}-${hash}`;
}
