import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiAnswer } from './answer';
import { commonLogTime } from './event';
import type { ApiRequest } from './request';

export const accessLogFile = (stateDir: string, api: string): string =>
  join(stateDir, 'logs', 'http-api', `${api}.log`);

export interface Served {
  readonly request: ApiRequest;
  readonly answer: ApiAnswer;
  readonly routeKey?: string;
  readonly userArn?: string;
  /** Milliseconds from the request to the answer. */
  readonly latency: number;
}

/** Writes one line for a request as the stage's format says; what is not known of it is `-`, as on AWS. */
export function writeAccessLog(file: string, format: string, served: Served): void {
  const values = contextOf(served);
  const line = format.replace(/\$context\.([A-Za-z.]+)/g, (_, name: string) => values[name] ?? '-');
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

function contextOf({
  request,
  answer,
  routeKey,
  userArn,
  latency,
}: Served): Readonly<Record<string, string | undefined>> {
  return {
    requestId: request.id,
    extendedRequestId: request.id,
    requestTime: commonLogTime(request.time),
    requestTimeEpoch: String(request.time.getTime()),
    httpMethod: request.method,
    path: request.path,
    protocol: request.protocol,
    routeKey,
    status: String(answer.status),
    responseLength: String(answer.body.length),
    responseLatency: String(Math.round(latency)),
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    'identity.userArn': userArn,
  };
}
