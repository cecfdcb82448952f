import { DescribeModelPackageCommand, type DescribeModelPackageCommandOutput } from '@aws-sdk/client-sagemaker';
import { containerModel } from '../../../lambda/rollout/facts';
import { nameFor } from '../../../lambda/rollout/release';
import { unlessMissing } from '../../../lambda/rollout/rollback-facts';
import type { AppConfig } from '../../config/app';
import { releaseHistory } from '../../core/lineage/history';
import type {
  Lineage,
  LineageApproval,
  LineageDataset,
  MissingDocument,
  RegisteredRelease,
} from '../../core/lineage/lineage';
import type { Candidate } from '../../core/lineage/resolve';
import { rolloutStatus } from '../../core/rollout/status';
import { RUN_KEYS } from '../../pipeline/contract';
import { parseS3Uri } from '../../release/objects';
import { endpointName } from '../../rollout/contract';
import type { ServingLocation } from '../../rollout/rollback-contract';
import { readStatus } from '../rollout/status-facts';
import type { LineageClients } from './clients';
import { readRun } from './documents';
import { hasVersion, RunObjects } from './run-objects';

/** Where lineages are read: the account, the application, and what is deployed of it. */
export interface LineageSources {
  readonly clients: LineageClients;
  readonly config: AppConfig;
  readonly production: ServingLocation;
}

/** Everything about one release, from the registry, the run's folder, the golden bucket and the rollout records. */
export async function readLineage(sources: LineageSources, candidate: Candidate): Promise<Lineage> {
  const { clients, config, production } = sources;
  const { runId, modelPackageArn: arn } = candidate;
  const [objects, found, facts] = await Promise.all([
    RunObjects.list(clients.s3, clients.objects, production.artifactBucket, runId),
    arn === undefined
      ? undefined
      : unlessMissing(clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }))),
    readStatus(clients, config, production),
  ]);
  const { document: _document, ...run } = await readRun(objects, arn !== undefined);
  const state = rolloutStatus(facts).releases.find(({ releaseId }) => releaseId === candidate.releaseId)?.state;
  return {
    schema: 'assay.lineage/1',
    application: config.application,
    ...(candidate.commit === '' ? {} : { commit: candidate.commit }),
    ...run,
    ...(found === undefined ? {} : { release: registered(candidate, found, state ?? 'registered') }),
    approvals: run.approvals.length > 0 || found === undefined ? run.approvals : approvalsOf(found),
    history:
      candidate.releaseId === undefined
        ? []
        : releaseHistory(candidate.releaseId, facts.history, facts.drills, stagingModel(config, found)),
    missing: [
      ...run.missing,
      ...(run.approvals.length === 0 && isDecided(found)
        ? asList(objects.missing(RUN_KEYS.approval), run.missing)
        : []),
      ...(arn !== undefined && found === undefined
        ? [{ name: 'model package', uri: arn, why: 'is no longer in the registry' }]
        : []),
      ...(await missingData(clients, run.dataset)),
    ],
  };
}

const asList = (missing: MissingDocument | undefined, told: readonly MissingDocument[]): readonly MissingDocument[] =>
  missing === undefined || told.some(({ uri }) => uri === missing.uri) ? [] : [missing];

function registered(
  { releaseId = '', createdAt }: Candidate,
  found: DescribeModelPackageCommandOutput,
  state: RegisteredRelease['state'],
): RegisteredRelease {
  return {
    releaseId,
    modelPackageArn: found.ModelPackageArn ?? '',
    state,
    approvalStatus: found.ModelApprovalStatus ?? 'without an approval status',
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}

const isDecided = (found: DescribeModelPackageCommandOutput | undefined): boolean =>
  /^(approved|rejected) by |nobody decided/.test(found?.ApprovalDescription ?? '');

/** What the registry tells of a decision. A release that its gate refused has the gate's reason there. */
function approvalsOf({
  ModelApprovalStatus,
  ApprovalDescription,
}: DescribeModelPackageCommandOutput): readonly LineageApproval[] {
  if (ApprovalDescription === undefined || ModelApprovalStatus === 'PendingManualApproval') return [];
  return [{ decision: ModelApprovalStatus === 'Approved' ? 'approved' : 'rejected', text: ApprovalDescription }];
}

/** The name that the plan of a staging deployment gives the release's model; drills name it. */
function stagingModel(
  { application }: AppConfig,
  found: DescribeModelPackageCommandOutput | undefined,
): string | undefined {
  if (found?.ModelPackageArn === undefined) return undefined;
  return nameFor(endpointName(application, 'staging'), [found.ModelPackageArn, containerModel('', found).container]);
}

/** Pinned files whose version is no longer in the golden bucket. */
async function missingData(
  { s3 }: LineageClients,
  dataset: LineageDataset | undefined,
): Promise<readonly MissingDocument[]> {
  if (dataset === undefined) return [];
  const { bucket } = parseS3Uri(dataset.train.s3Uri);
  const files = [
    ...[dataset.train, dataset.holdout].map(({ path, s3Uri, versionId }) => ({ name: path, s3Uri, versionId })),
    ...dataset.landed.map(({ key, versionId }) => ({ name: key, s3Uri: `s3://${bucket}/${key}`, versionId })),
  ];
  const found = files.map(async ({ name, s3Uri, versionId }): Promise<readonly MissingDocument[]> => {
    const { bucket: Bucket, key } = parseS3Uri(s3Uri);
    if (await hasVersion(s3, Bucket, key, versionId)) return [];
    return [{ name, uri: s3Uri, why: `version ${versionId} is gone: the release cannot be reproduced from it` }];
  });
  return (await Promise.all(found)).flat();
}
