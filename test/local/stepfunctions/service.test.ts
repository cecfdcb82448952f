import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidExecutionInput,
  InvalidName,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { type Bench, bench, single } from './harness';

const ECHO = single({ Type: 'Pass', End: true });
const LONG = single({ Type: 'Wait', Seconds: 99_999_999, End: true });

let b: Bench;
let sfn: SFNClient;
beforeEach(async () => {
  b = await bench();
  sfn = new SFNClient({ ...awsClientConfig(b.context), maxAttempts: 1 });
});
afterEach(async () => {
  sfn.destroy();
  await b.close();
});

test('an execution through the API: start, describe, list, history', async () => {
  const stateMachineArn = await b.create(ECHO, 'train');
  const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1', input: '{"a":1}' }));
  expect(started.executionArn).toBe('arn:aws:states:eu-west-1:123456789012:execution:train:run-1');
  await b.sfn.wait(started.executionArn ?? '');
  const described = await sfn.send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
  expect(described).toMatchObject({
    status: 'SUCCEEDED',
    input: '{"a":1}',
    output: '{"a":1}',
    name: 'run-1',
    stateMachineArn,
  });
  expect(described.startDate).toEqual(started.startDate);
  expect(described.stopDate?.getTime()).toBeGreaterThanOrEqual(described.startDate?.getTime() ?? Number.NaN);

  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
  expect(executions?.map(({ name }) => name)).toEqual(['run-1']);
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: started.executionArn }));
  expect(events?.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, 'ExecutionStarted'],
    [2, 1, 'PassStateEntered'],
    [3, 2, 'PassStateExited'],
    [4, 3, 'ExecutionSucceeded'],
  ]);
  expect(events?.[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Only', input: '{"a":1}' });
  expect(events?.[0]?.timestamp).toBeInstanceOf(Date);
  const last = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn: started.executionArn, reverseOrder: true, maxResults: 1 }),
  );
  expect(last.events?.map(({ type }) => type)).toEqual(['ExecutionSucceeded']);
  expect(last.nextToken).toBe('1');
});

test('machines through the API', async () => {
  const stateMachineArn = await b.create(ECHO, 'train');
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  expect(stateMachines).toMatchObject([{ name: 'train', stateMachineArn, type: 'STANDARD' }]);
  const { definition, creationDate } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(JSON.parse(definition ?? '')).toEqual({ QueryLanguage: 'JSONata', ...ECHO });
  expect(creationDate).toEqual(stateMachines?.[0]?.creationDate);
});

test('the same name starts the same execution while it runs with the same input, and no other', async () => {
  const stateMachineArn = await b.create(LONG);
  const start = (input: string) => sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'once', input }));
  const first = await start('{}');
  await expect(start('{}')).resolves.toMatchObject({ executionArn: first.executionArn });
  await expect(start('{"b":1}')).rejects.toThrow(ExecutionAlreadyExists);
  await sfn.send(new StopExecutionCommand({ executionArn: first.executionArn, error: 'Enough', cause: 'test' }));
  await expect(start('{}')).rejects.toThrow(ExecutionAlreadyExists);
  const described = await sfn.send(new DescribeExecutionCommand({ executionArn: first.executionArn }));
  expect(described).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'test' });
  expect(await b.eventTypes(first.executionArn ?? '')).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'WaitStateAborted',
    'ExecutionAborted',
  ]);
});

test('mistakes are the SDK’s exceptions', async () => {
  const stateMachineArn = await b.create(ECHO);
  const start = (input: object) => sfn.send(new StartExecutionCommand({ stateMachineArn, ...input }));
  await expect(start({ input: '{' })).rejects.toThrow(InvalidExecutionInput);
  await expect(start({ input: JSON.stringify('x'.repeat(262_143)) })).rejects.toThrow(InvalidExecutionInput);
  await expect(start({ name: 'a/b' })).rejects.toThrow(InvalidName);
  await expect(start({ stateMachineArn: `${stateMachineArn}x` })).rejects.toThrow(StateMachineDoesNotExist);
  await expect(sfn.send(new DescribeExecutionCommand({ executionArn: 'arn:none' }))).rejects.toThrow(
    ExecutionDoesNotExist,
  );
});

test('status changes are events as EventBridge documents them', async () => {
  const { arn } = await b.run(single({ Type: 'Fail', Error: 'Broken', Cause: 'because' }), { a: 1 });
  expect(b.events.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'FAILED']);
  expect(b.events[1]).toEqual({
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine',
      name: arn.split(':').at(-1),
      status: 'FAILED',
      startDate: expect.any(Number),
      stopDate: expect.any(Number),
      input: '{"a":1}',
      output: null,
      inputDetails: { included: true },
      outputDetails: null,
      error: 'Broken',
      cause: 'because',
    },
  });
});

test('waiting can be given up without stopping the execution', async () => {
  const arn = await b.sfn.start(await b.create(LONG), {});
  await expect(b.sfn.wait(arn, AbortSignal.timeout(20))).rejects.toThrow(/timeout/i);
  expect(b.sfn.describe(arn).status).toBe('RUNNING');
});

test('close aborts what runs', async () => {
  const arn = await b.sfn.start(await b.create(LONG), {});
  await b.sfn.close();
  expect(b.sfn.describe(arn)).toMatchObject({ status: 'ABORTED', error: 'States.EngineStopped' });
  await expect(b.sfn.start(await b.create(LONG), {})).rejects.toThrow('the engine is shutting down');
});

test('an execution of an engine that died is aborted by the next one', async () => {
  const { stateDir } = b.context;
  const died = await b.sfn.start(await b.create(LONG), {}, 'died');
  while ((await b.eventTypes(died)).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  // The next engine reads what this one left behind without closing, as after a kill.
  const next = await bench({ stateDir });
  try {
    expect(next.sfn.describe(died)).toMatchObject({
      status: 'ABORTED',
      input: '{}',
      cause: 'the one-machine engine ended while the execution ran',
    });
    await expect(next.eventTypes(died)).resolves.toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    await expect(next.sfn.wait(died)).resolves.toMatchObject({ status: 'ABORTED' });
  } finally {
    await next.close();
  }
});

test('a machine starts another and uses its output', async () => {
  const child = await b.create(
    single({ Type: 'Pass', Output: { twice: '{% $states.input.n * 2 %}' }, End: true }),
    'child',
  );
  const parent = (pattern: string) =>
    single({
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${pattern}`,
      Arguments: { StateMachineArn: child, Input: { n: 21 } },
      End: true,
    });
  await expect(b.run(parent('.sync:2'))).resolves.toMatchObject({
    output: { Status: 'SUCCEEDED', Output: { twice: 42 }, Input: { n: 21 } },
  });
  await expect(b.run(parent('.sync'))).resolves.toMatchObject({ output: { Output: '{"twice":42}' } });
  await expect(b.run(parent(''))).resolves.toMatchObject({
    output: { ExecutionArn: expect.stringContaining(':child:') },
  });
});

test('a failed child is States.TaskFailed with its description; stopping the parent stops the child', async () => {
  const parentOf = (child: string) =>
    single({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: child, Name: 'kid' },
      End: true,
    });
  const failing = await b.create(single({ Type: 'Fail', Error: 'E', Cause: 'c' }), 'failing');
  const { error, cause } = await b.run(parentOf(failing));
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause ?? '')).toMatchObject({ Status: 'FAILED', Error: 'E', Cause: 'c' });

  const long = await b.create(LONG, 'long');
  const arn = await b.sfn.start(await b.create(parentOf(long), 'parent'), {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  await b.sfn.stop(arn);
  expect(b.sfn.describe('arn:aws:states:eu-west-1:123456789012:execution:long:kid').status).toBe('ABORTED');
});
