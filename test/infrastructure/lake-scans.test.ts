import { Match, Template } from 'aws-cdk-lib/assertions';
import { testApp } from './app';

const { stacks } = testApp();
const data = Template.fromStack(stacks.data);
const pipeline = Template.fromStack(stacks.pipeline);
const { workGroupName, databaseName } = stacks.data.lakeScans;

test('the work group enforces place, encryption, engine version and the most that a query may read', () => {
  data.hasResourceProperties('AWS::Athena::WorkGroup', {
    Name: workGroupName,
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 2 ** 40,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: {
        EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
        OutputLocation: Match.anyValue(),
      },
    },
  });
  expect(databaseName).toMatch(/^[a-z0-9_]{1,64}$/);
  data.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: Match.objectLike({ Name: databaseName }) });
});

test('answers are gone after a week', () => {
  data.hasResourceProperties('AWS::S3::Bucket', {
    LoggingConfiguration: { LogFilePrefix: 'scans/' },
    LifecycleConfiguration: {
      Rules: Match.arrayWith([Match.objectLike({ Id: 'old-answers', ExpirationInDays: 7, Status: 'Enabled' })]),
    },
  });
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const statements = Object.entries(pipeline.findResources('AWS::IAM::Policy')).flatMap(([id, { Properties }]) =>
  (Properties.PolicyDocument.Statement as readonly Statement[]).map((statement) => ({ id, ...statement })),
);
const granting = (action: RegExp) =>
  statements.filter(({ Action }) => [Action].flat().some((name) => action.test(name)));

test('the data tests alone may use it, in their work group and on their tables', () => {
  const athena = granting(/^athena:/);
  expect(athena.map(({ id }) => /DataTests/.test(id))).toEqual([true]);
  expect(athena[0]?.Action).toEqual([
    'athena:GetQueryExecution',
    'athena:GetQueryResults',
    'athena:StartQueryExecution',
    'athena:StopQueryExecution',
  ]);
  expect(JSON.stringify(athena[0]?.Resource)).toContain(`workgroup/${workGroupName}`);
  const glue = granting(/^glue:/);
  expect(glue.map(({ id }) => /DataTests/.test(id))).toEqual([true]);
  const text = JSON.stringify(glue[0]?.Resource);
  for (const part of [':catalog', `database/${databaseName}`, `table/${databaseName}/assay_*`])
    expect(text).toContain(part);
});

test('the build knows where to judge', () => {
  pipeline.hasResourceProperties('AWS::CodeBuild::Project', {
    Environment: Match.objectLike({
      EnvironmentVariables: Match.arrayWith([
        Match.objectLike({ Name: 'ASSAY_ATHENA_WORKGROUP', Value: workGroupName }),
        Match.objectLike({ Name: 'ASSAY_ATHENA_DATABASE', Value: databaseName }),
      ]),
    }),
  });
});
