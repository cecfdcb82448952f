import { diffLineages } from '../../core/lineage/diff';
import { diffText } from '../../core/lineage/diff-text';
import type { Candidate } from '../../core/lineage/resolve';
import { lineageText, minute } from '../../core/lineage/text';
import { rolloutStatus } from '../../core/rollout/status';
import { EXIT } from '../exit';
import type { ApplicationOptions } from '../rollout/application';
import { readStatus } from '../rollout/status-facts';
import { textTable } from '../rollout/table';
import { listCandidates } from './candidates';
import { readLineage } from './facts';
import { findRelease, openSources } from './find';

/** `assay release show`. @returns the exit code */
export async function showRelease(id: string | undefined, options: ApplicationOptions): Promise<number> {
  const sources = await openSources(options);
  const lineage = await readLineage(sources, await findRelease(sources, id));
  return print(options, lineage, lineageText(lineage));
}

/** `assay release diff`. @returns the exit code; a difference is no failure */
export async function diffReleases(before: string, after: string, options: ApplicationOptions): Promise<number> {
  const sources = await openSources(options);
  const [a, b] = await Promise.all([findRelease(sources, before), findRelease(sources, after)]);
  const diff = diffLineages(await readLineage(sources, a), await readLineage(sources, b));
  return print(options, diff, diffText(diff));
}

/** `assay release list`. @returns the exit code */
export async function listReleases(options: ApplicationOptions): Promise<number> {
  const { clients, config, production } = await openSources(options);
  const [candidates, facts] = await Promise.all([
    listCandidates(clients, config.application),
    readStatus(clients, config, production),
  ]);
  const states = new Map(rolloutStatus(facts).releases.map(({ releaseId, state }) => [releaseId, state]));
  const releases = candidates.map((each) => ({ ...each, state: states.get(each.releaseId ?? '') ?? 'registered' }));
  const document = { schema: 'assay.releases/1', application: config.application, releases };
  return print(options, document, listText(releases));
}

function listText(releases: readonly (Candidate & { readonly state: string })[]): string {
  if (releases.length === 0) return 'no releases yet\n';
  const rows = releases.map(({ releaseId = '', state, approvalStatus = '', commit, runId, createdAt }) => [
    releaseId,
    state,
    approvalStatus,
    commit.slice(0, 12),
    runId,
    createdAt === undefined ? '' : minute(createdAt),
  ]);
  return `${textTable([['RELEASE', 'STATE', 'REGISTRY', 'COMMIT', 'RUN', 'REGISTERED'], ...rows]).join('\n')}\n`;
}

function print({ json }: ApplicationOptions, document: object, text: string): number {
  process.stdout.write(json === true ? `${JSON.stringify(document, null, 2)}\n` : text);
  return EXIT.pass;
}
