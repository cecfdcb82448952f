import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import {
  CodeCommitClient,
  PostCommentForPullRequestCommand,
  PullRequestAlreadyClosedException,
  RevisionNotCurrentException,
  UpdatePullRequestApprovalStateCommand,
} from '@aws-sdk/client-codecommit';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../lambda/pull-requests/report';

const codebuild = mockClient(CodeBuildClient);
const codecommit = mockClient(CodeCommitClient);
const ID = 'arn:aws:codebuild:us-east-1:1:build/checks:1';

const VARIABLES = {
  ASSAY_PULL_REQUEST: '7',
  ASSAY_PULL_REQUEST_REVISION: 'r1',
  ASSAY_PULL_REQUEST_REPOSITORY: 'churn',
  ASSAY_PULL_REQUEST_BEFORE: 'b'.repeat(40),
  ASSAY_PULL_REQUEST_AFTER: 'a'.repeat(40),
};

beforeEach(() => {
  for (const mock of [codebuild, codecommit]) mock.reset();
  ended(VARIABLES);
});

function ended(variables: Readonly<Record<string, string>>): void {
  codebuild.on(BatchGetBuildsCommand).resolves({
    builds: [
      {
        id: 'checks:1',
        phases: [
          {
            phaseType: 'BUILD',
            phaseStatus: 'FAILED',
            contexts: [{ message: 'bash scripts/checks/tests.sh unit: exit status 1' }],
          },
        ],
        logs: { deepLink: 'https://console/log' },
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'i',
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: Object.entries(variables).map(([name, value]) => ({ name, value })),
        },
      },
    ],
  });
}

const report = (status: string) => handler({ detail: { 'build-id': ID, 'build-status': status } });
const approvals = () => codecommit.commandCalls(UpdatePullRequestApprovalStateCommand).map(({ args }) => args[0].input);
const comments = () => codecommit.commandCalls(PostCommentForPullRequestCommand).map(({ args }) => args[0].input);

test.each([
  ['SUCCEEDED', 'APPROVE', '**assay: success** all checks passed\n\n[log](https://console/log)'],
  [
    'FAILED',
    'REVOKE',
    '**assay: failure** BUILD failed: bash scripts/checks/tests.sh unit: exit status 1\n\n[log](https://console/log)',
  ],
  [
    'FAULT',
    'REVOKE',
    '**assay: error** BUILD failed: bash scripts/checks/tests.sh unit: exit status 1\n\n[log](https://console/log)',
  ],
])('a build that ended as %s', async (status, approvalState, content) => {
  await report(status);
  expect(approvals()).toEqual([{ pullRequestId: '7', revisionId: 'r1', approvalState }]);
  expect(comments()).toEqual([
    {
      pullRequestId: '7',
      repositoryName: 'churn',
      beforeCommitId: 'b'.repeat(40),
      afterCommitId: 'a'.repeat(40),
      content,
      clientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});

test('the token of a comment is that of the build, so that equal events post one', async () => {
  await report('FAILED');
  await report('FAILED');
  expect(new Set(comments().map(({ clientRequestToken }) => clientRequestToken)).size).toBe(1);
});

test.each([
  new RevisionNotCurrentException({ message: 'not current', $metadata: {} }),
  new PullRequestAlreadyClosedException({ message: 'closed', $metadata: {} }),
])('what went on meanwhile is left alone: $name', async (error) => {
  codecommit.on(UpdatePullRequestApprovalStateCommand).rejects(error);
  await report('SUCCEEDED');
  expect(comments()).toEqual([]);
});

test('every other refusal is an error, so that the event comes again', async () => {
  codecommit.on(UpdatePullRequestApprovalStateCommand).rejects(new Error('throttled'));
  await expect(report('SUCCEEDED')).rejects.toThrow('throttled');
});

test('a build that somebody started by hand concerns no pull request', async () => {
  ended({});
  await report('SUCCEEDED');
  expect(approvals()).toEqual([]);
});
