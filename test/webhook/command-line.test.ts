import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { registerWebhook } from '../../lib/cli/webhook/register';
import { assay } from '../support/command-line';
import { type DeployedWebhook, startWebhook } from './deployed';

jest.setTimeout(60_000);

const SEND = ['webhook', 'send', '--source', 'grafana', '--metric', 'psi', '--value', '0.41'];
let hook: DeployedWebhook;
const call = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  assay(args, { register: registerWebhook, env: { ...hook.engine.context.awsEnv, ...env } });
const file = (name: string) => join(hook.engine.context.stateDir, name);
const lastEvent = async () => {
  await hook.engine.bus.drain();
  return hook.events.at(-1);
};

beforeAll(async () => {
  hook = await startWebhook();
});
afterAll(() => hook.close());

test('url tells where the webhook and its secret are', async () => {
  expect(await call(['webhook', 'url', '--json'])).toEqual({
    code: 0,
    out: `${JSON.stringify(hook.location, null, 2)}\n`,
    err: '',
  });
  expect((await call(['webhook', 'url'])).out).toContain(hook.location.iamUrl);
});

test('send signs with the secret of Secrets Manager, and prints the answer', async () => {
  const outcome = await call([...SEND, '--feature', 'tenure', '--feature', 'monthly_spend', '--id', 'msg_cli']);
  expect(outcome).toEqual({ code: 0, out: '202 {"accepted":true,"id":"msg_cli"}\n', err: '' });
  expect(await lastEvent()).toMatchObject({
    key: 'webhook:msg_cli',
    reason: 'grafana: psi is 0.41 (tenure, monthly_spend)',
  });
  const other = await call([...SEND, '--id', 'msg_cli']);
  expect(other).toMatchObject({ code: 1, err: expect.stringContaining('answered 409 to msg_cli: another body') });
});

test('send takes the secret from a file or the environment; a wrong one is refused', async () => {
  const secret = file('secret');
  writeFileSync(secret, `whsec_${await hook.currentSecret()}\n`);
  const args = [...SEND, '--url', hook.location.url];
  expect(await call([...args, '--secret-file', secret, '--json'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\{"status":202,"id":"msg_[\w-]{24}",/),
  });
  expect(await call(args, { ASSAY_WEBHOOK_SECRET: await hook.currentSecret() })).toMatchObject({ code: 0 });
  const guessed = Buffer.alloc(32).toString('base64');
  expect(await call([...args, '--id', 'x'], { ASSAY_WEBHOOK_SECRET: guessed })).toEqual({
    code: 1,
    out: '',
    err: 'assay: the webhook answered 401 to x: Unauthorized\n',
  });
});

test('send signs by the clock of a webhook that lives at another time', async () => {
  const { calendar } = hook.engine.context;
  const { now } = calendar;
  const later = new Date(Date.now() + 12 * 86_400_000);
  Object.assign(calendar, { now: () => later });
  try {
    expect(await call([...SEND, '--id', 'msg_later'])).toMatchObject({ code: 0 });
    expect(await lastEvent()).toMatchObject({ key: 'webhook:msg_later', at: later.toISOString() });
  } finally {
    Object.assign(calendar, { now });
  }
});

test('send --iam signs with AWS credentials', async () => {
  expect(await call([...SEND, '--iam', '--id', 'msg_iam'])).toMatchObject({ code: 0 });
  expect(await lastEvent()).toMatchObject({
    key: 'webhook:msg_iam',
    by: 'arn:aws:iam::123456789012:user/assay-local',
  });
  const refused = await call([...SEND, '--iam'], { AWS_SECRET_ACCESS_KEY: 'guessed' });
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/answered 403 to msg_\S+: Forbidden/) });
});

test.each([
  [['--value', 'high'], "argument 'high' is invalid. It is a finite number."],
  [['--url', 'http://example.com/webhook'], '--url: is an https:// address; found "http://example.com/webhook"'],
  [['--id', 'a.b'], '--id: has 1 to 128 visible characters, no comma and no full stop; found "a.b"'],
  [['--feature', ' '], 'features[0]: is a text'],
  [['--secret-file', '/nowhere'], '--secret-file: ENOENT'],
])('send %j is told', async (args, problem) => {
  expect(await call([...SEND, ...args])).toMatchObject({ code: 64, err: expect.stringContaining(problem) });
});

test('a secret that is none is told, and not quoted', async () => {
  const outcome = await call([...SEND, '--url', hook.location.url], { ASSAY_WEBHOOK_SECRET: 'hunter2' });
  expect(outcome).toMatchObject({ code: 64, err: expect.stringContaining('ASSAY_WEBHOOK_SECRET holds no secret') });
  expect(outcome.err).not.toContain('hunter2');
});

test('what is not deployed, or does not answer, is told', async () => {
  expect(await call([...SEND, '--application', 'other'])).toMatchObject({
    code: 64,
    err: expect.stringContaining('there is no parameter /assay/other/webhook'),
  });
  const gone = await call([...SEND, '--url', 'http://127.0.0.1:9/webhook'], { ASSAY_WEBHOOK_SECRET: 'A'.repeat(44) });
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('http://127.0.0.1:9 does not answer') });
});

test('the example of the documentation works as it stands', async () => {
  const page = readFileSync(join(__dirname, '../../docs/webhook.md'), 'utf8');
  const example = /```sh run\n(.*?)```/s.exec(page)?.[1] ?? '';
  const env = { PATH: process.env.PATH ?? '', URL: hook.location.url, SECRET: `whsec_${await hook.currentSecret()}` };
  const before = hook.events.length;
  const { stdout } = await promisify(execFile)('bash', ['-euc', example], { env });
  expect(stdout).toMatch(/\{"accepted":true,"id":"[\w-]+"\}\s*202/);
  await lastEvent();
  expect(hook.events).toHaveLength(before + 1);
});

test('rotate makes a new secret and keeps the one before; the next rotation waits', async () => {
  const old = await hook.currentSecret();
  const secret = file('rotated');
  const outcome = await call(['webhook', 'rotate', '--secret-file', secret]);
  expect(outcome).toMatchObject({
    code: 0,
    out: expect.stringContaining('has a new secret; the one before is valid until '),
  });
  const fresh = readFileSync(secret, 'utf8').trim();
  expect(fresh).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(await hook.currentSecret()).toBe(fresh);
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  expect(outcome.out).not.toContain(fresh);
  expect(await call(SEND, { ASSAY_WEBHOOK_SECRET: old })).toMatchObject({ code: 0 });
  expect(await call(['webhook', 'rotate'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('--force ends it now'),
  });
  expect(await call(['webhook', 'rotate', '--force', '--secret-file', secret])).toMatchObject({
    code: 64,
    err: expect.stringContaining('EEXIST'),
  });
  expect(await hook.currentSecret()).toBe(fresh);
  expect(await call(['webhook', 'rotate', '--force', '--json'])).toMatchObject({ code: 0 });
});
