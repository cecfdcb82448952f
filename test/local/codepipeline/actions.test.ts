import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { zipTexts } from '../../../lib/local/codebuild/archive';
import { Objects } from '../../../lib/local/codebuild/objects';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { createStepFunctions } from '../../../lib/local/stepfunctions';
import {
  action,
  BUCKET,
  build,
  clouds,
  provisionPipeline,
  provisionProject,
  SOURCE,
  stage,
  type World,
} from './harness';

const { start } = clouds();

const buildspec = (...commands: string[]) => ({ version: 0.2, phases: { build: { commands } } });

test('an S3 source is a version of an object; a notification goes to the topic of the approval', async () => {
  const { local } = await start({ approvals: { decide: async () => ({ status: 'Approved', summary: 'ok' }) } });
  const objects = new Objects(local.context);
  const source = (key: string) =>
    stage(
      'Source',
      action(
        'Source',
        'Source/S3',
        { S3Bucket: BUCKET, S3ObjectKey: key },
        { OutputArtifacts: [{ Name: 'SourceArtifact' }], Namespace: 'S' },
      ),
    );
  await objects.client.send(
    new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  await objects.put({ bucket: BUCKET, key: 'source.zip' }, await zipTexts({ 'a.txt': 'a' }));
  objects.close();
  await provisionProject(
    local,
    'Build',
    buildspec('[ "$(cat a.txt)" = a ]', '[ "$VERSION" = "$CODEBUILD_RESOLVED_SOURCE_VERSION" ]'),
  );
  const sns = new SNSClient(awsClientConfig(local.context));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'approvals' }));
  const later = [
    stage('Build', build('Build', { EnvironmentVariables: '[{"name":"VERSION","value":"#{S.VersionId}"}]' })),
    stage('Approval', action('Approve', 'Approval/Manual', { NotificationArn: TopicArn })),
  ];
  const run = async (key: string) => {
    await provisionPipeline(local, [source(key), ...later]);
    return local.codepipeline.wait(local.codepipeline.start('churn', { type: 'manual' }));
  };
  expect((await run('source.zip')).failure).toBeUndefined();
  expect((await run('absent.zip')).failure?.message).toMatch(
    /^The source s3:\/\/artifacts\/absent.zip cannot be read: NotFound/,
  );
}, 30_000);

test('a state machine of the engine runs as an action; its error is the action’s', async () => {
  const states = (context: World['context']) => createStepFunctions(context, { invoke: async () => ({}) });
  let machines: ReturnType<typeof states> | undefined;
  const service = () => {
    if (machines === undefined) throw new Error('the state machines are made below');
    return machines;
  };
  const { local } = await start({
    stepfunctions: {
      start: (...args) => service().start(...args),
      wait: (...args) => service().wait(...args),
      stop: (...args) => service().stop(...args),
    },
  });
  machines = states(local.context);
  const train = await machines.providers[0]?.create({
    logicalId: 'Train',
    type: 'AWS::StepFunctions::StateMachine',
    stack: 'Test',
    properties: {
      StateMachineName: 'train',
      RoleArn: 'arn:aws:iam::123456789012:role/train',
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Check',
        States: {
          Check: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.ok %}', Next: 'Done' }], Default: 'Bad' },
          Done: { Type: 'Succeed', Output: '{% {"was": $states.input} %}' },
          Bad: { Type: 'Fail', Error: 'TrainingFailed', Cause: 'job churn-1 ran out of memory' },
        },
      }),
    },
  });
  const invoke = (input: string) =>
    action(
      'Train',
      'Invoke/StepFunctions',
      { StateMachineArn: train?.ref, Input: input },
      { OutputArtifacts: [{ Name: 'Trained' }] },
    );
  await provisionPipeline(local, [SOURCE, stage('Train', invoke('{"ok":true}'))]);
  const good = await local.push({ 'a.txt': 'a' });
  expect(good.failure).toBeUndefined();
  await provisionPipeline(local, [SOURCE, stage('Train', invoke('{"ok":false}'))]);
  const bad = await local.push({ 'a.txt': 'b' });
  expect(bad.failure?.message).toMatch(
    /^The execution .* ended as FAILED: TrainingFailed: job churn-1 ran out of memory$/,
  );
  await machines.close();
});
