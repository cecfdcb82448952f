import type {
  Lineage,
  LineageApproval,
  LineageMetric,
  LineageReport,
  MissingDocument,
} from '../../core/lineage/lineage';
import type { Report } from '../../core/report/report';
import {
  type ApprovalDocument,
  type EnvironmentFingerprint,
  REPORT_NAMES,
  type ReleaseDocument,
  type ReportName,
  RUN_KEYS,
  reportKey,
  type TrainingDocument,
} from '../../pipeline/contract';
import { isMissingDocument, type RunObjects } from './run-objects';

/** What a run's folder says. */
export type RunFacts = Omit<Lineage, 'schema' | 'application' | 'release' | 'history'> & {
  /** Absent where release.json is. */
  readonly document?: ReleaseDocument;
};

/** Every registered release has these; others are written by stages that a release may not have reached. */
const REQUIRED: ReadonlySet<ReportName> = new Set(['data', 'model', 'behaviour']);

/** Reads everything of a run's folder that tells where its release comes from. */
export async function readRun(objects: RunObjects, registered: boolean): Promise<RunFacts> {
  const missing: MissingDocument[] = [];
  const read = async <T extends object>(name: string, required: boolean, schema?: string): Promise<T | undefined> => {
    const found = await objects.read<T>(name, schema);
    if (!isMissingDocument(found)) return found;
    if (required || objects.wasDeleted(name) || objects.has(name)) missing.push(found);
    return undefined;
  };
  const [release, training, environment, approval, ...reports] = await Promise.all([
    read<ReleaseDocument>(RUN_KEYS.release, true, 'assay.release/1'),
    read<TrainingDocument>(RUN_KEYS.training, registered, 'assay.training/1'),
    read<EnvironmentFingerprint>(RUN_KEYS.environment, registered),
    read<ApprovalDocument>(RUN_KEYS.approval, false, 'assay.approval/1'),
    ...REPORT_NAMES.map((name) => read<Report>(reportKey(name), registered && REQUIRED.has(name), 'assay.report/1')),
  ]);
  if (objects.wasDeleted(RUN_KEYS.baseline))
    missing.push(...[objects.missing(RUN_KEYS.baseline)].filter((each) => each !== undefined));
  missing.push(...artefacts(objects, training, registered));
  return {
    runId: objects.runId,
    ...(release === undefined ? {} : { ...releaseFacts(release), document: release }),
    ...(training === undefined ? {} : { training: trainingFacts(training) }),
    ...(environment === undefined ? {} : { environment }),
    metrics: metricsOf(reports[REPORT_NAMES.indexOf('model')]),
    reports: REPORT_NAMES.flatMap((name, i) => reportOf(objects, name, reports[i])),
    approvals: approval === undefined ? [] : [approvalOf(approval)],
    missing,
  };
}

/** Source and model, without which nothing can be served or reproduced. */
function artefacts(
  objects: RunObjects,
  training: TrainingDocument | undefined,
  registered: boolean,
): readonly MissingDocument[] {
  const folder = objects.uri('');
  const model =
    training?.modelDataUrl.startsWith(folder) === true ? training.modelDataUrl.slice(folder.length) : undefined;
  const names = [
    ...(registered || training !== undefined ? [RUN_KEYS.source] : []),
    ...(model === undefined ? [] : [model]),
  ];
  return names.flatMap((name) => objects.missing(name) ?? []);
}

function releaseFacts(release: ReleaseDocument): Partial<RunFacts> {
  const { commit, repository, branch, trigger, createdAt, sourceUri, sourceSha256, dataset, image, imageDigest } =
    release;
  const { name, version, digest, root, train, holdout, landed = [], refused = [] } = dataset;
  return {
    commit,
    ...(repository === undefined ? {} : { repository }),
    ...(branch === undefined ? {} : { branch }),
    ...(trigger === undefined ? {} : { trigger }),
    preparedAt: createdAt,
    source: { uri: sourceUri, sha256: sourceSha256 },
    dataset: {
      ...{ name, version, digest, train, holdout, landed },
      ...(root === undefined ? {} : { root }),
      ...(refused.length === 0 ? {} : { refused }),
    },
    image: { uri: image, digest: imageDigest },
    gates: { sha256: release.gatesSha256, values: release.gates },
  };
}

const trainingFacts = ({ trainingJobName, modelName, modelDataUrl, trainingSeconds, champion }: TrainingDocument) => ({
  job: trainingJobName,
  model: modelName,
  modelDataUrl,
  seconds: trainingSeconds,
  ...(champion === undefined ? {} : { champion: champion.modelPackageArn }),
});

const METRIC = 'metrics.';

function metricsOf(report: Report | undefined): readonly LineageMetric[] {
  return (report?.checks ?? []).flatMap(({ id, evidence }): readonly LineageMetric[] => {
    const { estimate, interval, n } = evidence ?? {};
    if (!id.startsWith(METRIC) || typeof estimate !== 'number') return [];
    return [
      {
        name: id.slice(METRIC.length),
        value: estimate,
        ...(interval == null ? {} : { interval }),
        ...(n === undefined ? {} : { n }),
      },
    ];
  });
}

const reportOf = (objects: RunObjects, name: ReportName, report: Report | undefined): readonly LineageReport[] =>
  report === undefined
    ? []
    : [
        {
          name,
          verdict: report.verdict,
          reason: report.reason,
          createdAt: report.createdAt,
          page: objects.uri(reportKey(name, 'html')),
        },
      ];

const approvalOf = ({ decision, by, at, summary }: ApprovalDocument): LineageApproval => ({
  decision,
  ...(by === undefined ? {} : { by }),
  at,
  ...(summary === undefined ? {} : { summary }),
});
