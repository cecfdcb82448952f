import { reasonOfTests } from '../../core/report/build-reason';
import type { GitSources } from '../codepipeline/sources';
import type { Project } from './project';
import type { BuildResult, CodeBuild } from './service';
import { startsBuild, type Webhook, type WebhookEvent } from './webhook';

/** A pull request of the work tree in a folder. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  /** Branch that it is to be merged into. */
  readonly base: string;
  /** Whether somebody opens it who may not write to the repository. @default false */
  readonly fork?: boolean;
  /** Each line of the build's log as it is written. @default nobody reads it */
  readonly onLine?: (line: string) => void;
  /** Stops the build. @default - it runs to its end */
  readonly signal?: AbortSignal;
}

/** What the pull request shows at the Git host. */
export interface PullRequestStatus {
  /** Name that branch protection asks for. */
  readonly context: string;
  /** `failure`: a check failed. `error`: the build could not be brought to its end. */
  readonly state: 'success' | 'failure' | 'error';
  /** One line of 140 characters at most, which is GitHub's limit. */
  readonly description: string;
  /** The build's log. */
  readonly url?: string;
}

const LONGEST_DESCRIPTION = 140;

interface Hooked {
  readonly project: Project;
  readonly webhook: Webhook;
  readonly repository: string;
}

/**
 * Opens a pull request with the files of a folder, at the repository and for the branch that a project's webhook watches.
 * @throws Error if no project builds it
 */
export async function checkPullRequest(
  folder: string,
  request: PullRequest,
  { codebuild, sources }: { readonly codebuild: CodeBuild; readonly sources: GitSources },
): Promise<PullRequestStatus> {
  const { number, base, fork = false } = request;
  const branch = `pull/${number}/head`;
  const event: WebhookEvent = {
    EVENT: 'PULL_REQUEST_CREATED',
    BASE_REF: `refs/heads/${base}`,
    HEAD_REF: `refs/heads/${branch}`,
  };
  const { project, webhook, repository } = projectFor(codebuild, event);
  const context = project.statusContext ?? `AWS CodeBuild (${project.name})`;
  if (webhook.approval === 'ALL_PULL_REQUESTS' || (fork && webhook.approval === 'FORK_PULL_REQUESTS')) {
    return { context, state: 'failure', description: 'Pull request approval required for starting a build' };
  }
  const { commit } = await sources.snapshotWorkTree(folder, { repository, branch });
  const archive = await sources.archive(repository, commit);
  try {
    const result = await codebuild.run({
      projectName: project.name,
      initiator: `GitHub-Hookshot/${number}`,
      archive,
      sourceVersion: `pr/${number}`,
      resolvedSourceVersion: commit,
      webhook: { event: event.EVENT, baseRef: event.BASE_REF, headRef: event.HEAD_REF, trigger: `pr/${number}` },
      ...(request.onLine === undefined ? {} : { onLine: request.onLine }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return { context, ...outcomeOf(result, codebuild), url: `file://${result.logPath}` };
  } catch (error) {
    return { context, state: 'error', description: short(error instanceof Error ? error.message : String(error)) };
  }
}

function projectFor(codebuild: CodeBuild, event: WebhookEvent): Hooked {
  const hooked = codebuild.projects().flatMap((project): readonly Hooked[] => {
    const { webhook, sourceLocation } = project;
    // https://github.com/owner/name.git
    const repository = /^https:\/\/[^/]+\/(.+?)(?:\.git)?$/.exec(sourceLocation ?? '')?.[1];
    return webhook === undefined || repository === undefined ? [] : [{ project, webhook, repository }];
  });
  const found = hooked.find(({ webhook }) => startsBuild(webhook, event));
  if (found !== undefined) return found;
  const why =
    hooked.length === 0
      ? 'the app has no project with a webhook (assay.config.ts: source.type "connection" and pullRequests.enabled)'
      : `the webhooks of ${hooked.map(({ project }) => project.name).join(', ')} leave it out`;
  throw new Error(`Nothing builds a pull request to ${event.BASE_REF}: ${why}.`);
}

/** As CodeBuild reports: a failed build is a failure, every other end but success is an error. */
function outcomeOf(
  { status, failure, reportArns }: BuildResult,
  codebuild: CodeBuild,
): Pick<PullRequestStatus, 'state' | 'description'> {
  if (status === 'SUCCEEDED') return { state: 'success', description: 'all checks passed' };
  const phase = failure === undefined ? status.toLowerCase() : `${failure.phase} failed: ${failure.message}`;
  if (status !== 'FAILED') return { state: 'error', description: short(phase) };
  return { state: 'failure', description: short(reasonOfTests(codebuild.failedTests(reportArns)) ?? phase) };
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST_DESCRIPTION ? line : `${line.slice(0, LONGEST_DESCRIPTION - 1)}…`;
}
