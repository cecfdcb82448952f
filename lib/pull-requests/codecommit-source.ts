import { Source } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import type { Construct } from 'constructs';
import type { SourceConfig } from '../config/app';
import { CodeCommitChecks } from './codecommit';
import type { PullRequestSource } from './connection-source';

/** Pull requests of a CodeCommit repository. */
export function codeCommitSource(
  scope: Construct,
  { repository: name, branch }: Extract<SourceConfig, { type: 'codecommit' }>,
): PullRequestSource {
  const repository = Repository.fromRepositoryName(scope, 'Repository', name);
  return {
    origin: Source.codeCommit({ repository, cloneDepth: 1 }),
    complete: (project) => {
      new CodeCommitChecks(scope, 'CodeCommit', { project, repository, branch });
    },
  };
}
