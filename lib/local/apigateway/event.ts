import type { Json } from '../engine/json';
import type { ApiRequest } from './request';

/** Who signed a request with IAM. */
export interface IamCaller {
  readonly accessKey: string;
  readonly accountId: string;
  readonly userArn: string;
}

export interface EventContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly routeKey: string;
  /** @default - the route asks for no authorisation */
  readonly caller?: IamCaller;
}

/** Headers that API Gateway does not hand on. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'expect', 'cookie'];

/** Bodies of these types arrive as text, all others, and those without a type, in base64: measured on AWS (payload 2.0). */
const TEXT_TYPE = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

/** The event of a Lambda proxy integration, payload format 2.0. */
export function proxyEvent(request: ApiRequest, context: EventContext): Json {
  const { headers, path, query, body } = request;
  const cookies = headers.cookie === undefined ? undefined : headers.cookie.split(/;\s*|,/);
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: handedOn(request),
    ...(query === '' ? {} : { queryStringParameters: queryParameters(query) }),
    requestContext: requestContext(request, context),
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function handedOn({ headers, sourceIp, id, body }: ApiRequest): Readonly<Record<string, string>> {
  const own = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return {
    ...Object.fromEntries(own),
    'content-length': String(body.length),
    'x-amzn-trace-id': `Root=1-${id.slice(0, 8)}-${id.replaceAll('-', '').slice(8, 32)}`,
    'x-forwarded-for': sourceIp,
    'x-forwarded-port': headers.host?.split(':')[1] ?? '80',
    'x-forwarded-proto': 'http',
  };
}

function queryParameters(query: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]},${value}` : value;
  }
  return joined;
}

function requestContext(request: ApiRequest, context: EventContext): Json {
  const { accountId, apiId, stage, routeKey, caller } = context;
  const { headers, method, path, protocol, sourceIp, id, time } = request;
  const [domainName = ''] = (headers.host ?? '').split(':');
  return {
    accountId,
    apiId,
    ...(caller === undefined ? {} : { authorizer: { iam: iamMembers(caller) } }),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: { method, path, protocol, sourceIp, userAgent: headers['user-agent'] ?? '' },
    requestId: id,
    routeKey,
    stage,
    time: commonLogTime(time),
    timeEpoch: time.getTime(),
  };
}

const iamMembers = ({ accessKey, accountId, userArn }: IamCaller): Json => ({
  accessKey,
  accountId,
  callerId: accessKey,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn,
  userId: accessKey,
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
export function commonLogTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
