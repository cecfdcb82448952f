import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { logFile } from '../../lib/local/lambda/run';
import { send } from '../local/apigateway/harness';
import {
  type Delivery,
  type DeployedWebhook,
  eventOf,
  type Handler,
  headersOf,
  JSON_TYPE,
  PAYLOAD,
  startWebhook,
} from './deployed';

jest.setTimeout(60_000);

let hook: DeployedWebhook;
beforeAll(async () => {
  hook = await startWebhook({ ratePerSecond: 1000, burst: 500 });
});
afterAll(() => hook.close());

const signed = (delivery: Delivery) => hook.signed(delivery);
const delivered = (id: string) => hook.delivered(id);

const post = (headers: readonly string[], body: string | Buffer = PAYLOAD) => {
  const { origin, pathname } = new URL(hook.location.url);
  return send(origin, { path: pathname, headers, body });
};

test('a signed delivery asks for a run, once, however often it comes', async () => {
  const { id, headers } = await signed({});
  const first = await post(headers);
  expect(first).toMatchObject({ status: 202, text: JSON.stringify({ accepted: true, id }) });
  const again = await Promise.all([
    post(headers),
    signed({ id, seconds: Math.floor(Date.now() / 1000) + 5 }).then((later) => post(later.headers)),
  ]);
  for (const { status, text } of again) expect({ status, text }).toEqual({ status: first.status, text: first.text });
  await hook.engine.bus.drain();
  expect(delivered(id)).toEqual([
    {
      application: 'churn',
      kind: 'webhook',
      reason: 'grafana: psi is 0.41 (monthly_spend)',
      key: `webhook:${id}`,
      by: 'grafana',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
});

describe('whoever cannot prove who he is learns nothing', () => {
  const cases: Readonly<Record<string, () => Promise<readonly [headers: readonly string[], body?: string | Buffer]>>> =
    {
      'no headers': async () => [JSON_TYPE],
      'no signature': async () => [(await signed({})).headers.slice(0, -2)],
      'stale by a second': async () => [(await signed({ seconds: Math.floor(Date.now() / 1000) - 302 })).headers],
      'from the future': async () => [(await signed({ seconds: Math.floor(Date.now() / 1000) + 310 })).headers],
      'tampered body': async () => [(await signed({})).headers, PAYLOAD.replace('0.41', '0.42')],
      'tampered white space': async () => [(await signed({})).headers, `${PAYLOAD} `],
      'tampered id': async () => {
        const { timestamp, signature } = await signed({});
        return [headersOf('other', timestamp, signature)];
      },
      'tampered timestamp': async () => {
        const { id, timestamp, signature } = await signed({});
        return [headersOf(id, String(Number(timestamp) + 1), signature)];
      },
      'another secret': async () => [(await signed({ key: randomBytes(32).toString('base64') })).headers],
      'an empty secret': async () => [(await signed({ key: '' })).headers],
      'duplicate id': async () => [['webhook-id', 'x', ...(await signed({})).headers]],
      'duplicate timestamp': async () => {
        const { headers, timestamp } = await signed({});
        return [['webhook-timestamp', timestamp, ...headers]];
      },
      'duplicate signature': async () => {
        const { headers, signature } = await signed({});
        return [['webhook-signature', signature, ...headers]];
      },
      'text that is not UTF-8, which API Gateway has changed': async () => {
        const body = Buffer.from([0x7b, 0xff, 0x7d]);
        return [(await signed({ body })).headers, body];
      },
    };

  test.each(Object.keys(cases))('%s: 401', async (name) => {
    const [headers, body] = (await cases[name]?.()) ?? [[]];
    const before = hook.events.length;
    expect(await post(headers, body)).toMatchObject({ status: 401, text: '{"message":"Unauthorized"}' });
    await hook.engine.bus.drain();
    expect(hook.events).toHaveLength(before);
  });
});

test('one of several signatures is enough', async () => {
  const { id, timestamp, signature } = await signed({});
  const other = `v1,${randomBytes(32).toString('base64')}`;
  expect((await post(headersOf(id, timestamp, `v1a,AAAA ${other} ${signature}`))).status).toBe(202);
});

test('what costs work is refused before a signature is computed', async () => {
  const body = `${PAYLOAD}${' '.repeat(65_537 - PAYLOAD.length)}`;
  expect(await post((await signed({ body })).headers, body)).toMatchObject({ status: 413 });
  const fits = body.slice(0, 65_536);
  expect((await post((await signed({ body: fits })).headers, fits)).status).toBe(202);
  const { headers } = await signed({});
  for (const type of ['text/plain', 'application/octet-stream']) {
    expect(await post(['content-type', type, ...headers.slice(2)])).toMatchObject({ status: 415 });
  }
  expect((await post(['content-type', 'application/json', ...headers])).status).toBe(415);
  expect((await post(headers.slice(2))).status).toBe(415);
});

test('a sender who proved who he is learns what is wrong', async () => {
  const invalid = '{"source":"grafana","metrik":"psi","value":"high"}';
  const { id, headers } = await signed({ body: invalid });
  expect(await post(headers, invalid)).toMatchObject({
    status: 400,
    text: expect.stringContaining('unknown member \\"metrik\\" (did you mean \\"metric\\"?); metric: '),
  });
  expect(delivered(id)).toEqual([]);
  // The id is not used up by what was refused.
  expect((await post((await signed({ id })).headers)).status).toBe(202);
  const other = PAYLOAD.replace('0.41', '0.5');
  expect(await post((await signed({ id, body: other })).headers, other)).toMatchObject({ status: 409 });
  expect(delivered(id)).toHaveLength(1);
});

test('nothing of secrets, signatures and bodies is logged', async () => {
  const log = readFileSync(logFile(hook.engine.context.stateDir, hook.functionName), 'utf8');
  expect(log).toContain("reason: 'no signature fits'");
  for (const word of [await hook.currentSecret(), 'monthly_spend', 'metrik', 'v1,']) expect(log).not.toContain(word);
});

test('callers that sign with IAM need no secret, but an id', async () => {
  const { origin, pathname } = new URL(hook.location.iamUrl);
  expect(await send(origin, { path: pathname, headers: JSON_TYPE, body: PAYLOAD })).toMatchObject({ status: 403 });
});

describe('the handler in this process', () => {
  let handler: Handler;

  beforeAll(async () => {
    handler = await hook.inProcess();
  });

  test('a body in base64 is decoded before it is hashed', async () => {
    const delivery = await signed({});
    const body = Buffer.from(PAYLOAD).toString('base64');
    expect(await handler(eventOf(delivery, { body, isBase64Encoded: true }))).toMatchObject({ statusCode: 202 });
    expect(await handler(eventOf(delivery, { body }))).toMatchObject({ statusCode: 401 });
  });

  test('signed bytes that are not UTF-8 are no payload', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const delivery = await signed({ body });
    const answer = await handler(eventOf(delivery, { body: body.toString('base64'), isBase64Encoded: true }));
    expect(answer).toMatchObject({ statusCode: 400, body: '{"message":"the body is not UTF-8"}' });
  });

  test('IAM: the authorizer’s word counts, and the id is needed', async () => {
    const delivery = await signed({});
    const iam = { iam: { userArn: 'arn:aws:iam::123456789012:role/monitor' } };
    const requestContext = { requestId: 'r', timeEpoch: Date.now(), authorizer: iam };
    const routeKey = 'POST /webhook/iam';
    const headers = { 'content-type': 'application/json', 'webhook-id': delivery.id };
    expect(await handler(eventOf(delivery, { routeKey }))).toMatchObject({ statusCode: 401 });
    expect(
      await handler(
        eventOf(delivery, { routeKey, requestContext, headers: JSON.parse('{"content-type":"application/json"}') }),
      ),
    ).toMatchObject({ statusCode: 400, body: expect.stringContaining('webhook-id') });
    expect(await handler(eventOf(delivery, { routeKey, requestContext, headers }))).toMatchObject({ statusCode: 202 });
    await hook.engine.bus.drain();
    expect(delivered(delivery.id)).toMatchObject([{ by: 'arn:aws:iam::123456789012:role/monitor' }]);
    expect(await handler(eventOf(delivery, { routeKey: 'POST /other', requestContext }))).toMatchObject({
      statusCode: 404,
    });
  });

  test('after a rotation both secrets are good for a day, and the new one at once', async () => {
    const old = await hook.currentSecret();
    const fresh = `whsec_${randomBytes(32).toString('base64')}`;
    await hook.secrets.send(new PutSecretValueCommand({ SecretId: hook.location.secretArn, SecretString: fresh }));
    // Nobody waits until what this instance knows is a minute old.
    const later = Math.floor(Date.now() / 1000) + 10;
    const at = (seconds: number) => ({ requestContext: { requestId: 'r', timeEpoch: seconds * 1000 } });
    const answer = async (key: string, seconds: number) =>
      (await handler(eventOf(await signed({ key: key.replace('whsec_', ''), seconds }), at(seconds)))).statusCode;
    expect(await answer(fresh, later)).toBe(202);
    expect(await answer(old, later)).toBe(202);
    const day = later + 24 * 3600;
    expect(await answer(old, day - 60)).toBe(202);
    expect(await answer(old, day + 60)).toBe(401);
    expect(await answer(fresh, day + 60)).toBe(202);
  });
});
