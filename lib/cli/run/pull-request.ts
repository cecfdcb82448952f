import type { PullRequestStatus } from '../../local/codebuild/pull-request';
import { EXIT } from '../exit';
import { withScenario } from './scenario-run';
import type { Scenario } from './scenarios';
import type { Session } from './session';
import type { Workload } from './workload';

const MARKS: Readonly<Record<PullRequestStatus['state'], string>> = { success: '✔', failure: '✘', error: '!' };

/**
 * Opens one pull request and prints the status that it would show. The session is closed whatever happens.
 * @returns the exit code: 0 for success alone
 */
export async function followPullRequest(
  session: Session,
  workload: Workload,
  scenario: Scenario | undefined,
): Promise<number> {
  let status: PullRequestStatus;
  try {
    await session.pushGoldenData(workload.folder);
    const open = (repository: string) => session.pullRequest(repository);
    status = await (scenario === undefined
      ? open(workload.repository)
      : withScenario(session, workload, scenario, open));
  } catch (error) {
    return session.closeAfter(error);
  }
  await session.close();
  process.stdout.write(statusText(status));
  return status.state === 'success' ? EXIT.pass : EXIT.fail;
}

/** The status as the Git host would show it. */
export function statusText({ context, state, description, url }: PullRequestStatus): string {
  const log = url === undefined ? '' : `log: ${url.replace('file://', '')}\n`;
  return `\n${MARKS[state]} ${context}: ${state.toUpperCase()}: ${description}\n${log}`;
}
