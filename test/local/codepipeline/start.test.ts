import type { Json } from '../../../lib/local/engine/json';
import { whenDone } from '../../../lib/local/engine/underway';
import { action, pipelineResource, SOURCE, stage, type World, world } from './harness';

let local: World;

beforeAll(async () => {
  // Nothing was pushed, so every run ends in its first stage: that it was started, and as what, is all that matters here.
  local = world('http://127.0.0.1:9');
  const approve = stage('Approve', action('Approve', 'Approval/Manual', {}));
  const variables = [{ Name: 'Trigger', DefaultValue: 'push' }, { Name: 'Depth' }];
  const withoutDefault = { Variables: variables };
  const withDefault = { Name: 'plain', Variables: [variables[0]] };
  for (const more of [withoutDefault, withDefault])
    await local.codepipeline.providers[0]?.create(pipelineResource([SOURCE, approve], more));
});
afterAll(() => local.close());

async function call(operation: string, input: object): Promise<Json> {
  const [handler] = local.codepipeline.handlers;
  const headers = { 'x-amz-target': `CodePipeline_20150709.${operation}` };
  const answer = await handler?.handle({
    method: 'POST',
    path: '/',
    headers,
    body: Buffer.from(JSON.stringify(input)),
  });
  return { status: answer?.status, ...JSON.parse(String(answer?.body)) };
}
const start = (input: object) => call('StartPipelineExecution', { name: 'plain', ...input });
const variable = (value: string, name = 'Trigger') => [{ name, value }];

test('the same token is the same run, however many ask at once, and also when it has ended', async () => {
  const runs = () => local.progress.filter(({ type }) => type === 'pipelineStarted').length;
  const before = runs();
  const input = { clientRequestToken: 'drift-1', variables: variable('{"kind":"drift"}') };
  const answers = await Promise.all([start(input), start(input), start(input)]);
  const ids = new Set(answers.map(({ pipelineExecutionId }) => pipelineExecutionId));
  expect(ids.size).toBe(1);
  expect(local.codepipeline.underway()).toHaveLength(1);
  await whenDone(() => local.codepipeline.underway());
  const again = await start(input);
  expect(ids).toContain(again.pipelineExecutionId);
  const other = await start({ clientRequestToken: 'drift-2' });
  expect(ids).not.toContain(other.pipelineExecutionId);
  const without = await Promise.all([start({}), start({})]);
  expect(new Set(without.map(({ pipelineExecutionId }) => pipelineExecutionId)).size).toBe(2);
  expect(runs() - before).toBe(4);
  expect(await call('GetPipelineExecution', { pipelineName: 'plain', pipelineExecutionId: [...ids][0] })).toMatchObject(
    {
      pipelineExecution: { variables: [{ name: 'Trigger', resolvedValue: '{"kind":"drift"}' }] },
    },
  );
});

test('a run that the API started is followed and waited for like any other', async () => {
  const { pipelineExecutionId } = await start({});
  const { status } = await local.codepipeline.wait(String(pipelineExecutionId));
  expect(status).toBe('Failed');
  const told = local.progress.filter(({ executionId }) => executionId === pipelineExecutionId);
  expect(told.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['pipelineStarted', 'actionFailed', 'pipelineFailed']),
  );
});

test('a run that a rule started names the rule', async () => {
  const id = local.codepipeline.start('plain', { type: 'event', rule: 'arn:rule' });
  const { execution } = await local.codepipeline.wait(id);
  expect(execution.trigger).toEqual({ triggerType: 'CloudWatchEvent', triggerDetail: 'arn:rule' });
});

test.each<[string, object, string]>([
  ['an unknown variable', { variables: variable('1', 'Gone') }, 'has no variable Gone; known are: Trigger.'],
  ['a missing value', { name: 'churn' }, 'the variable Depth has no default, so each run must set it.'],
  ['an empty value', { variables: variable('') }, 'the variable Trigger must have 1 to 1000 characters; found 0.'],
  ['a long value', { variables: variable('x'.repeat(1001)) }, '1 to 1000 characters; found 1001.'],
  ['a bad name', { variables: variable('1', 'a b') }, "a variable's name must have 1 to 128 of A-Z a-z 0-9 @ _ -"],
  ['a variable twice', { variables: [...variable('1'), ...variable('2')] }, 'the variable Trigger is given twice.'],
  ['no variables', { variables: [] }, 'variables must be a list of 1 to 50; found 0.'],
  [
    'a bad token',
    { clientRequestToken: 'a_b' },
    'clientRequestToken must have 1 to 128 of A-Z a-z 0-9 -; found "a_b".',
  ],
])('%s is refused', async (_, input, message) => {
  expect(await start(input)).toMatchObject({
    status: 400,
    __type: 'ValidationException',
    message: expect.stringContaining(message),
  });
});
