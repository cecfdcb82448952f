import type { Champion } from '../pipeline/contract';

/** Environment of the training handlers, set by the construct. */
export const TRAINING_ENV = {
  application: 'APPLICATION',
  artifactBucket: 'ARTIFACT_BUCKET',
  productionEndpoint: 'PRODUCTION_ENDPOINT',
  executionRole: 'EXECUTION_ROLE_ARN',
  instanceType: 'INSTANCE_TYPE',
  volumeGiB: 'VOLUME_GIB',
  maxRuntimeSeconds: 'MAX_RUNTIME_SECONDS',
} as const;

/** Script names of the workload contract. */
export const INFERENCE_SCRIPT = 'inference.py';

/** Serves `INFERENCE_SCRIPT` for the rows of the behaviour gate; Assay adds it to the source archive. */
export const PROBES_SCRIPT = 'assay_row_by_row.py';

/** What the state machine gives to `prepare`. */
export interface PrepareInput {
  readonly runId: string;
  /** Unique for each attempt, so that a retried stage gets new job names. */
  readonly executionName: string;
}

/** What the state machine gives to `record` when everything has ended. */
export interface RecordInput {
  readonly runId: string;
  readonly trainingJobName: string;
  readonly trainingJobArn: string;
  readonly trainingSeconds: number;
  readonly modelName: string;
  readonly modelDataUrl: string;
  readonly containerEnvironment: Readonly<Record<string, string>>;
  readonly challengerPredictionsUri: string;
  /** Null when production serves nothing yet. */
  readonly champion: Champion | null;
  readonly championPredictionsUri: string | null;
  /** Why the rows of the behaviour gate have no answers; null when they have, or none were asked. */
  readonly probesFailure: string | null;
}
