import type { HttpApiAnswer } from '../../lib/webhook/contract';

/** An answer, and why it is given: for the log. No reason holds a secret, a signature or a body. */
export interface Outcome {
  readonly answer: HttpApiAnswer;
  readonly reason: string;
}

function outcome(statusCode: number, content: object, reason: string, headers: HttpApiAnswer['headers'] = {}): Outcome {
  const all = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers };
  return { answer: { statusCode, headers: all, body: JSON.stringify(content) }, reason };
}

/** The first delivery and its repetitions are answered alike. */
export const accepted = (id: string, reason: string): Outcome => outcome(202, { accepted: true, id }, reason);

/** Whoever cannot prove who he is learns nothing more. */
export const unauthorized = (reason: string): Outcome => outcome(401, { message: 'Unauthorized' }, reason);

/** For what may be told to anybody, or to a sender who proved who he is. */
export const refused = (status: 400 | 404 | 409 | 413 | 415, message: string, reason = message): Outcome =>
  outcome(status, { message }, reason);

/** The sender's next try may do better. */
export const unavailable = (seconds: number, reason: string): Outcome =>
  outcome(503, { message: 'Service Unavailable' }, reason, { 'retry-after': String(seconds) });
