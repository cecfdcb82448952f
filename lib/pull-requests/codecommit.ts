import { Stack } from 'aws-cdk-lib';
import type { Project } from 'aws-cdk-lib/aws-codebuild';
import type { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CodeBuildProject, LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AssayFunction } from '../shared/assay-function';
import { PULL_REQUEST_ENV } from './contract';

export interface CodeCommitChecksProps {
  readonly project: Project;
  readonly repository: IRepository;
  readonly branch: string;
}

/** Where the values of a build's variables stand in the event. */
const FIELDS: Readonly<Record<keyof typeof PULL_REQUEST_ENV, string>> = {
  id: '$.detail.pullRequestId',
  revision: '$.detail.revisionId',
  repository: '$.detail.repositoryNames[0]',
  before: '$.detail.destinationCommit',
  after: '$.detail.sourceCommit',
};

const RETRIES = { retryAttempts: 3 };

/**
 * Checks of CodeCommit's pull requests, which have no webhook and no status: an event starts the build, and a function
 * approves the revision that passed, or takes the approval back, and comments on why. The build itself may do neither, or a
 * pull request could approve itself. An approval rule of the repository makes it a condition of the merge.
 */
export class CodeCommitChecks extends Construct {
  constructor(scope: Construct, id: string, { project, repository, branch }: CodeCommitChecksProps) {
    super(scope, id);
    new Rule(this, 'Changed', {
      description: `Pull requests to ${branch}`,
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Pull Request State Change'],
        resources: [repository.repositoryArn],
        detail: {
          event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'],
          destinationReference: [`refs/heads/${branch}`],
          pullRequestStatus: ['Open'],
        },
      },
      targets: [new CodeBuildProject(project, { ...RETRIES, event: RuleTargetInput.fromObject(START) })],
    });
    new Rule(this, 'Checked', {
      description: 'Builds of pull requests that have ended',
      eventPattern: {
        source: ['aws.codebuild'],
        detailType: ['CodeBuild Build State Change'],
        detail: {
          'project-name': [project.projectName],
          'build-status': ['SUCCEEDED', 'FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'],
        },
      },
      targets: [new LambdaFunction(this.reporter(project, repository), RETRIES)],
    });
  }

  private reporter(project: Project, repository: IRepository): AssayFunction {
    const reporter = new AssayFunction(this, 'Report', {
      entry: 'lambda/pull-requests/report.ts',
      description: 'Approves pull requests that passed, and comments on why others did not',
    });
    const reports = Stack.of(this).formatArn({
      service: 'codebuild',
      resource: 'report-group',
      resourceName: `${project.projectName}-*`,
    });
    for (const [actions, resource] of [
      [['codebuild:BatchGetBuilds'], project.projectArn],
      [['codebuild:BatchGetReports', 'codebuild:DescribeTestCases'], reports],
      [['codecommit:UpdatePullRequestApprovalState', 'codecommit:PostCommentForPullRequest'], repository.repositoryArn],
    ] as const) {
      reporter.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
    }
    return reporter;
  }
}

/** The request that starts a build (API: StartBuild). */
const START = {
  sourceVersion: EventField.fromPath(FIELDS.after),
  environmentVariablesOverride: Object.entries(FIELDS).map(([name, path]) => ({
    name: PULL_REQUEST_ENV[name as keyof typeof PULL_REQUEST_ENV],
    value: EventField.fromPath(path),
    type: 'PLAINTEXT',
  })),
};
