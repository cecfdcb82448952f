import { Match, Template } from 'aws-cdk-lib/assertions';
import type { AppConfigInput } from '../../lib/config/app';
import { CHECKS, PREPARE, pullRequestBuildspec } from '../../lib/pull-requests/buildspec';
import { CONFIG, testApp } from './app';

const CONNECTION = 'arn:aws:codeconnections:us-east-1:111122223333:connection/0f0f';
const templateOf = (more: Partial<AppConfigInput> = {}): Template =>
  Template.fromStack(testApp({ ...CONFIG, ...more }).stacks.pipeline);
const source = (more: object) => ({ ...CONFIG.source, ...more }) as AppConfigInput['source'];

/** The project of pull requests: the only one with triggers. */
function projectOf(template: Template) {
  const [[id, project] = []] = Object.entries(
    template.findResources('AWS::CodeBuild::Project', { Properties: { Triggers: Match.anyValue() } }),
  );
  if (id === undefined || project === undefined) throw new Error('there is no project with triggers');
  return { id, dependsOn: project.DependsOn as string[], properties: project.Properties };
}

/** What the project's role may do. */
function statementsOf(template: Template) {
  const role = JSON.stringify(projectOf(template).properties.ServiceRole['Fn::GetAtt'][0]);
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement) as {
    readonly Action: string | string[];
    readonly Resource: unknown;
  }[];
}

describe('a repository behind a connection', () => {
  let template: Template;
  let project: ReturnType<typeof projectOf>;
  beforeAll(() => {
    template = templateOf({ source: source({ branch: 'release/1.x' }) });
    project = projectOf(template);
  });

  test('is built for pull requests to its branch alone, and its status is what branch protection asks for', () => {
    expect(project.properties.Source).toEqual({
      Type: 'GITHUB',
      Location: 'https://github.com/example-org/churn.git',
      Auth: { Type: 'CODECONNECTIONS', Resource: CONNECTION },
      BuildSpec: expect.any(String),
      BuildStatusConfig: { Context: 'assay' },
      GitCloneDepth: 1,
      ReportBuildStatus: true,
    });
    const events = 'PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED';
    expect(project.properties.Triggers).toEqual({
      Webhook: true,
      FilterGroups: [
        [
          { Type: 'EVENT', Pattern: events },
          { Type: 'BASE_REF', Pattern: '^refs/heads/release/1\\.x$' },
        ],
      ],
      PullRequestBuildPolicy: {
        RequiresCommentApproval: 'FORK_PULL_REQUESTS',
        ApproverRoles: ['GITHUB_WRITE', 'GITHUB_MAINTAIN', 'GITHUB_ADMIN'],
      },
    });
  });

  test('is built without privileges, without a cache, and by a few at a time', () => {
    expect(project.properties).toMatchObject({
      ConcurrentBuildLimit: 5,
      Cache: { Type: 'NO_CACHE' },
      Environment: { PrivilegedMode: false },
      TimeoutInMinutes: 30,
      Artifacts: { Type: 'NO_ARTIFACTS' },
    });
  });

  test('may read golden data, and write nothing but its logs and reports', () => {
    const statements = statementsOf(template);
    const actions = statements.flatMap(({ Action }) => Action);
    expect([...new Set(actions)].sort()).toEqual([
      'codebuild:BatchPutCodeCoverages',
      'codebuild:BatchPutTestCases',
      'codebuild:CreateReport',
      'codebuild:CreateReportGroup',
      'codebuild:UpdateReport',
      'codeconnections:GetConnection',
      'codeconnections:GetConnectionToken',
      'codeconnections:UseConnection',
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
    ]);
    const read = statements.filter(({ Action }) => Action.includes('s3:GetObject'));
    expect(read).toHaveLength(1);
    expect(JSON.stringify(read[0]?.Resource)).toContain('/datasets/*');
  });

  test('of a repository without Assay may read its two tools beside that, and no other file of the bucket they lie in', () => {
    const statements = statementsOf(templateOf({ workload: { path: '.', repository: 'own' } }));
    const tools = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('-assets-'));
    expect(tools.map(({ Action }) => Action)).toEqual(['s3:GetObject']);
    const objects = tools.flatMap(({ Resource }) => Resource).map((object) => JSON.stringify(object));
    expect(objects).toHaveLength(2);
    for (const object of objects) expect(object).toMatch(/-assets-[^*]*\/[0-9a-f]{64}\.zip"/);
  });

  test('the project is made after the permission to use the connection, which CodeBuild tries at once', () => {
    expect(project.dependsOn).toEqual([expect.stringMatching(/^PullRequestsConnectionPolicy/)]);
    // And not after the policy that names the project itself.
    const [policy = ''] = project.dependsOn;
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy')[policy])).not.toContain(project.id);
  });
});

test.each([
  ['gitlab', 'group/sub/churn', 'GITLAB', 'https://gitlab.com/group/sub/churn.git', 'GITLAB_DEVELOPER'],
  ['bitbucket', 'team/churn', 'BITBUCKET', 'https://bitbucket.org/team/churn.git', 'BITBUCKET_WRITE'],
] as const)('the repository may lie at %s', (host, repository, type, location, approver) => {
  const { properties } = projectOf(templateOf({ source: source({ repository }), pullRequests: { host } }));
  expect(properties.Source).toMatchObject({ Type: type, Location: location });
  expect(properties.Triggers.PullRequestBuildPolicy.ApproverRoles).toContain(approver);
});

test('GitHub has no groups of repositories', () => {
  expect(() => templateOf({ source: source({ repository: 'group/sub/churn' }) })).toThrow(
    'pullRequests.host: only GitLab has repositories in groups: is "gitlab", or source.repository is "owner/name"',
  );
});

test.each<[string, Partial<AppConfigInput>]>([
  ['they are switched off', { pullRequests: { enabled: false } }],
  ['the source is an archive', { source: { type: 's3', bucket: 'pushes', key: 'churn.zip' } }],
])('there are no builds where %s', (_, config) => {
  const projects = templateOf(config).findResources('AWS::CodeBuild::Project', {
    Properties: { Triggers: Match.anyValue() },
  });
  expect(projects).toEqual({});
});

describe('the buildspec', () => {
  interface Spec {
    readonly phases: Readonly<Record<'install' | 'build', { readonly commands: readonly string[] }>>;
    readonly reports: Readonly<Record<string, { readonly files: readonly string[] }>>;
  }

  test('calls the scripts of the pull request, and cannot be changed by it', () => {
    const { phases } = pullRequestBuildspec('combined') as unknown as Spec;
    expect([phases.install.commands, phases.build.commands]).toEqual([PREPARE, CHECKS]);
  });

  test('brings the scripts along, and the command line, where the repository has none', () => {
    const { phases, reports } = pullRequestBuildspec('own') as unknown as Spec;
    expect(phases.build.commands.at(-1)).toBe('bash "$ASSAY_CHECKS/data.sh"');
    expect(phases.install.commands[0]).toContain('>"$ASSAY_CHECKS/data.sh"');
    expect(Object.keys(reports)).not.toContain('infrastructure');
    const template = templateOf({ workload: { path: '.', repository: 'own' } });
    const { properties } = projectOf(template);
    const names = (properties.Environment.EnvironmentVariables as { Name: string }[]).map(({ Name }) => Name);
    expect(names).toEqual(expect.arrayContaining(['ASSAY_CLI_URI', 'ASSAY_DUCKDB_URI', 'ASSAY_GOLDEN_BUCKET']));
  });
});

describe('a repository of CodeCommit', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ source: { type: 'codecommit', repository: 'churn', branch: 'main' } });
  });

  test('has its pull requests built when an event tells of a new revision', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.codecommit'],
        'detail-type': ['CodeCommit Pull Request State Change'],
        detail: {
          event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'],
          destinationReference: ['refs/heads/main'],
          pullRequestStatus: ['Open'],
        },
      },
      Targets: [
        Match.objectLike({
          RetryPolicy: { MaximumRetryAttempts: 3 },
          InputTransformer: {
            InputPathsMap: Match.objectLike({ 'detail-pullRequestId': '$.detail.pullRequestId' }),
            InputTemplate: Match.stringLikeRegexp('"sourceVersion":<detail-sourceCommit>'),
          },
        }),
      ],
    });
  });

  test('lets a function approve, and not the build, whose code could approve itself', () => {
    const allowed = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes('codecommit:UpdatePullRequestApprovalState'),
    );
    expect(allowed).toHaveLength(1);
    expect(JSON.stringify(allowed[0]?.Properties.Roles)).toContain('PullRequestsCodeCommitReport');
  });
});
