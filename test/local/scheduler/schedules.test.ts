import { whenDone } from '../../../lib/local/engine/underway';
import { awsJsonCall } from '../../../lib/local/provision/aws-call';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** Writes its event into the queue that its environment names, through the gateway, as a deployed function would. */
const RECORDER = `
const { AWS_ENDPOINT_URL, QUEUE_URL } = process.env;
exports.handler = async (event) => {
  if (event.fail) throw new Error('not today');
  const response = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
      authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: JSON.stringify({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify(event) }),
  });
  if (!response.ok) throw new Error(await response.text());
};`;

const schedule = (ScheduleExpression: string, Target: object, more: object = {}) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { RoleArn: 'arn:r', ...Target },
    ...more,
  },
});

const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
const SEEN = {
  Queue: queue,
  Dead: queue,
  Recorder: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: RECORDER },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Timeout: 20,
      Role: 'arn:aws:iam::123456789012:role/r',
      Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } },
    },
  },
};

const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;

beforeAll(async () => {
  engine = await startTestEngine(folder.path);
});
afterAll(async () => {
  await engine.close();
  folder.remove();
});

interface Message {
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
}

/** Takes every message out of a queue of the stack. */
async function messages(logicalId: string, stack: string): Promise<Message[]> {
  const call = (operation: string, input: object) =>
    awsJsonCall(engine.context, 'sqs', `AmazonSQS.${operation}`, { ...input });
  const { QueueUrls } = await call('ListQueues', { QueueNamePrefix: `${stack}-${logicalId}` });
  const QueueUrl = String((QueueUrls as string[])[0]);
  const found: Message[] = [];
  for (;;) {
    const { Messages } = await call('ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    });
    if (!Array.isArray(Messages) || Messages.length === 0) return found;
    found.push(...(Messages as Message[]));
    for (const { ReceiptHandle } of Messages) await call('DeleteMessage', { QueueUrl, ReceiptHandle });
  }
}

const settled = () =>
  whenDone(
    () => engine.bus.underway(),
    () => engine.lambda.underway(),
  );
const advance = (milliseconds: number) => engine.timetable.advance(milliseconds, settled);
const deploy = (stack: string, resources: object) =>
  engine.deploy(writeAssembly({ [stack]: { template: { Resources: resources } } }));

test('a rate invokes its function at once and at each interval, with the context attributes filled in', async () => {
  const input = {
    time: '<aws.scheduler.scheduled-time>',
    schedule: '<aws.scheduler.schedule-arn>',
    execution: '<aws.scheduler.execution-id>',
    attempt: '<aws.scheduler.attempt-number>',
  };
  const created = engine.context.calendar.now();
  await deploy('Rate', {
    ...SEEN,
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: {} },
    Tick: schedule(
      'rate(6 hours)',
      { Arn: arnOf('Recorder'), Input: JSON.stringify(input) },
      { GroupName: { Ref: 'Group' }, FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } },
    ),
    Off: schedule('rate(1 minute)', { Arn: arnOf('Recorder') }, { State: 'DISABLED' }),
  });
  await advance(13 * HOUR);
  const seen = (await messages('Queue', 'Rate')).map(({ Body }) => JSON.parse(Body));
  expect(seen).toHaveLength(3);
  const hours = seen.map(({ time }) => (Date.parse(time) - created.getTime()) / HOUR);
  expect(hours.map(Math.round)).toEqual([0, 6, 12]);
  expect(seen[0].schedule).toMatch(
    /^arn:aws:scheduler:us-east-1:123456789012:schedule\/Rate-Group-\w+\/Rate-Tick-\w+$/,
  );
  expect(new Set(seen.map(({ execution }) => execution)).size).toBe(3);
  expect(seen.map(({ attempt }) => attempt)).toEqual(['1', '1', '1']);
});

test('deployed again, a rate keeps its hours: nothing is due at once', async () => {
  const resources = { Queue: queue, Tick: schedule('rate(6 hours)', { Arn: arnOf('Queue'), Input: 'tick' }) };
  await deploy('Again', resources);
  await advance(5 * MINUTE);
  await deploy('Again', resources);
  await advance(5 * HOUR);
  expect(await messages('Queue', 'Again')).toHaveLength(1);
  await advance(HOUR);
  expect(await messages('Queue', 'Again')).toHaveLength(1);
});

test('cron, one time, and a universal target; without an input the target gets the notification of Scheduler', async () => {
  const start = new Date(Math.ceil(engine.context.calendar.now().getTime() / HOUR) * HOUR + 10 * MINUTE);
  const wall = start.toISOString().slice(0, 19);
  const url = { 'Fn::GetAtt': ['Queue', 'QueueUrl'] };
  await deploy('Kinds', {
    ...SEEN,
    Hourly: schedule('cron(5 * * * ? *)', { Arn: arnOf('Queue'), Input: 'hourly' }),
    Once: schedule(`at(${wall})`, { Arn: arnOf('Recorder') }),
    Universal: schedule('cron(7 * * * ? *)', {
      Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
      Input: { 'Fn::Join': ['', ['{"QueueUrl":"', url, '","MessageBody":"universal"}']] },
    }),
  });
  await advance(2 * HOUR);
  const bodies = (await messages('Queue', 'Kinds')).map(({ Body }) => Body);
  expect(bodies.filter((body) => body === 'hourly')).toHaveLength(2);
  expect(bodies.filter((body) => body === 'universal')).toHaveLength(2);
  const [once, ...more] = bodies.filter((body) => body.startsWith('{'));
  expect(more).toEqual([]);
  expect(JSON.parse(String(once))).toMatchObject({
    source: 'aws.scheduler',
    'detail-type': 'Scheduled Event',
    time: `${wall}Z`,
    resources: [expect.stringContaining('schedule/default/Kinds-Once-')],
  });
});

test('a rule with a schedule gives its own targets a scheduled event, after one interval', async () => {
  await deploy('Rule', {
    ...SEEN,
    Tick: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(1 day)', Targets: [{ Id: 'T', Arn: arnOf('Recorder') }] },
    },
  });
  const before = engine.context.calendar.now();
  await advance(23 * HOUR);
  expect(await messages('Queue', 'Rule')).toEqual([]);
  await advance(2 * HOUR);
  const [message] = await messages('Queue', 'Rule');
  const event = JSON.parse(String(message?.Body));
  expect(event).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
  expect(Math.round((Date.parse(event.time) - before.getTime()) / HOUR)).toBe(24);
});

test('what cannot be called is tried again or not, as its error says, and goes to the dead-letter queue', async () => {
  const dead = { DeadLetterConfig: { Arn: arnOf('Dead') } };
  const gone = 'arn:aws:lambda:us-east-1:123456789012:function:gone';
  await deploy('Dead', {
    ...SEEN,
    Gone: schedule('rate(1 day)', { Arn: gone, Input: '{"a":1}', ...dead }),
    Refused: schedule('rate(1 day)', {
      Arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:none',
      RetryPolicy: { MaximumRetryAttempts: 2 },
      ...dead,
    }),
  });
  await advance(MINUTE);
  const letters = await messages('Dead', 'Dead');
  const facts = letters.map(({ MessageAttributes = {} }) =>
    Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
  );
  expect(facts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        TARGET_ARN: gone,
        RETRY_ATTEMPTS: '0',
        ERROR_MESSAGE: expect.stringContaining('gone'),
      }),
    ]),
  );
  expect(letters.map(({ Body }) => Body)).toContain('{"a":1}');
  expect(letters).toHaveLength(2);
  expect(engine.lines.filter((line) => line.includes('schedule/default/Dead-Gone')).length).toBeGreaterThan(0);
});

test.each<[string, object, string]>([
  [
    'Target',
    schedule('rate(1 day)', { Arn: 'arn:aws:ecs:us-east-1:1:cluster/c' }),
    'cannot be called here; callable are',
  ],
  [
    'Universal',
    schedule('rate(1 day)', { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances' }),
    'callable are arn:aws:scheduler:::aws-sdk:codepipeline:startPipelineExecution',
  ],
  [
    'Member',
    schedule('rate(1 day)', { Arn: arnOf('Queue'), EcsParameters: {} }),
    'Target.EcsParameters is not supported',
  ],
  [
    'Cron',
    schedule('cron(0 0 * * * *)', { Arn: arnOf('Queue') }, { State: 'DISABLED' }),
    'exactly one of day-of-month',
  ],
  [
    'Window',
    schedule('rate(1 day)', { Arn: arnOf('Queue') }, { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }),
    'MaximumWindowInMinutes must be 1 to 1440; found undefined',
  ],
  [
    'State',
    schedule('rate(1 day)', { Arn: arnOf('Queue') }, { State: 'on' }),
    'State must be ENABLED or DISABLED; found on',
  ],
  [
    'Start',
    schedule('rate(1 day)', { Arn: arnOf('Queue') }, { StartDate: 'soon' }),
    'StartDate must be a time in ISO 8601',
  ],
])('%s is refused by name', async (_, resource, message) => {
  await expect(deploy('Refused', { Queue: queue, Bad: resource })).rejects.toThrow(
    new RegExp(`^Refused/Bad \\(AWS::Scheduler::Schedule\\): .*${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
  );
});
