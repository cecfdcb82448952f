import { type ModelPackageSummary, paginateListModelPackages } from '@aws-sdk/client-sagemaker';
import { unlessMissing } from '../../../lambda/rollout/rollback-facts';
import type { Candidate } from '../../core/lineage/resolve';
import { modelPackageGroupName } from '../../pipeline/names';
import type { LineageClients } from './clients';

/** As `packageRequest` of the registry's handlers writes it. */
const DESCRIPTION = /^commit (\S+), run (\S+)$/;

/** Every version of the application's registry that a run of its pipeline made, the newest first. */
export async function listCandidates(
  { sagemaker }: LineageClients,
  application: string,
): Promise<readonly Candidate[]> {
  const pages = paginateListModelPackages(
    { client: sagemaker, pageSize: 100 },
    {
      ModelPackageGroupName: modelPackageGroupName(application),
      ModelPackageType: 'Versioned',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
    },
  );
  const found = await unlessMissing(collect(pages));
  return (found ?? []).flatMap(candidateOf);
}

async function collect(
  pages: AsyncIterable<{ readonly ModelPackageSummaryList?: readonly ModelPackageSummary[] | undefined }>,
): Promise<readonly ModelPackageSummary[]> {
  const all: ModelPackageSummary[] = [];
  for await (const page of pages) all.push(...(page.ModelPackageSummaryList ?? []));
  return all;
}

/** Packages that somebody else put into the group are no releases of the pipeline. */
function candidateOf(summary: ModelPackageSummary): readonly Candidate[] {
  const { ModelPackageArn: arn, ModelPackageVersion: version, ModelPackageDescription = '' } = summary;
  const [, commit, runId] = DESCRIPTION.exec(ModelPackageDescription) ?? [];
  if (arn === undefined || version === undefined || commit === undefined || runId === undefined) return [];
  return [
    {
      releaseId: String(version),
      modelPackageArn: arn,
      runId,
      commit,
      ...(summary.ModelApprovalStatus === undefined ? {} : { approvalStatus: summary.ModelApprovalStatus }),
      ...(summary.CreationTime === undefined ? {} : { createdAt: summary.CreationTime.toISOString() }),
    },
  ];
}
