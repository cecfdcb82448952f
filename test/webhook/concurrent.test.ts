import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Deliveries } from '../../lambda/webhook/deliveries';
import { type Instance, startInstance } from '../../lambda/webhook/instance';
import { receive } from '../../lambda/webhook/receive';
import { parseTrigger } from '../../lib/core/retraining/trigger-text';
import { RETRAINING_ENV } from '../../lib/retraining/contract';
import { WEBHOOK_ENV } from '../../lib/webhook/contract';
import { FakePipeline } from '../retraining/pipeline-fixture';
import { type DeployedWebhook, eventOf, startWebhook } from './deployed';

jest.setTimeout(180_000);

let hook: DeployedWebhook;
let instance: Instance;
let deliveries: Deliveries;
const pipeline = new FakePipeline();

beforeAll(async () => {
  hook = await startWebhook();
  hook.useEnvironment();
  // In AWS each delivery has a process of its own. Here all share this one, which may be slow: no call ends for that.
  instance = startInstance({ maxAttempts: 1 });
  const table = process.env[WEBHOOK_ENV.table] ?? '';
  deliveries = new Deliveries(DynamoDBDocumentClient.from(new DynamoDBClient({})), table);
  Object.assign(process.env, {
    [RETRAINING_ENV.table]: table,
    [RETRAINING_ENV.pipelineName]: 'churn-release',
    [RETRAINING_ENV.policy]: JSON.stringify({ coolDownHours: 6, maxRunsPerDay: 6, settleMinutes: 15 }),
  });
  const start = await import('../../lambda/retraining/start');
  hook.onEvent = start.handler;
});
afterAll(() => hook.close());

test('500 concurrent deliveries of one id are one event and one run', async () => {
  const delivery = await hook.signed({});
  const deliver = async () => (await receive(eventOf(delivery), instance.ports, instance.settings)).answer;
  const answers = await Promise.all(Array.from({ length: 500 }, deliver));
  await hook.engine.bus.drain();
  expect(hook.delivered(delivery.id)).toHaveLength(1);
  expect(pipeline.executions).toHaveLength(1);
  // Whoever has looked often enough before it was published is told to come again.
  expect([202, 503]).toEqual(expect.arrayContaining([...new Set(answers.map(({ statusCode }) => statusCode))]));
  const taken = answers.filter(({ statusCode }) => statusCode === 202);
  expect(taken.length).toBeGreaterThan(0);
  expect(new Set([...taken, await deliver()].map(({ body }) => body))).toEqual(
    new Set([JSON.stringify({ accepted: true, id: delivery.id })]),
  );
  await hook.engine.bus.drain();
  expect(hook.delivered(delivery.id)).toHaveLength(1);
  const [run] = pipeline.executions;
  expect(parseTrigger(run?.trigger ?? '', { commit: 'c', at: '' })).toMatchObject({
    kind: 'webhook',
    key: `webhook:${delivery.id}`,
    reason: 'grafana: psi is 0.41 (monthly_spend)',
  });
});

describe('what was begun', () => {
  const AT = Date.UTC(2026, 0, 1);
  const [body, other] = [Buffer.from('{}'), Buffer.from('[]')];
  const seconds = (count: number) => AT + count * 1000;

  test('and not ended is somebody’s until the lease ends; then the next try has it', async () => {
    expect(await deliveries.claim('begun', body, AT)).toBe('mine');
    expect(await deliveries.claim('begun', body, seconds(39))).toBe('taken');
    expect(await deliveries.claim('begun', other, seconds(41))).toBe('differs');
    const racing = await Promise.all([1, 2, 3].map(() => deliveries.claim('begun', body, seconds(41))));
    expect(racing.sort()).toEqual(['mine', 'taken', 'taken']);
  });

  test('and given back is the next one’s at once', async () => {
    expect(await deliveries.claim('back', body, AT)).toBe('mine');
    await deliveries.giveBack('back');
    expect(await deliveries.claim('back', body, AT)).toBe('mine');
  });

  test('and published stays so for a week', async () => {
    expect(await deliveries.claim('done', body, AT)).toBe('mine');
    await deliveries.published('done');
    expect(await deliveries.claim('done', body, seconds(3600))).toBe('published');
    expect(await deliveries.claim('done', other, seconds(3600))).toBe('differs');
    expect(await deliveries.claim('done', body, seconds(7 * 86_400))).toBe('mine');
  });
});
