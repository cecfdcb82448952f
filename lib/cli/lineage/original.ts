import type { Gates } from '../../config/gates';
import type { Candidate } from '../../core/lineage/resolve';
import { type ReleaseDocument, RUN_KEYS, reportKey, type TrainingDocument } from '../../pipeline/contract';
import { Refused } from '../exit';
import { readRun } from './documents';
import type { LineageSources } from './facts';
import { isMissingDocument, RunObjects } from './run-objects';

/** What is reproduced: a run's documents, and what its report measured. */
export interface Original {
  readonly candidate: Candidate;
  readonly release: ReleaseDocument;
  readonly gates: Gates;
  readonly training: TrainingDocument;
  /** Metric → value, as the model gate's report has it. */
  readonly recorded: ReadonlyMap<string, number>;
}

/** @throws Refused naming every document without which the release cannot be made again */
export async function readOriginal(sources: LineageSources, candidate: Candidate): Promise<Original> {
  const { clients, production } = sources;
  const objects = await RunObjects.list(clients.s3, clients.objects, production.artifactBucket, candidate.runId);
  const [{ document: release, missing, metrics }, training] = await Promise.all([
    readRun(objects, true),
    objects.read<TrainingDocument>(RUN_KEYS.training, 'assay.training/1'),
  ]);
  // Without its report a release is compared by its predictions; nothing else can be done without.
  const needed = missing.filter(({ name }) => !REPORTS.has(name) && name !== RUN_KEYS.environment);
  if (release === undefined || isMissingDocument(training) || needed.length > 0) {
    const list = needed.map(({ name, why }) => `${name} ${why}`).join('; ');
    throw new Refused(`${name(candidate)} cannot be reproduced: ${list}`);
  }
  const recorded = new Map(metrics.map((metric) => [metric.name, metric.value]));
  return { candidate, release, gates: release.gates as Gates, training, recorded };
}

const REPORTS: ReadonlySet<string> = new Set(
  (['data', 'drift', 'model', 'behaviour'] as const).map((each) => reportKey(each)),
);

const name = ({ releaseId, runId }: Candidate): string =>
  releaseId === undefined ? `run ${runId}` : `release ${releaseId} (run ${runId})`;
