import { type Candidate, resolveRelease } from '../../core/lineage/resolve';
import { liveRelease } from '../../core/rollout/releases';
import { type ReleaseDocument, RUN_KEYS } from '../../pipeline/contract';
import { UsageError } from '../../release/environment';
import { type ApplicationOptions, applicationConfig } from '../rollout/application';
import { locate } from '../rollout/location';
import { listCandidates } from './candidates';
import { lineageClients } from './clients';
import type { LineageSources } from './facts';
import { isMissingDocument, RunObjects } from './run-objects';

export async function openSources(options: ApplicationOptions): Promise<LineageSources> {
  const config = applicationConfig(options);
  const clients = lineageClients(config.region);
  return { clients, config, production: await locate(clients.ssm, config, 'production') };
}

/**
 * The release that is meant.
 *
 * @param id @default the one that serves in production
 * @throws UsageError if there is none, or more than one
 */
export async function findRelease(sources: LineageSources, id: string | undefined): Promise<Candidate> {
  const { clients, config, production } = sources;
  if (id === undefined) return findLive(sources);
  const candidates = await listCandidates(clients, config.application);
  const resolution = resolveRelease(id, candidates);
  if (resolution.kind === 'found') return resolution.candidate;
  if (resolution.kind === 'ambiguous') throw new UsageError(resolution.reason);
  const objects = /^[\w-]+$/.test(id)
    ? await RunObjects.list(clients.s3, clients.objects, production.artifactBucket, id)
    : undefined;
  if (objects?.exists !== true) throw new UsageError(resolution.reason);
  const release = await objects.read<ReleaseDocument>(RUN_KEYS.release, 'assay.release/1');
  return { runId: id, commit: isMissingDocument(release) ? '' : release.commit };
}

async function findLive({ clients, config, production }: LineageSources): Promise<Candidate> {
  const live = liveRelease(await clients.store(production).history());
  if (live === undefined) {
    throw new UsageError(
      `${production.endpointName} serves no release yet: name one; "assay release list" has them all`,
    );
  }
  const candidates = await listCandidates(clients, config.application);
  const { releaseId, modelPackageArn, runId, commit } = live;
  // A package that is gone from the registry is told as such; its run is still known.
  return (
    candidates.find((known) => known.modelPackageArn === modelPackageArn) ?? {
      releaseId,
      modelPackageArn,
      runId,
      commit,
    }
  );
}
