import type { Json } from '../../engine/json';
import { AwsError } from '../../gateway/service';

const DEFAULT_SIZE = 100;
const LARGEST = 1000;

/** The part of a list that `maxResults` and `nextToken` ask for; the token is the position to go on from. */
export function page<T>(all: readonly T[], input: Json): { readonly items: readonly T[]; readonly nextToken?: string } {
  const start = input.nextToken === undefined || input.nextToken === null ? 0 : Number(input.nextToken);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidToken', `Invalid Token: '${String(input.nextToken)}'`);
  // Step Functions reads 0 as the default.
  const asked = typeof input.maxResults === 'number' && input.maxResults > 0 ? input.maxResults : DEFAULT_SIZE;
  const end = start + Math.min(asked, LARGEST);
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}
