import { PushIgnored } from '../../../lib/local/codepipeline/service';
import { build, clouds, provisionPipeline, provisionProject, REPOSITORY, SOURCE, stage } from './harness';

const { start } = clouds();

const buildspec = (...commands: string[]) => ({ version: 0.2, phases: { build: { commands } } });

test('actions of one run order run side by side', async () => {
  const { local } = await start();
  const meet = (mine: string, other: string) =>
    buildspec(
      `touch "$DIR/${mine}"; for i in $(seq 100); do [ -e "$DIR/${other}" ] && exit 0; sleep 0.1; done; exit 1`,
    );
  const variables = JSON.stringify([{ name: 'DIR', value: local.context.stateDir }]);
  for (const [mine, other] of [
    ['A', 'B'],
    ['B', 'A'],
  ] as const)
    await provisionProject(local, mine, meet(mine, other));
  await provisionPipeline(local, [
    SOURCE,
    stage('Both', build('A', { EnvironmentVariables: variables }), build('B', { EnvironmentVariables: variables })),
  ]);
  expect((await local.push({ 'a.txt': 'a' })).status).toBe('Succeeded');
}, 30_000);

test('a variable without a value fails the action that uses it, by name', async () => {
  const { local } = await start();
  await provisionProject(local, 'Use', buildspec('true'));
  await provisionPipeline(local, [
    SOURCE,
    stage('Use', build('Use', { EnvironmentVariables: '[{"name":"A","value":"#{Nothing.here}"}]' })),
  ]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.failure?.message).toBe(
    'Action Use, EnvironmentVariables: the variable #{Nothing.here} has no value (known namespaces: codepipeline, variables, SourceVariables).',
  );
});

test('onFailure RETRY runs the failed actions once more', async () => {
  const { local } = await start();
  await provisionProject(local, 'Flaky', buildspec('test -e "$MARK" || { touch "$MARK"; exit 1; }'));
  await provisionProject(local, 'Steady', buildspec('echo once'));
  const variables = JSON.stringify([{ name: 'MARK', value: `${local.context.stateDir}/mark` }]);
  await provisionPipeline(local, [
    SOURCE,
    {
      Name: 'Tests',
      Actions: [build('Flaky', { EnvironmentVariables: variables }), build('Steady')],
      OnFailure: { Result: 'RETRY', RetryConfiguration: { RetryMode: 'FAILED_ACTIONS' } },
    },
  ]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.status).toBe('Succeeded');
  expect(result.execution.actions.map(({ actionName }) => actionName).sort()).toEqual([
    'Flaky',
    'Flaky',
    'Source',
    'Steady',
  ]);
}, 30_000);

test('a push to a branch the trigger leaves out does not start the pipeline, and says so', async () => {
  const { local } = await start();
  await provisionProject(local, 'Build', buildspec('true'));
  await provisionPipeline(local, [SOURCE, stage('Build', build('Build'))], {
    Triggers: [
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: {
          SourceActionName: 'Source',
          Push: [{ Branches: { Includes: ['main', 'release/**'], Excludes: ['release/old'] } }],
        },
      },
    ],
  });
  const push = (branch: string) => () =>
    local.codepipeline.start('churn', { type: 'push', repository: REPOSITORY, branch });
  expect(push('feature')).toThrow(
    new PushIgnored(
      'A push to feature does not start pipeline churn: its trigger takes main, release/** but not release/old.',
    ),
  );
  expect(push('release/old')).toThrow(PushIgnored);
  const failed = await local.codepipeline.wait(push('release/1/2')());
  expect(failed.failure?.message).toBe(
    'The repository team/churn has no branch release/1/2: nothing was pushed to it.',
  );
});

test('stopping the engine ends builds in progress and records the run as stopped', async () => {
  const { local } = await start();
  await provisionProject(local, 'Slow', buildspec('sleep 60'));
  await provisionPipeline(local, [SOURCE, stage('Slow', build('Slow'))]);
  local.codepipeline.onProgress((event) => {
    if (event.type === 'actionOutput' && event.line.includes('Running command')) void local.codepipeline.close();
  });
  const result = await local.push({ 'a.txt': 'a' });
  expect(result.status).toBe('Stopped');
  expect(result.execution.actions.at(-1)?.status).toBe('Abandoned');
}, 15_000);

test('each stage ends with a checkpoint, before the next begins; one that fails stops the run', async () => {
  const order: string[] = [];
  const { local } = await start({
    stageEnded: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('checkpoint');
      if (order.filter((each) => each === 'checkpoint').length === 2) throw new Error('the disk is full');
    },
  });
  local.codepipeline.onProgress(({ type, ...event }) => {
    if ((type === 'stageStarted' || type === 'stageSucceeded') && 'stage' in event)
      order.push(`${type} ${event.stage}`);
  });
  for (const name of ['One', 'Two']) await provisionProject(local, name, buildspec('true'));
  await provisionPipeline(local, [SOURCE, stage('One', build('One')), stage('Two', build('Two'))]);
  const result = await local.push({ 'a.txt': 'a' });
  expect(order).toEqual([
    'stageStarted Source',
    'stageSucceeded Source',
    'checkpoint',
    'stageStarted One',
    'stageSucceeded One',
    'checkpoint',
  ]);
  expect(result).toMatchObject({ status: 'Failed', failure: { stage: 'One', message: 'the disk is full' } });
});

test('a run that is abandoned ends at once, with what its build started', async () => {
  const { local } = await start();
  await provisionProject(local, 'Slow', buildspec('sleep 60'));
  await provisionPipeline(local, [SOURCE, stage('Slow', build('Slow'))]);
  const started = new Promise<string>((resolve) => {
    local.codepipeline.onProgress((event) => {
      if (event.type === 'actionStarted' && event.action === 'Slow') resolve(event.executionId);
    });
  });
  const ended = local.push({ 'a.txt': 'a' });
  const from = Date.now();
  local.codepipeline.abandon(await started, 'the run was stopped');
  expect(await ended).toMatchObject({ status: 'Stopped', failure: { message: 'the run was stopped' } });
  expect(Date.now() - from).toBeLessThan(10_000);
});
