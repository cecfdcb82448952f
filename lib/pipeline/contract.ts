import type { Report } from '../core/report/report';
import type { Trigger } from '../core/retraining/trigger';

/**
 * What the stages of one pipeline run hand to each other: documents and files under
 * `s3://<artifact bucket>/runs/<pipeline execution id>/`. Constructs, handlers and the command line share these names.
 */
export const RUN_KEYS = {
  release: 'release.json',
  source: 'source/sourcedir.tar.gz',
  /** Folder with the verified train file and nothing else: a training channel takes a prefix, not a version. */
  trainData: 'data/train/',
  /** What batch transform scores: the holdout, and rows of the behaviour gate. */
  transformFolder: 'transform/',
  transformInput: 'transform/holdout.jsonl',
  /**
   * Rows of the behaviour gate: first golden rows once more (`behaviour.determinism.rows` of them), then perturbed ones.
   * The challenger's answers, in this order, are `<challengerPredictions>/probes.jsonl.out`; a row that the model refuses is
   * answered `{"error": "..."}`.
   */
  probes: 'transform/probes.jsonl',
  trainingOutput: 'training',
  training: 'training.json',
  challengerPredictions: 'predictions/challenger',
  championPredictions: 'predictions/champion',
  environment: 'environment.json',
  /** Bins and counts of the features and predictions that the release was judged on: what live traffic is held against. */
  baseline: 'baseline.json',
  registration: 'registration.json',
  approval: 'approval.json',
  rollout: 'rollout.json',
} as const;

export const reportKey = (name: ReportName, format: 'json' | 'html' | 'xml' = 'json'): string =>
  `reports/${name}.${format}`;

/** One per judging action, in the order of the pipeline. `serving-*` carry the gate name `serving`, the others their own. */
export const REPORT_NAMES = [
  'data',
  'drift',
  'model',
  'behaviour',
  'serving-staging',
  'serving-production',
  'canary',
] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

/** Gates that landed data has to pass. */
export const LANDING_GATES = ['data', 'drift'] as const satisfies readonly ReportName[];

/** One document for each version of the golden data says which predictions have been judged on it (all runs share it). */
export const HOLDOUT_KEYS = 'holdouts/*';

export const runPrefix = (runId: string): string => `runs/${runId}/`;

/** A file of the golden dataset, pinned. */
export interface PinnedFile {
  readonly path: string;
  readonly s3Uri: string;
  readonly versionId: string;
  readonly sha256: string;
  readonly rows: number;
}

/** A raw file that was put into the landing folder of the golden bucket. */
export interface LandedFile {
  readonly key: string;
  readonly versionId: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Records, without the header. */
  readonly rows: number;
}

export interface RefusedFile {
  readonly key: string;
  readonly versionId: string;
  /** One line. */
  readonly reason: string;
}

/** `release.json`, written by `assay release prepare` in the DataTests build; everything after it reads only this. */
export interface ReleaseDocument {
  readonly schema: 'assay.release/1';
  readonly runId: string;
  readonly application: string;
  readonly commit: string;
  readonly repository?: string;
  readonly branch?: string;
  /** Why the run was started. Absent in releases from before this was recorded. */
  readonly trigger?: Trigger;
  /** s3:// URI of the script-mode source archive: the workload folder at this commit. */
  readonly sourceUri: string;
  readonly sourceSha256: string;
  readonly dataset: {
    readonly name: string;
    readonly version: string;
    /** `sha256:<hex>` of the manifest without the account-specific S3 version ids. */
    readonly digest: string;
    readonly train: PinnedFile;
    readonly holdout: PinnedFile;
    /** The version that gates.yaml names, where landed files made another of it. */
    readonly root?: { readonly version: string; readonly digest: string };
    /** Landed files that the version consists of, beside the root's rows or in their place, in landing order. */
    readonly landed?: readonly LandedFile[];
    /** How many of them this run took, the last ones. Absent: none, runs before it took them all. */
    readonly taken?: number;
    /** Files that landed since and were refused: the version does without them. */
    readonly refused?: readonly RefusedFile[];
  };
  /** `<repository>:<tag>@sha256:<digest>` when it could be resolved. */
  readonly image: string;
  readonly imageDigest: string;
  /** The validated `gates.yaml`, defaults filled in (type `Gates` of lib/config). */
  readonly gates: unknown;
  readonly gatesSha256: string;
  readonly createdAt: string;
  /** Id of the run that is trained again here, to compare; nothing of such a run is ever registered. */
  readonly reproduces?: string;
}

/** The package that production serves, when there is one. */
export interface Champion {
  readonly modelPackageArn: string;
  readonly modelName: string;
}

/** `training.json`, written at the end of the Train state machine. */
export interface TrainingDocument {
  readonly schema: 'assay.training/1';
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  readonly modelName: string;
  readonly modelDataUrl: string;
  /** Container environment for serving, as used by the transform jobs. */
  readonly containerEnvironment: Readonly<Record<string, string>>;
  readonly challengerPredictionsUri: string;
  readonly champion?: Champion;
  readonly championPredictionsUri?: string;
  /** Why the rows of the behaviour gate have no answers. */
  readonly probesFailure?: string;
  readonly trainingSeconds: number;
}

/** `environment.json` at the root of model.tar.gz, if the workload writes one (the churn example does). */
export interface EnvironmentFingerprint {
  readonly python: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly sha256: string;
}

/** `registration.json`. */
export interface RegistrationDocument {
  readonly schema: 'assay.registration/1';
  readonly modelPackageArn: string;
  readonly version: number;
  readonly approvalStatus: 'PendingManualApproval' | 'Rejected';
  readonly reason?: string;
  readonly verdict: Report['verdict'];
}

/** `approval.json`: what a person decided about the run, or that nobody did in time. */
export interface ApprovalDocument {
  readonly schema: 'assay.approval/1';
  readonly modelPackageArn: string;
  readonly decision: 'approved' | 'rejected';
  /** As CodePipeline names them, an ARN. Absent: nobody decided in time. */
  readonly by?: string;
  /** What they wrote beside it. */
  readonly summary?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Value of the pipeline's parameter, as JSON: what the command line cannot know by name. */
export interface PipelineLocation {
  readonly pipelineName: string;
  /** ARN of the machine that trains. */
  readonly trainMachineArn: string;
  readonly artifactBucket: string;
}

/** Name of the parameter that holds a `PipelineLocation`. */
export const pipelineParameter = (application: string): string => `/assay/${application}/pipeline`;

/** Pipeline structure: names are an interface (rules, notices and the summary look them up). */
export const STAGES = {
  source: 'Source',
  codeTests: 'CodeTests',
  dataTests: 'DataTests',
  train: 'Train',
  modelTests: 'ModelTests',
  register: 'Register',
  staging: 'Staging',
  approval: 'Approval',
  production: 'Production',
} as const;

export const ACTIONS = {
  source: 'Source',
  test: 'Test',
  gateData: 'GateData',
  train: 'Train',
  evaluate: 'Evaluate',
  verdict: 'Verdict',
  register: 'Register',
  deploy: 'Deploy',
  e2e: 'EndToEnd',
  approve: 'Approve',
  recordApproval: 'RecordApproval',
  rollout: 'Rollout',
} as const;

/** Variables set on every CodeBuild project of the pipeline. */
export const BUILD_ENV = {
  application: 'ASSAY_APPLICATION',
  runId: 'ASSAY_RUN_ID',
  commit: 'ASSAY_COMMIT',
  artifactBucket: 'ASSAY_ARTIFACT_BUCKET',
  goldenBucket: 'ASSAY_GOLDEN_BUCKET',
  workload: 'ASSAY_WORKLOAD',
  image: 'ASSAY_IMAGE',
  /** Names of the source, where it has them. */
  repository: 'ASSAY_REPOSITORY',
  branch: 'ASSAY_BRANCH',
  /** Why the run was started, as the pipeline's variable has it; DataTests only. */
  trigger: 'ASSAY_TRIGGER',
  /** `1` where the pushed repository holds Assay itself, whose own infrastructure tests then run too. */
  infrastructureTests: 'ASSAY_INFRASTRUCTURE_TESTS',
  /** s3:// URI of the zipped command line. */
  cli: 'ASSAY_CLI_URI',
  /** s3:// URI of DuckDB's zipped native files, which lie beside the command line. */
  duckdb: 'ASSAY_DUCKDB_URI',
} as const;

/** The one JSON sentence given to Lambda actions (`UserParameters`) and state machines (`Input`) of the pipeline. */
export interface StageInput {
  readonly runId: string;
  readonly modelPackageArn?: string;
}
