import type { Report } from '../../lib/core/report/report';
import type { EnvironmentFingerprint, ReleaseDocument, TrainingDocument } from '../../lib/pipeline/contract';
import type { GateReports } from './registry';

/** Limits of CustomerMetadataProperties. */
const MAX_ENTRIES = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

/** Keys that others read again. */
export const METADATA = {
  run: 'assay.run',
  commit: 'assay.commit',
  trigger: { kind: 'assay.trigger', reason: 'assay.trigger.reason' },
  dataset: { name: 'assay.dataset.name', version: 'assay.dataset.version', digest: 'assay.dataset.digest' },
} as const;

/** Characters other than these are refused by the registry. */
const FORBIDDEN = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/**
 * Where a release comes from, as flat text: what a person searches the registry for. Everything in it can also be found
 * in the run's documents; entries beyond the registry's limit of 50 (the last metrics) are left to those.
 */
export function lineage(
  release: ReleaseDocument,
  training: TrainingDocument,
  { model, behaviour }: GateReports,
  environment: EnvironmentFingerprint | undefined,
): Record<string, string> {
  const { dataset } = release;
  const entries: [string, string | undefined][] = [
    [METADATA.run, release.runId],
    [METADATA.commit, release.commit],
    ['assay.branch', release.branch],
    [METADATA.trigger.kind, release.trigger?.kind],
    [METADATA.trigger.reason, release.trigger?.reason],
    ['assay.source.uri', release.sourceUri],
    ['assay.source.sha256', release.sourceSha256],
    ['assay.gates.sha256', release.gatesSha256],
    [METADATA.dataset.name, dataset.name],
    [METADATA.dataset.version, dataset.version],
    [METADATA.dataset.digest, dataset.digest],
    ['assay.dataset.train.versionId', dataset.train.versionId],
    ['assay.dataset.train.sha256', dataset.train.sha256],
    ['assay.dataset.holdout.versionId', dataset.holdout.versionId],
    ['assay.dataset.holdout.sha256', dataset.holdout.sha256],
    ['assay.image', release.image],
    ['assay.image.digest', release.imageDigest],
    ['assay.environment.sha256', environment?.sha256],
    ['assay.environment.python', environment?.python],
    ['assay.training.job', training.trainingJobName],
    ['assay.champion', training.champion?.modelPackageArn],
    ['assay.verdict', model.document.verdict],
    ['assay.verdict.behaviour', behaviour.document.verdict],
    ...metrics(model.document),
  ];
  const valid = entries.flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[clean(key, MAX_KEY), clean(value, MAX_VALUE)]],
  );
  return Object.fromEntries(valid.slice(0, MAX_ENTRIES));
}

/** Estimates of the report's checks under the check's id, e.g. `metric.model.roc_auc`. */
function metrics(report: Report): [string, string][] {
  return report.checks.flatMap((check) => {
    const estimate = check.evidence?.estimate;
    return typeof estimate === 'number' && Number.isFinite(estimate)
      ? [[`metric.${check.id}`, estimate.toPrecision(6)]]
      : [];
  });
}

function clean(text: string, limit: number): string {
  return text.replace(FORBIDDEN, '_').slice(0, limit);
}
