import { brokenRule } from '../../../lib/local/codepipeline/conditions';
import { parsePipeline } from '../../../lib/local/codepipeline/parse';
import { StageGate, Superseded } from '../../../lib/local/codepipeline/stage-gate';
import { action, build, pipelineResource, SOURCE, stage } from './harness';

const parse = (stages: readonly object[], more: object = {}) =>
  parsePipeline(pipelineResource(stages, more).properties, {
    name: 'p',
    region: 'eu-west-1',
    arn: (name) => `arn:${name}`,
  });

describe('what a pipeline may hold', () => {
  const tests = stage('Tests', build('Test'));

  test.each<[string, readonly object[], object, string]>([
    [
      'an unknown provider',
      [SOURCE, stage('Deploy', action('Deploy', 'Deploy/ECS', {}))],
      {},
      'Deploy.Deploy: action provider AWS/Deploy/ECS is unknown to the one-machine engine; known are AWS/Source/CodeStarSourceConnection',
    ],
    [
      'a source action in a later stage',
      [SOURCE, stage('Two', action('S', 'Source/S3', {}))],
      {},
      'Two.S: source actions belong into the first stage',
    ],
    [
      'an artifact nobody makes',
      [SOURCE, stage('Build', build('B', {}, { InputArtifacts: [{ Name: 'Nope' }] }))],
      {},
      'no earlier action makes the input artifact Nope',
    ],
    [
      'a long value',
      [SOURCE, stage('Build', build('B', { EnvironmentVariables: 'x'.repeat(1001) }))],
      {},
      'Stages.Build.Actions.B.Configuration.EnvironmentVariables: is 1001 characters long; CodePipeline allows 1000',
    ],
    [
      'another rule',
      [
        SOURCE,
        {
          ...tests,
          BeforeEntry: {
            Conditions: [{ Result: 'FAIL', Rules: [{ Name: 'r', RuleTypeId: { Provider: 'CloudWatchAlarm' } }] }],
          },
        },
      ],
      {},
      'rule provider CloudWatchAlarm is not supported by the one-machine engine; known is VariableCheck',
    ],
    [
      'rollback',
      [SOURCE, { ...tests, OnFailure: { Result: 'ROLLBACK' } }],
      {},
      'result ROLLBACK is not supported by the one-machine engine; known is RETRY',
    ],
    [
      'a trigger on file paths',
      [SOURCE, tests],
      {
        Triggers: [
          {
            ProviderType: 'CodeStarSourceConnection',
            GitConfiguration: { SourceActionName: 'Source', Push: [{ FilePaths: { Includes: ['a'] } }] },
          },
        ],
      },
      'FilePaths is not supported by the one-machine engine',
    ],
    [
      'a trigger on nothing',
      [SOURCE, tests],
      { Triggers: [{ ProviderType: 'CodeStarSourceConnection', GitConfiguration: { SourceActionName: 'Src' } }] },
      'trigger: there is no source action Src; known are Source',
    ],
  ])('%s is refused by name', (_, stages, more, message) => {
    expect(() => parse(stages, more)).toThrow(message);
  });

  test('all problems are listed at once', () => {
    expect(() => parse([SOURCE, stage('A', action('X', 'Deploy/ECS', {}), action('Y', 'Deploy/S3', {}))])).toThrow(
      /ECS.*S3/,
    );
  });

  test('a V2 pipeline is read with its defaults', () => {
    const parsed = parse([SOURCE, tests], { ExecutionMode: undefined, Variables: [{ Name: 'v', DefaultValue: '1' }] });
    expect(parsed).toMatchObject({ executionMode: 'SUPERSEDED', variables: [{ name: 'v', defaultValue: '1' }] });
    expect(parsed.stages[1]?.actions[0]).toMatchObject({ name: 'Test', runOrder: 1, inputs: ['SourceArtifact'] });
  });
});

describe('conditions', () => {
  const rule = (operator: 'EQ' | 'NE' | 'CONTAINS' | 'MATCHES', value: string) => ({
    result: 'FAIL' as const,
    rules: [{ name: 'r', variable: '#{Test.verdict}', value, operator }],
  });
  const namespaces = new Map([['Test', { verdict: 'pass' }]]);

  test.each([
    ['EQ', 'pass', true],
    ['EQ', 'fail', false],
    ['NE', 'fail', true],
    ['NE', 'pass', false],
    ['CONTAINS', 'as', true],
    ['CONTAINS', 'x', false],
    ['MATCHES', 'p.*', true],
    ['MATCHES', 'p', false],
  ] as const)('%s %s holds: %s', (operator, value, holds) => {
    expect(brokenRule(rule(operator, value), namespaces) === undefined).toBe(holds);
  });

  test('a variable without a value never passes', () => {
    expect(brokenRule(rule('NE', 'fail'), new Map())).toContain('#{Test.verdict} has no value');
  });
});

describe('executions in front of a stage', () => {
  const never = new AbortController().signal;
  const turns = () => new Promise((resolve) => setImmediate(resolve));

  test('QUEUED: one at a time, in order', async () => {
    const gate = new StageGate('QUEUED');
    const order: string[] = [];
    const visit = async (id: string) => {
      const leave = await gate.enter(id, never);
      order.push(`${id} in`);
      await turns();
      order.push(`${id} out`);
      leave();
    };
    await Promise.all(['a', 'b', 'c'].map(visit));
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  test('SUPERSEDED: the newest of those that wait stays', async () => {
    const gate = new StageGate('SUPERSEDED');
    const leave = await gate.enter('a', never);
    const older = gate.enter('b', never);
    const newest = gate.enter('c', never);
    await expect(older).rejects.toEqual(new Superseded('c'));
    leave();
    await expect(newest).resolves.toBeInstanceOf(Function);
  });

  test('PARALLEL: nobody waits; a stopped execution leaves the queue', async () => {
    const open = new StageGate('PARALLEL');
    await Promise.all([open.enter('a', never), open.enter('b', never)]);
    const gate = new StageGate('QUEUED');
    const leave = await gate.enter('a', never);
    const stopping = new AbortController();
    const waiting = gate.enter('b', stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    leave();
    await expect(gate.enter('c', never)).resolves.toBeInstanceOf(Function);
  });
});
