import { createHash } from 'node:crypto';
import { BatchGetBuildsCommand, type Build, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  CodeCommitClient,
  PostCommentForPullRequestCommand,
  PullRequestAlreadyClosedException,
  RevisionNotCurrentException,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';
import { type BuildEndedEvent, PULL_REQUEST_ENV, STATUS_CONTEXT } from '../../lib/pull-requests/contract';
import { reasonOfBuild } from '../observability/build-reason';

const codebuild = new CodeBuildClient({});
const codecommit = new CodeCommitClient({});

/**
 * Says at a pull request of CodeCommit how its checks ended. What was closed or pushed again meanwhile is left alone: the
 * later revision has a build of its own. Equal events post one comment.
 */
export async function handler({ detail }: BuildEndedEvent): Promise<void> {
  const buildId = detail['build-id'];
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const [build] = builds;
  if (build === undefined) throw new Error(`there is no build ${buildId}`);
  const pullRequestId = variable(build, PULL_REQUEST_ENV.id);
  // Somebody started the project by hand.
  if (pullRequestId === undefined) return;
  const passed = detail['build-status'] === 'SUCCEEDED';
  const revisionId = variable(build, PULL_REQUEST_ENV.revision);
  try {
    await codecommit.send(
      new UpdatePullRequestApprovalStateCommand({
        pullRequestId,
        revisionId,
        approvalState: passed ? 'APPROVE' : 'REVOKE',
      }),
    );
  } catch (error) {
    if (error instanceof RevisionNotCurrentException || error instanceof PullRequestAlreadyClosedException) return;
    throw error;
  }
  await codecommit.send(
    new PostCommentForPullRequestCommand({
      pullRequestId,
      repositoryName: variable(build, PULL_REQUEST_ENV.repository),
      beforeCommitId: variable(build, PULL_REQUEST_ENV.before),
      afterCommitId: variable(build, PULL_REQUEST_ENV.after),
      content: await comment(build, detail['build-status'], passed),
      clientRequestToken: createHash('sha256').update(buildId).digest('hex'),
    }),
  );
}

async function comment(build: Build, status: string, passed: boolean): Promise<string> {
  const reason = passed ? 'all checks passed' : await reasonOfBuild(codebuild, build.id ?? '');
  const log = build.logs?.deepLink;
  const state = passed ? 'success' : status === 'FAILED' ? 'failure' : 'error';
  return [`**${STATUS_CONTEXT}: ${state}** ${reason ?? status}`, ...(log === undefined ? [] : [`[log](${log})`])].join(
    '\n\n',
  );
}

const variable = (build: Build, name: string): string | undefined =>
  build.environment?.environmentVariables?.find((one) => one.name === name)?.value;
