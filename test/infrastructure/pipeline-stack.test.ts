import { Match, Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { ACTIONS, BUILD_ENV, STAGES } from '../../lib/pipeline/contract';
import { CONFIG, testApp } from './app';
import { flatten } from './asl';

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
  readonly TimeoutInMinutes?: number;
}

interface Project {
  readonly Description: string;
  readonly Environment: { readonly EnvironmentVariables: { Name: string; Value: unknown }[] } & Record<string, unknown>;
  readonly Source: { readonly BuildSpec: string };
}

const template = Template.fromStack(testApp().stacks.pipeline);

const pipelineOf = (from: Template) =>
  Object.values(from.findResources('AWS::CodePipeline::Pipeline'))[0]?.Properties as {
    readonly Stages: { readonly Name: string; readonly Actions: Action[] }[];
  };
const stages = pipelineOf(template).Stages;
const action = (name: string): Action => {
  const found = stages.flatMap(({ Actions }) => Actions).find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`no action ${name}`);
  return found;
};
const projects = (from: Template): Project[] =>
  Object.values(from.findResources('AWS::CodeBuild::Project')).map(({ Properties }) => Properties as Project);
const project = (text: string): Project => {
  const found = projects(template).find(({ Description }) => Description.includes(text));
  if (found === undefined) throw new Error(`no project "${text}"`);
  return found;
};
const variables = ({ Environment }: Project): Record<string, unknown> =>
  Object.fromEntries(Environment.EnvironmentVariables.map(({ Name, Value }) => [Name, Value]));

describe('structure', () => {
  test('stages and actions run in the order that the documentation gives', () => {
    const inOrder = stages.map(({ Name, Actions }) => [
      Name,
      ...[...Actions].sort((a, b) => a.RunOrder - b.RunOrder).map((a) => a.Name),
    ]);
    expect(inOrder).toEqual([
      [STAGES.source, ACTIONS.source],
      [STAGES.codeTests, ACTIONS.test],
      [STAGES.dataTests, ACTIONS.gateData],
      [STAGES.train, ACTIONS.train],
      [STAGES.modelTests, ACTIONS.evaluate, ACTIONS.verdict],
      [STAGES.register, ACTIONS.register],
      [STAGES.staging, ACTIONS.deploy, ACTIONS.e2e],
      [STAGES.approval, ACTIONS.approve, ACTIONS.recordApproval],
      [STAGES.production, ACTIONS.rollout],
    ]);
  });

  test('two actions of a stage never run at once, since the second needs what the first did', () => {
    for (const { Actions } of stages)
      expect(new Set(Actions.map(({ RunOrder }) => RunOrder)).size).toBe(Actions.length);
  });

  test('it is a queued V2 pipeline on the artifact bucket', () => {
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Name: 'churn-release',
      PipelineType: 'V2',
      ExecutionMode: 'QUEUED',
      ArtifactStore: { Type: 'S3', Location: { 'Fn::ImportValue': Match.stringLikeRegexp('RunStoreBucket') } },
    });
    template.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('no value of an action is longer than CodePipeline allows, ids filled in', () => {
    const filled = (text: string) =>
      text
        .replace(/#\{codepipeline\.PipelineExecutionId\}/g, '0'.repeat(36))
        .replace(
          /#\{Register\.ModelPackageArn\}/g,
          `arn:aws:sagemaker:us-east-1:111122223333:model-package/${'x'.repeat(63)}/1000`,
        )
        .replace(/#\{Source\.\w+\}/g, '0'.repeat(40));
    for (const { Actions } of stages) {
      for (const { Name, Configuration } of Actions) {
        for (const [key, value] of Object.entries(Configuration)) {
          const text = typeof value === 'boolean' ? String(value) : filled(flatten(value));
          expect([Name, key, text.length <= 1000]).toEqual([Name, key, true]);
        }
      }
    }
  });
});

describe('source', () => {
  test('a connection triggers on pushes to the configured branch, once', () => {
    expect(action('Source').Configuration).toMatchObject({
      FullRepositoryId: 'example-org/churn',
      BranchName: 'release',
      DetectChanges: false,
    });
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Triggers: [{ GitConfiguration: { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['release'] } }] } }],
    });
  });

  test('the connection may be used under both of its service names', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
            Resource: 'arn:aws:codeconnections:us-east-1:111122223333:connection/0f0f',
          }),
        ]),
      }),
    });
  });

  test.each([
    ['codecommit', { type: 'codecommit', repository: 'churn', branch: 'main' }, 'CodeCommit', '#{Source.CommitId}'],
    ['s3', { type: 's3', bucket: 'pushes-of-churn', key: 'churn.zip' }, 'S3', '#{Source.VersionId}'],
  ] as const)('%s is a source, too', (_, source, provider, commit) => {
    const other = pipelineOf(Template.fromStack(testApp({ ...CONFIG, source }).stacks.pipeline));
    expect(other.Stages[0]?.Actions[0]?.ActionTypeId.Provider).toBe(provider);
    expect(other.Stages[1]?.Actions[0]?.Configuration.EnvironmentVariables).toContain(commit);
  });
});

describe('handing over', () => {
  test('builds get run and commit from the action', () => {
    for (const name of [ACTIONS.test, ACTIONS.gateData, ACTIONS.evaluate]) {
      const values = JSON.parse(String(action(name).Configuration.EnvironmentVariables)) as {
        name: string;
        value: string;
      }[];
      expect(values.map(({ name: variable, value }) => [variable, value])).toEqual([
        [BUILD_ENV.runId, '#{codepipeline.PipelineExecutionId}'],
        [BUILD_ENV.commit, '#{Source.CommitId}'],
        ...(name === ACTIONS.gateData ? [[BUILD_ENV.trigger, '#{variables.Trigger}']] : []),
      ]);
    }
  });

  test('a run that nobody says more about was started by a push', () => {
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Variables: [{ Name: 'Trigger', DefaultValue: 'push' }],
    });
  });

  test('actions before Register know the run, those after it also the package', () => {
    const run = { runId: '#{codepipeline.PipelineExecutionId}' };
    const release = { ...run, modelPackageArn: '#{Register.ModelPackageArn}' };
    const input = (name: string): unknown => {
      const { Input, UserParameters } = action(name).Configuration;
      return JSON.parse(String(Input ?? UserParameters));
    };
    expect([ACTIONS.train, ACTIONS.verdict, ACTIONS.register].map(input)).toEqual([run, run, run]);
    expect([ACTIONS.deploy, ACTIONS.e2e, ACTIONS.recordApproval, ACTIONS.rollout].map(input)).toEqual([
      release,
      release,
      release,
      release,
    ]);
  });

  test('without a required approval nobody is asked, and the record of it comes first and alone', () => {
    const automatic = testApp({
      ...CONFIG,
      environments: { production: { instanceCount: 2, approval: { required: false } } },
    });
    const { Stages } = pipelineOf(Template.fromStack(automatic.stacks.pipeline));
    const approval = Stages.find(({ Name }) => Name === STAGES.approval);
    expect(approval?.Actions.map(({ Name }) => Name)).toEqual([ACTIONS.recordApproval]);
  });

  test('the approval links the report, tells the topic and ends after the configured time', () => {
    const { Configuration, TimeoutInMinutes } = action(ACTIONS.approve);
    expect(flatten(Configuration.ExternalEntityLink)).toMatch(
      /prefix=runs\/#\{codepipeline\.PipelineExecutionId\}\/reports\/model\.html$/,
    );
    expect(Configuration.NotificationArn).toEqual({ Ref: expect.stringContaining('Topic') });
    expect(TimeoutInMinutes).toBe(24 * 60);
  });
});

describe('builds', () => {
  test('are small, unprivileged, bounded and logged', () => {
    // Three of the pipeline, which keep a cache, and the one of pull requests, which does not.
    template.resourcePropertiesCountIs('AWS::CodeBuild::Project', { Cache: { Modes: ['LOCAL_CUSTOM_CACHE'] } }, 3);
    template.resourceCountIs('AWS::CodeBuild::Project', 4);
    template.allResourcesProperties('AWS::CodeBuild::Project', {
      TimeoutInMinutes: 30,
      Environment: Match.objectLike({
        ComputeType: 'BUILD_GENERAL1_SMALL',
        Image: 'aws/codebuild/standard:7.0',
        PrivilegedMode: false,
      }),
      LogsConfig: { CloudWatchLogs: Match.objectLike({ Status: 'ENABLED' }) },
    });
  });

  test('a combined repository brings its buildspec and tests the infrastructure', () => {
    const code = project('unit and integration');
    expect(code.Source.BuildSpec).toBe('buildspec.yml');
    expect(variables(code)).toEqual({ [BUILD_ENV.workload]: 'examples/churn', [BUILD_ENV.infrastructureTests]: '1' });
  });

  test('a repository of its own gets the same buildspec from the template, without infrastructure tests', () => {
    const own = testApp({ ...CONFIG, workload: { path: '.', repository: 'own' } }).stacks.pipeline;
    const code = projects(Template.fromStack(own)).find(({ Description }) => Description.includes('unit'));
    expect((parse(code?.Source.BuildSpec ?? '') as { version: string }).version).toBe('0.2');
    expect(code && variables(code)).toEqual({ [BUILD_ENV.workload]: '.', [BUILD_ENV.infrastructureTests]: '0' });
  });

  test.each([['judges its data'], ['Judges the trained model']])(
    'the gate that "%s" knows buckets, image and command line',
    (text) => {
      expect(variables(project(text))).toMatchObject({
        [BUILD_ENV.application]: 'churn',
        [BUILD_ENV.workload]: 'examples/churn',
        [BUILD_ENV.image]: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
        [BUILD_ENV.artifactBucket]: { 'Fn::ImportValue': expect.stringContaining('RunStoreBucket') },
        [BUILD_ENV.goldenBucket]: { 'Fn::ImportValue': expect.stringContaining('GoldenDataBucket') },
        [BUILD_ENV.cli]: { 'Fn::Sub': expect.stringMatching(/^s3:\/\//) },
        [BUILD_ENV.duckdb]: { 'Fn::Sub': expect.stringMatching(/^s3:\/\//) },
      });
    },
  );

  test('the tests of a push may not write to the artifact bucket', () => {
    const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      /BuildsCodeTestsRoleDefaultPolicy/.test(id),
    );
    expect(policy).toBeDefined();
    expect(JSON.stringify(policy)).not.toMatch(/s3:(Put|Delete)/);
  });
});

describe('permissions', () => {
  const policyOf = (id: RegExp): string => {
    const [found] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([name]) => id.test(name));
    if (found === undefined) throw new Error(`no policy ${id}`);
    return JSON.stringify(found[1]);
  };

  test('the Train machine passes one role, and only to SageMaker', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          {
            Action: 'iam:PassRole',
            Effect: 'Allow',
            Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainingExecutionRole'), 'Arn'] },
          },
        ]),
      }),
    });
  });

  test('the Train machine can wait for jobs: it may make and read the rules that .sync uses', () => {
    const policy = policyOf(/^TrainingMachineRole/);
    for (const kind of ['Training', 'Transform'])
      expect(policy).toContain(`rule/StepFunctionsGetEventsForSageMaker${kind}JobsRule`);
    for (const verb of ['Create', 'Describe', 'Stop']) expect(policy).toContain(`sagemaker:${verb}TransformJob`);
  });

  test('the champion is tried out on the image of its own day, from its package', () => {
    const packages = 'model-package/churn/*';
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^TrainingMachineRole'),
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sagemaker:CreateModel',
            Resource: Match.arrayWith([{ 'Fn::Join': ['', Match.arrayWith([`:${packages}`])] }]),
          }),
        ]),
      }),
    });
    expect(policyOf(/^TrainingExecutionRole/)).toContain(':ecr:us-east-1:*:repository/*');
  });

  test('only those who decide may update packages, and only those who judge may create them', () => {
    expect(policyOf(/^ModelRegistryVerdictRole/)).toContain('sagemaker:CreateModelPackage');
    expect(policyOf(/^ModelRegistryRecordApprovalRole/)).not.toContain('sagemaker:CreateModelPackage');
    expect(policyOf(/^TrainingPrepareRole/)).not.toContain('ModelPackage');
  });
});

describe('notices', () => {
  test('the topic is encrypted, refuses plain HTTP and reaches the team', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'team@example.com' });
  });

  test.each([
    ['Stage', { pipeline: ['churn-release'], state: ['FAILED'] }],
    ['Pipeline', { pipeline: ['churn-release'], state: ['SUCCEEDED'] }],
    ['Action', { pipeline: ['churn-release'], stage: ['Approval'], action: ['Approve'], state: ['FAILED'] }],
  ])('%s events are matched for this pipeline alone', (kind, detail) => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.codepipeline'],
        'detail-type': [`CodePipeline ${kind} Execution State Change`],
        detail,
      },
    });
  });

  test('outputs have stable names', () => {
    template.hasOutput('PipelineName', { Value: 'churn-release' });
    template.hasOutput('NoticeTopicArn', {});
  });

  test('the command line finds the machine that trains', () => {
    const [parameter] = Object.values(
      template.findResources('AWS::SSM::Parameter', { Properties: { Name: '/assay/churn/pipeline' } }),
    );
    expect(JSON.parse(flatten(parameter?.Properties.Value))).toMatchObject({
      pipelineName: 'churn-release',
      trainMachineArn: expect.stringMatching(/^<TrainingMachine/),
    });
  });
});
