import { type Bench, bench, type Definition, provision, single } from './harness';

let b: Bench;
beforeAll(async () => {
  b = await bench();
});
afterAll(() => b.close());

const problemsOf = (definition: Definition) =>
  provision(b.sfn, definition, 'broken').then(
    () => 'accepted',
    (error: Error) => error.message,
  );
const pass = (more: object = {}) => single({ Type: 'Pass', End: true, ...more });
const task = (more: object) => single({ Type: 'Task', End: true, ...more });
const SDK = 'arn:aws:states:::aws-sdk';

test.each<[string, Definition, RegExp]>([
  ['JSONPath by name', { ...pass(), QueryLanguage: 'JSONPath' }, /QueryLanguage: must be "JSONata".*found "JSONPath"/],
  [
    'a JSONPath state',
    pass({ QueryLanguage: 'JSONPath' }),
    /States\/Only\/QueryLanguage: must be 'JSONata'; found "JSONPath"/,
  ],
  ['a JSONPath field', pass({ ResultPath: '$.x' }), /Only\/ResultPath: belongs to JSONPath/],
  ['a JSONPath key', pass({ Output: { 'a.$': '$.b' } }), /Output\/a\.\$: ends in '\.\$'/],
  ['an unknown type', single({ Type: 'Loop' }), /Only\/Type: must be one of Pass, Task, .*found "Loop"/],
  ['an unknown field', pass({ Outputs: 1 }), /Only\/Outputs: is not a field here; known are .*Output/],
  ['no StartAt', { States: {} }, /lacks 'StartAt'/],
  [
    'a StartAt that does not exist',
    { ...pass(), StartAt: 'Other' },
    /StartAt: names the state 'Other', which does not exist; states here are Only/,
  ],
  ['a Next that does not exist', single({ Type: 'Pass', Next: 'Nowhere' }), /Only\/Next: names the state 'Nowhere'/],
  [
    'a Catch that goes nowhere',
    task({ Resource: `${SDK}:ssm:getParameter`, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'No' }] }),
    /Catch\[0\]\/Next: names the state 'No'/,
  ],
  [
    'an unreachable state',
    { StartAt: 'A', States: { A: { Type: 'Succeed' }, B: { Type: 'Succeed' } } },
    /States\/B: is not reachable/,
  ],
  [
    'a flow without an end',
    { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } },
    /has no state that ends the flow/,
  ],
  [
    'both Next and End',
    { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B', End: true }, B: { Type: 'Succeed' } } },
    /A: must have either 'Next' or 'End'/,
  ],
  ['Wait without a time', single({ Type: 'Wait', End: true }), /must have either 'Seconds' or 'Timestamp'/],
  [
    'a negative wait',
    single({ Type: 'Wait', Seconds: -1, End: true }),
    /Seconds: must be a whole number from 0 or an expression; found -1/,
  ],
  [
    'HeartbeatSeconds',
    task({ Resource: `${SDK}:ssm:getParameter`, HeartbeatSeconds: 5 }),
    /HeartbeatSeconds: is not supported/,
  ],
  [
    'an unknown resource',
    task({ Resource: 'arn:aws:states:::glue:startJobRun.sync' }),
    /glue:startJobRun\.sync' is not known; known after arn:aws:states::: are lambda:invoke, sagemaker:createTrainingJob/,
  ],
  ['a callback', task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }), /is not known/],
  ['an unknown SDK action', task({ Resource: `${SDK}:sagemaker:describeNothing` }), /is not known/],
  [
    'an unknown SDK service',
    task({ Resource: `${SDK}:ec2:describeInstances` }),
    /aws-sdk:\{cloudwatch\|s3\|sagemaker\|sns\|ssm\}/,
  ],
  [
    'an unknown argument',
    task({ Resource: 'arn:aws:states:::sagemaker:createModel', Arguments: { ModelName: 'm', Role: 'r' } }),
    /Arguments has no member 'Role'; it knows ModelName, .*ExecutionRoleArn/,
  ],
  [
    'an unknown nested argument',
    task({
      Resource: 'arn:aws:states:::sagemaker:createModel',
      Arguments: { ModelName: 'm', Containers: [{ Img: 'x' }] },
    }),
    /Arguments\/Containers\[0\] has no member 'Img'/,
  ],
  [
    'a missing argument',
    task({ Resource: `${SDK}:s3:headObject`, Arguments: { Bucket: 'b' } }),
    /Arguments lacks the required 'Key'/,
  ],
  [
    'an asynchronous invocation',
    task({ Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f', InvocationType: 'Event' } }),
    /InvocationType must be RequestResponse; found "Event"/,
  ],
  ['broken JSONata', pass({ Output: '{% 1 + %}' }), /Output: is not JSONata: .* in '1 \+'/],
  ['half an expression', pass({ Output: '{% 1 ' }), /must begin with '\{%' and end with '%\}'/],
  ['an unknown variable', pass({ Output: '{% $treshold %}' }), /Output: uses \$treshold, which no state assigns/],
  ['$eval', pass({ Output: '{% $eval("1") %}' }), /uses \$eval/],
  [
    '$states.result before there is one',
    task({ Resource: `${SDK}:ssm:getParameter`, Arguments: '{% $states.result %}' }),
    /uses \$states\.result; available here are \$states\.input, \$states\.context/,
  ],
  ['a reserved variable', pass({ Assign: { states: 1 } }), /Assign\/states: must be a name/],
  [
    'States.ALL among others',
    task({ Resource: `${SDK}:ssm:getParameter`, Retry: [{ ErrorEquals: ['States.ALL', 'Other'] }] }),
    /Retry\[0\]\/ErrorEquals: has States\.ALL/,
  ],
  [
    'a retrier of the wrong type',
    task({ Resource: `${SDK}:ssm:getParameter`, Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }] }),
    /BackoffRate: must be a number from 1; found 0\.5/,
  ],
  [
    'a distributed map',
    single({ Type: 'Map', ItemProcessor: { ...pass(), ProcessorConfig: { Mode: 'DISTRIBUTED' } }, End: true }),
    /Mode: must be 'INLINE'; found "DISTRIBUTED"/,
  ],
  [
    'a name used twice',
    single({ Type: 'Parallel', Branches: [pass()], End: true }),
    /Branches\[0\]\/States\/Only: has the name of \/States\/Only/,
  ],
])('refuses %s', async (_name, definition, message) => {
  await expect(problemsOf(definition)).resolves.toMatch(message);
});

test('an inner flow may not assign a variable of the flow around it', async () => {
  const inner = { StartAt: 'I', States: { I: { Type: 'Pass', Assign: { n: 2 }, End: true } } };
  const definition = {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Assign: { n: 1 }, Next: 'P' }, P: { Type: 'Parallel', Branches: [inner], End: true } },
  };
  await expect(problemsOf(definition)).resolves.toMatch(/I: assigns \$n, which belongs to the flow around it \('A'\)/);
});

test('an outer flow does not see the variables of an inner one', async () => {
  const inner = { StartAt: 'I', States: { I: { Type: 'Pass', Assign: { n: 2 }, End: true } } };
  const definition = single({ Type: 'Parallel', Branches: [inner], Output: '{% $n %}', End: true });
  await expect(problemsOf(definition)).resolves.toMatch(/uses \$n, which no state assigns/);
});

test('names that an expression binds itself, and functions of JSONata, are no variables', async () => {
  const output =
    '{% ($m := $map($states.input.a, function($v, $i) { $v + $i }); $states.input.b@$x.{"x": $x, "s": $map($m, $string), "p": $partition($m, 2)}) %}';
  await expect(problemsOf(pass({ Output: output }))).resolves.toBe('accepted');
});

test('every problem is reported at once, with the machine’s name', async () => {
  const message = await problemsOf({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'B', Foo: 1 }, C: { Type: 'Nope' } },
  });
  expect(message.split('\n')).toEqual([
    "State machine Machine of stack Test: /States/A/Next: names the state 'B', which does not exist; states here are A, C",
    'State machine Machine of stack Test: /States/C: is not reachable',
    'State machine Machine of stack Test: /States: has no state that ends the flow (End, Succeed or Fail)',
    expect.stringContaining('/States/A/Foo: is not a field here'),
    expect.stringContaining('/States/C/Type: must be one of'),
  ]);
});

test('an express machine and unknown properties are refused', async () => {
  const [provider] = b.sfn.providers;
  const create = (properties: object) =>
    provider?.create({
      logicalId: 'M',
      stack: 'S',
      type: 'AWS::StepFunctions::StateMachine',
      properties: { ...properties },
    });
  await expect(create({ StateMachineType: 'EXPRESS', DefinitionString: '{}' })).rejects.toThrow(
    'State machine M of stack S: StateMachineType must be STANDARD; found EXPRESS',
  );
  await expect(create({ DefinitionUri: 's3://x' })).rejects.toThrow(
    /has DefinitionUri, which the one-machine engine does not know/,
  );
  await expect(create({})).rejects.toThrow(/needs its definition/);
});

test('a machine without a name gets the same one in every run', async () => {
  const [provider] = b.sfn.providers;
  const resource = {
    logicalId: 'TrainMachine',
    stack: 'S',
    type: 'AWS::StepFunctions::StateMachine',
    properties: { Definition: { QueryLanguage: 'JSONata', ...pass() } },
  };
  const first = await provider?.create(resource);
  expect(first?.attributes.Name).toMatch(/^TrainMachine-[0-9a-f]{12}$/);
  await expect(provider?.create(resource)).resolves.toEqual(first);
});
