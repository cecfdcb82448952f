import {
  type CfnProject,
  EventAction,
  FilterGroup,
  type ISource,
  type Project,
  Source,
} from 'aws-cdk-lib/aws-codebuild';
import { type CfnPolicy, type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AppConfig, SourceConfig } from '../config/app';
import type { GitHost } from '../config/app-pull-requests';
import { STATUS_CONTEXT } from './contract';

/** What CodeBuild knows of a host. Roles are those that may let a pull request of an outsider run (API: PullRequestBuildPolicy). */
const HOSTS: Readonly<
  Record<GitHost, { readonly type: string; readonly url: string; readonly approvers: readonly string[] }>
> = {
  github: { type: 'GITHUB', url: 'https://github.com', approvers: ['GITHUB_WRITE', 'GITHUB_MAINTAIN', 'GITHUB_ADMIN'] },
  gitlab: {
    type: 'GITLAB',
    url: 'https://gitlab.com',
    approvers: ['GITLAB_DEVELOPER', 'GITLAB_MAINTAINER', 'GITLAB_OWNER'],
  },
  bitbucket: { type: 'BITBUCKET', url: 'https://bitbucket.org', approvers: ['BITBUCKET_WRITE', 'BITBUCKET_ADMIN'] },
};

/** Where pull requests come from, and what the project needs for it that the CDK does not offer. */
export interface PullRequestSource {
  readonly origin: ISource;
  complete(project: Project): void;
}

type ConnectionConfig = Extract<SourceConfig, { type: 'connection' }>;

/**
 * Pull requests of a repository that a connection leads to. CodeBuild makes the webhook at the host, starts a build for every
 * pull request to the branch, and sets its status there.
 */
export function connectionSource(
  scope: Construct,
  role: IRole,
  source: ConnectionConfig,
  { host }: AppConfig['pullRequests'],
): PullRequestSource {
  const { connectionArn, repository, branch } = source;
  const { type, url, approvers } = HOSTS[host];
  const access = allowConnection(scope, role, connectionArn);
  const [owner = '', repo = ''] = repository.split('/');
  // Bitbucket tells no pull request that is opened again apart from one that is new.
  const reopened = host === 'bitbucket' ? [] : [EventAction.PULL_REQUEST_REOPENED];
  const events = FilterGroup.inEventOf(EventAction.PULL_REQUEST_CREATED, EventAction.PULL_REQUEST_UPDATED, ...reopened);
  return {
    origin: Source.gitHub({
      owner,
      repo,
      webhook: true,
      webhookFilters: [events.andBaseRefIs(`^refs/heads/${escaped(branch)}$`)],
      reportBuildStatus: true,
      buildStatusContext: STATUS_CONTEXT,
      cloneDepth: 1,
    }),
    complete: ({ node }) => {
      const project = node.defaultChild as CfnProject;
      project.addPropertyOverride('Source.Type', type);
      project.addPropertyOverride('Source.Location', `${url}/${repository}.git`);
      project.addPropertyOverride('Source.Auth', { Type: 'CODECONNECTIONS', Resource: connectionArn });
      project.addPropertyOverride('Triggers.PullRequestBuildPolicy', {
        RequiresCommentApproval: 'FORK_PULL_REQUESTS',
        ApproverRoles: approvers,
      });
      // CodeBuild tries the connection while the project is made; the role's own policy names the project and comes after it.
      project.addResourceDependency(access);
    },
  };
}

/** The action prefix must match the ARN's. */
function allowConnection(scope: Construct, role: IRole, connectionArn: string): CfnPolicy {
  const [, , service = 'codeconnections'] = connectionArn.split(':');
  const policy = new Policy(scope, 'ConnectionPolicy', {
    roles: [role],
    statements: [
      new PolicyStatement({
        actions: ['UseConnection', 'GetConnection', 'GetConnectionToken'].map((action) => `${service}:${action}`),
        resources: [connectionArn],
      }),
    ],
  });
  return policy.node.defaultChild as CfnPolicy;
}

/** For the regular expressions of webhook filters. */
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
