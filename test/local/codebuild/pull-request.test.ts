import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPullRequest, type PullRequest } from '../../../lib/local/codebuild/pull-request';
import { type CodeBuild, createCodeBuild } from '../../../lib/local/codebuild/service';
import { createGitSources } from '../../../lib/local/codepipeline/service';
import { type Machine, machine, projectResource, provision } from './harness';

const FILTERS = [
  [
    { Type: 'EVENT', Pattern: 'PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED' },
    { Type: 'BASE_REF', Pattern: '^refs/heads/main$' },
  ],
];

/** Reports what the file `result.xml` of the pull request says; fails as the file `status` says. */
const SPEC = {
  version: '0.2',
  phases: {
    build: { commands: ['echo "$CODEBUILD_WEBHOOK_TRIGGER to $CODEBUILD_WEBHOOK_BASE_REF"', 'exit "$(cat status)"'] },
  },
  reports: { tests: { files: ['result.xml'] } },
};

const GREEN = '<testsuite name="s" tests="1"><testcase classname="tests.unit.test_x" name="test_y"/></testsuite>';
const RED = `<testsuite name="s" tests="1" failures="1"><testcase classname="tests.unit.test_x" name="test_y"><failure message="${'assert 1 == 2 '.repeat(20)}"/></testcase></testsuite>`;

let here: Machine;
let codebuild: CodeBuild;
let folder: string;

async function start(triggers: object = {}, more: object = {}): Promise<void> {
  await provision(
    codebuild,
    projectResource(SPEC, {
      Source: {
        Type: 'GITHUB',
        Location: 'https://github.com/example-org/churn.git',
        BuildSpec: JSON.stringify(SPEC),
        BuildStatusConfig: { Context: 'assay' },
      },
      Triggers: { Webhook: true, FilterGroups: FILTERS, ...triggers },
      ...more,
    }),
  );
}

beforeEach(() => {
  here = machine();
  codebuild = createCodeBuild(here.context);
  here.closers.push(() => codebuild.close());
  folder = mkdtempSync(join(tmpdir(), 'assay-pull-request-'));
  write('0', GREEN);
});
afterEach(async () => {
  await here.close();
  rmSync(folder, { recursive: true });
});

function write(status: string, report: string): void {
  writeFileSync(join(folder, 'status'), status);
  writeFileSync(join(folder, 'result.xml'), report);
}

const open = (request: Partial<PullRequest> = {}) =>
  checkPullRequest(
    folder,
    { number: 7, title: 'a change', base: 'main', ...request },
    { codebuild, sources: createGitSources(here.context) },
  );

test('a pull request whose checks pass is a success, and its build knows what started it', async () => {
  await start();
  const lines: string[] = [];
  await expect(open({ onLine: (line) => lines.push(line) })).resolves.toEqual({
    context: 'assay',
    state: 'success',
    description: 'all checks passed',
    url: expect.stringMatching(/^file:\/\/.*\.log$/),
  });
  expect(lines).toContain('pr/7 to refs/heads/main');
});

test('a failing test is a failure, told in 140 characters', async () => {
  await start();
  write('1', RED);
  const { state, description } = await open();
  expect(state).toBe('failure');
  expect(description).toMatch(/^tests\/unit\/test_x\.py::test_y failed: assert 1 == 2 .*…$/);
  expect(description).toHaveLength(140);
});

test('a command that fails without a failed test is a failure, too', async () => {
  await start();
  write('3', GREEN);
  await expect(open()).resolves.toMatchObject({
    state: 'failure',
    description: expect.stringMatching(/^BUILD failed: .*exit "\$\(cat status\)"/),
  });
});

test('a build that does not get to its end is an error, not a failure', async () => {
  await start({}, { TimeoutInMinutes: 0 });
  writeFileSync(join(folder, 'status'), '0');
  await expect(open()).resolves.toMatchObject({ state: 'error' });
  const stopping = new AbortController();
  stopping.abort();
  await expect(open({ signal: stopping.signal })).resolves.toMatchObject({ state: 'error' });
});

test('builds beyond the limit are refused, which is an error', async () => {
  await start({}, { ConcurrentBuildLimit: 0 });
  await expect(open()).resolves.toMatchObject({
    state: 'error',
    description: expect.stringContaining('which is its limit'),
  });
});

test('an outsider waits for approval where the policy says so, and only there', async () => {
  await start({ PullRequestBuildPolicy: { RequiresCommentApproval: 'FORK_PULL_REQUESTS', ApproverRoles: [] } });
  await expect(open()).resolves.toMatchObject({ state: 'success' });
  await expect(open({ fork: true })).resolves.toEqual({
    context: 'assay',
    state: 'failure',
    description: 'Pull request approval required for starting a build',
  });
});

test('a pull request to another branch starts nothing', async () => {
  await start();
  await expect(open({ base: 'maintenance' })).rejects.toThrow(
    'Nothing builds a pull request to refs/heads/maintenance: the webhooks of tests leave it out.',
  );
});

test('without a project that has a webhook there is nothing to open', async () => {
  await provision(codebuild, projectResource(SPEC));
  await expect(open()).rejects.toThrow(
    'the app has no project with a webhook (assay.config.ts: source.type "connection" and pullRequests.enabled)',
  );
});

test.each([
  [{ FilterGroups: [[{ Type: 'FILE_PATH', Pattern: 'x' }]] }, 'the webhook filter FILE_PATH is not supported'],
  [{ BuildType: 'BUILD_BATCH' }, 'Triggers.BuildType BUILD_BATCH is not supported'],
  [{ ScopeConfiguration: { Name: 'x' } }, 'Triggers.ScopeConfiguration is not supported'],
])('what would change when builds start is refused by name: %j', async (triggers, problem) => {
  await expect(start(triggers)).rejects.toThrow(problem);
});
