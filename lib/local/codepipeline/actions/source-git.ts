import { ActionFailed, type ActionOutcome, type ActionRun, onlyKeys, required } from '../action';
import type { Commit } from '../sources';

/** Source through a connection to GitHub, GitLab or Bitbucket: here the local repository of the same full name. */
export async function runConnectionSource(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['ConnectionArn', 'FullRepositoryId', 'BranchName', 'DetectChanges', 'OutputArtifactFormat']);
  const repository = required(run, 'FullRepositoryId');
  const commit = await fetchCommit(run, repository);
  return outcome(commit, { FullRepositoryName: repository, ConnectionArn: required(run, 'ConnectionArn') });
}

export async function runCodeCommitSource(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['RepositoryName', 'BranchName', 'PollForSourceChanges', 'OutputArtifactFormat']);
  const repository = required(run, 'RepositoryName');
  const commit = await fetchCommit(run, repository);
  return outcome(commit, { RepositoryName: repository });
}

async function fetchCommit(run: ActionRun, repository: string): Promise<Commit> {
  const format = run.configuration.OutputArtifactFormat ?? 'CODE_ZIP';
  if (format !== 'CODE_ZIP') {
    throw new ActionFailed(
      'ConfigurationError',
      `Action ${run.action.name}: OutputArtifactFormat ${format} is not supported; known is CODE_ZIP.`,
    );
  }
  const pushed = run.pushed?.repository === repository ? run.pushed.branch : undefined;
  const branch = pushed ?? required(run, 'BranchName');
  try {
    const commit = await run.services.sources.commit(repository, branch);
    const archive = await run.services.sources.archive(repository, commit.id);
    for (const output of run.outputs) await run.objects.put(output, archive);
    run.line(`${repository}@${branch} ${commit.id.slice(0, 8)} ${commit.message.split('\n')[0] ?? ''}`);
    return commit;
  } catch (error) {
    throw new ActionFailed('RevisionUnavailable', error instanceof Error ? error.message : String(error));
  }
}

const outcome = (commit: Commit, more: Readonly<Record<string, string>>): ActionOutcome => ({
  variables: {
    CommitId: commit.id,
    BranchName: commit.branch,
    CommitMessage: commit.message,
    AuthorDate: commit.authorDate,
    ...more,
  },
  revision: { id: commit.id, summary: commit.message },
});
