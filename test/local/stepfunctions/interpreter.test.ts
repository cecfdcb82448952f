import { LambdaError, type LambdaInvoker } from '../../../lib/local/engine/ports';
import { type Bench, bench, single } from './harness';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:work';

/** A function whose event says what happens: `{fail: 'Name', times}` fails the first `times` times, otherwise it echoes. */
class Functions implements LambdaInvoker {
  readonly calls: unknown[] = [];
  running = 0;
  most = 0;

  async invoke(_name: string, event: unknown): Promise<unknown> {
    this.calls.push(event);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.running -= 1;
    const {
      fail,
      times = Number.POSITIVE_INFINITY,
      hang,
    } = (event ?? {}) as { fail?: string; times?: number; hang?: boolean };
    if (hang === true) return new Promise(() => undefined);
    if (fail !== undefined && this.calls.length <= times) throw new LambdaError(fail, 'it broke', ['at handler']);
    return event;
  }
}

let functions: Functions;
let b: Bench;
beforeEach(async () => {
  functions = new Functions();
  b = await bench({ lambda: { invoke: (name, event) => functions.invoke(name, event) } });
});
afterEach(() => b.close());

const task = (more: object) => ({ Type: 'Task', Resource: FUNCTION, End: true, ...more });

describe('states', () => {
  test('Pass, Choice, Succeed: output of one is input of the next, variables go further', async () => {
    const definition = {
      StartAt: 'Read',
      States: {
        Read: {
          Type: 'Pass',
          Assign: { floor: 0.8 },
          Output: { auc: '{% $states.input.auc %}' },
          Next: 'Judge',
        },
        Judge: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $states.input.auc >= $floor %}', Output: { verdict: 'pass' }, Next: 'Done' },
            { Condition: '{% $states.input.auc < 0 %}', Next: 'Done' },
          ],
          Default: 'Low',
          Output: '{% "below " & $string($floor) %}',
        },
        Low: { Type: 'Fail', Error: 'LowAuc', Cause: '{% $states.input %}' },
        Done: { Type: 'Succeed', Output: '{% $merge([$states.input, {"floor": $floor}]) %}' },
      },
    };
    await expect(b.run(definition, { auc: 0.9 })).resolves.toMatchObject({
      status: 'SUCCEEDED',
      output: { verdict: 'pass', floor: 0.8 },
    });
    await expect(b.run(definition, { auc: 0.5 })).resolves.toMatchObject({
      status: 'FAILED',
      error: 'LowAuc',
      cause: 'below 0.8',
    });
  });

  test('Output and Assign both see the variables as they were on entry', async () => {
    const definition = {
      StartAt: 'One',
      States: {
        One: { Type: 'Pass', Assign: { n: 1 }, Next: 'Two' },
        Two: { Type: 'Pass', Assign: { n: '{% $n + 1 %}', old: '{% $n %}' }, Output: '{% $n %}', Next: 'Three' },
        Three: { Type: 'Pass', Output: { before: '{% $states.input %}', n: '{% $n %}', old: '{% $old %}' }, End: true },
      },
    };
    await expect(b.run(definition)).resolves.toMatchObject({ output: { before: 1, n: 2, old: 1 } });
  });

  test('no rule and no Default is States.NoChoiceMatched; a Condition must be a boolean', async () => {
    const choice = (Condition: unknown) => ({
      StartAt: 'C',
      States: { C: { Type: 'Choice', Choices: [{ Condition, Next: 'End' }] }, End: { Type: 'Succeed' } },
    });
    await expect(b.run(choice(false))).resolves.toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    await expect(b.run(choice('{% 1 %}'))).resolves.toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("Choices[0]/Condition of state 'C' must be true or false; found a number"),
    });
  });

  test('waits are scaled: 20 minutes last about a second, and a time stamp in the past no time', async () => {
    const started = Date.now();
    const outcome = await b.run(
      {
        StartAt: 'Bake',
        States: {
          Bake: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'Past' },
          Past: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
        },
      },
      { seconds: 1200 },
    );
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: { seconds: 1200 } });
    expect(Date.now() - started).toBeGreaterThanOrEqual(1200);
    expect(Date.now() - started).toBeLessThan(4000);
  });

  test('the context tells execution, machine and state', async () => {
    const { output, arn } = await b.run(single({ Type: 'Pass', Output: '{% $states.context %}', End: true }), { a: 1 });
    expect(output).toEqual({
      Execution: {
        Id: arn,
        Input: { a: 1 },
        Name: arn.split(':').at(-1),
        RoleArn: 'arn:aws:iam::123456789012:role/machine',
        StartTime: expect.stringMatching(/^\d{4}-.*Z$/),
        RedriveCount: 0,
      },
      State: { Name: 'Only', EnteredTime: expect.stringMatching(/Z$/), RetryCount: 0 },
      StateMachine: { Id: 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine', Name: 'machine' },
    });
  });

  test('an endless loop ends with the event limit, and does not block the engine', async () => {
    const loop = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'A' },
        End: { Type: 'Succeed' },
      },
    };
    const arn = await b.sfn.start(await b.create(loop), {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    await b.sfn.stop(arn, 'Test', 'enough');
    expect(b.sfn.describe(arn)).toMatchObject({ status: 'ABORTED', error: 'Test', cause: 'enough' });
  });
});

describe('Task', () => {
  test('Arguments in, result out, both available to Output and Assign', async () => {
    const definition = {
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: FUNCTION, Payload: { n: '{% $states.input.n %}' } },
          Assign: { code: '{% $states.result.StatusCode %}' },
          Output: '{% $states.result.Payload %}',
          Next: 'Show',
        },
        Show: { Type: 'Pass', Output: { code: '{% $code %}', n: '{% $states.input.n %}' }, End: true },
      },
    };
    await expect(b.run(definition, { n: 3 })).resolves.toMatchObject({ output: { code: 200, n: 3 } });
    expect(functions.calls).toEqual([{ n: 3 }]);
  });

  test('a function error keeps its name and carries the document of Lambda', async () => {
    const { error, cause } = await b.run(single(task({ Arguments: { fail: 'BadModel' } })));
    expect(error).toBe('BadModel');
    expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'BadModel', errorMessage: 'it broke', trace: ['at handler'] });
  });

  test('Retry repeats as often as it says, RetryCount counts, then Catch goes on', async () => {
    const state = task({
      Arguments: { fail: 'Flaky', times: 2, attempt: '{% $states.context.State.RetryCount %}' },
      Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 5, BackoffRate: 3, MaxAttempts: 2 }],
    });
    await expect(b.run(single(state))).resolves.toMatchObject({ status: 'SUCCEEDED', output: { attempt: 2 } });
    expect(functions.calls).toHaveLength(3);
  });

  test('Catch sees the error, and assigns; the task’s own Output and Assign are not evaluated', async () => {
    const definition = {
      StartAt: 'Try',
      States: {
        Try: {
          ...task({ Arguments: { fail: 'Broken' } }),
          End: undefined,
          Output: 'unused',
          Assign: { own: 1, caught: 'no' },
          Retry: [{ ErrorEquals: ['Other'] }, { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'Wrong' },
            { ErrorEquals: ['States.ALL'], Assign: { caught: '{% $states.errorOutput.Error %}' }, Next: 'Handle' },
          ],
          Next: 'Wrong',
        },
        Wrong: { Type: 'Fail', Error: 'Wrong' },
        Handle: {
          Type: 'Pass',
          Output: { in: '{% $states.input %}', caught: '{% $caught %}', own: '{% $exists($own) %}' },
          End: true,
        },
      },
    };
    const { output } = await b.run(definition);
    expect(output).toMatchObject({
      in: { Error: 'Broken', Cause: expect.stringContaining('it broke') },
      caught: 'Broken',
      own: false,
    });
    expect(functions.calls).toHaveLength(2);
  });

  test('TimeoutSeconds is real time and States.Timeout, which States.TaskFailed does not catch', async () => {
    const catcher = (name: string) => ({ ErrorEquals: [name], Output: name, Next: 'End' });
    const outcome = await b.run({
      StartAt: 'Slow',
      States: {
        Slow: {
          Type: 'Task',
          Resource: FUNCTION,
          Arguments: { hang: true },
          TimeoutSeconds: 1,
          Catch: [catcher('States.TaskFailed'), catcher('States.Timeout')],
          Next: 'End',
        },
        End: { Type: 'Succeed' },
      },
    });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', output: 'States.Timeout' });
    await expect(b.eventTypes(outcome.arn)).resolves.toContain('TaskTimedOut');
  });

  test('an expression that gives nothing can be caught, and is in the history', async () => {
    const state = {
      ...task({
        Output: '{% $states.result.nothing %}',
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'End' }],
      }),
      End: undefined,
      Next: 'End',
    };
    const outcome = await b.run({ StartAt: 'T', States: { T: state, End: { Type: 'Succeed', Output: 'caught' } } });
    expect(outcome.output).toBe('caught');
    await expect(b.eventTypes(outcome.arn)).resolves.toContain('EvaluationFailed');
  });

  test('a result above 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const state = { Type: 'Pass', Output: '{% $pad("", 262144, "x") %}', End: true };
    await expect(b.run(single(state))).resolves.toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('the machine’s own TimeoutSeconds ends as TIMED_OUT', async () => {
    const outcome = await b.run({ TimeoutSeconds: 1, ...single(task({ Arguments: { hang: true } })) });
    expect(outcome).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('Parallel and Map', () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });

  test('Parallel gives its outputs in order; branches read outer variables and keep their own', async () => {
    const definition = {
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { base: 10 }, Next: 'Both' },
        Both: {
          Type: 'Parallel',
          Arguments: { by: 2 },
          Branches: [
            {
              StartAt: 'A1',
              States: {
                A1: { Type: 'Pass', Assign: { own: 1 }, Next: 'A2' },
                A2: { Type: 'Pass', Output: '{% $base + $own + $states.input.by %}', End: true },
              },
            },
            branch('B1', task({ Output: '{% $states.result.by * $base %}' })),
          ],
          Output: { sum: '{% $sum($states.result) %}', all: '{% $states.result %}' },
          End: true,
        },
      },
    };
    await expect(b.run(definition)).resolves.toMatchObject({ output: { sum: 33, all: [13, 20] } });
  });

  test('a failed branch aborts its siblings and is caught with its own error', async () => {
    const definition = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            branch('Bad', task({ Arguments: { fail: 'Bad' } })),
            branch('Long', { Type: 'Wait', Seconds: 60_000, End: true }),
          ],
          Catch: [{ ErrorEquals: ['Bad'], Output: '{% $states.errorOutput.Error %}', Next: 'End' }],
          Next: 'End',
        },
        End: { Type: 'Succeed' },
      },
    };
    const outcome = await b.run(definition);
    expect(outcome.output).toBe('Bad');
    const types = await b.eventTypes(outcome.arn);
    expect(types).toEqual(expect.arrayContaining(['WaitStateAborted', 'ParallelStateFailed', 'ParallelStateExited']));
  });

  test('Map runs its processor on each item, in order, MaxConcurrency at a time', async () => {
    const definition = single({
      Type: 'Map',
      Items: '{% $states.input.weights %}',
      ItemSelector: { weight: '{% $states.context.Map.Item.Value %}', step: '{% $states.context.Map.Item.Index %}' },
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        ...branch('Shift', task({ Output: '{% $states.result.weight & "@" & $states.result.step %}' })),
      },
      End: true,
    });
    await expect(b.run(definition, { weights: [5, 25, 50, 75, 100] })).resolves.toMatchObject({
      output: ['5@0', '25@1', '50@2', '75@3', '100@4'],
    });
    expect(functions.most).toBe(2);
  });

  test('Map fails with the error of its iteration, and needs an array', async () => {
    const map = (more: object) =>
      single({
        Type: 'Map',
        ItemProcessor: branch('P', { Type: 'Fail', Error: 'Item', Cause: '{% $string($states.input) %}' }),
        End: true,
        ...more,
      });
    await expect(b.run(map({ Items: [7] }))).resolves.toMatchObject({ error: 'Item', cause: '7' });
    await expect(b.run(map({ Items: { a: 1 } }))).resolves.toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining('must be an array; found an object'),
    });
    await expect(b.run(map({ Items: [] }))).resolves.toMatchObject({ status: 'SUCCEEDED', output: [] });
  });
});
