import type { Headers } from './headers';

/** Why a request is refused before anybody asks who sent it. */
export interface Inadmissible {
  readonly status: 413 | 415;
  readonly message: string;
}

/** Nothing but JSON in UTF-8: parameters other than that charset, and repeated headers, are something else. */
const JSON_TYPE = /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/**
 * What is checked before a signature is computed: neither costs work nor says anything about authenticity.
 *
 * @param bodyBytes size of the raw body
 */
export function inadmissible(headers: Headers, bodyBytes: number, maxBodyBytes: number): Inadmissible | undefined {
  // Not `>`: a size that is no number must not pass.
  if (!(bodyBytes <= maxBodyBytes)) {
    return { status: 413, message: `the body has ${bodyBytes} bytes; ${maxBodyBytes} are allowed` };
  }
  const type = headers['content-type'] ?? 'none';
  if (!JSON_TYPE.test(type)) return { status: 415, message: 'the content type has to be application/json' };
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return { status: 415, message: 'the body must not be compressed' };
  return undefined;
}
