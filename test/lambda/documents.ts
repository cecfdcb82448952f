import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { gatesSchema } from '../../lib/config/gates';
import type { Report } from '../../lib/core/report/report';
import type { ReleaseDocument, TrainingDocument } from '../../lib/pipeline/contract';

export const RUN = '0a1b2c3d-1111-2222-3333-444455556666';
export const BUCKET = 'artifacts';
export const PACKAGE = 'arn:aws:sagemaker:us-east-1:111122223333:model-package/churn/7';
const DIGEST = 'b'.repeat(64);

/** As `assay release prepare` writes it. */
export const RELEASE: ReleaseDocument = {
  schema: 'assay.release/1',
  runId: RUN,
  application: 'churn',
  commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  repository: 'example-org/churn',
  branch: 'main',
  sourceUri: `s3://${BUCKET}/runs/${RUN}/source/sourcedir.tar.gz`,
  sourceSha256: 'a'.repeat(64),
  dataset: {
    name: 'churn-golden',
    version: '1',
    digest: `sha256:${'d'.repeat(64)}`,
    train: {
      path: 'train.csv',
      s3Uri: 's3://golden/datasets/churn-golden/1/train.csv',
      versionId: 'v1',
      sha256: 'e'.repeat(64),
      rows: 100,
    },
    holdout: {
      path: 'holdout.csv',
      s3Uri: 's3://golden/datasets/churn-golden/1/holdout.csv',
      versionId: 'v2',
      sha256: 'f'.repeat(64),
      rows: 50,
    },
  },
  image: `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3@sha256:${DIGEST}`,
  imageDigest: `sha256:${DIGEST}`,
  gates: gatesSchema.parse({
    version: 1,
    dataset: {
      name: 'churn-golden',
      version: '1',
      key: 'id',
      label: 'churned',
      columns: { id: 'string', churned: 'integer' },
    },
    training: { hyperparameters: { regularization: 0.5, features: 'a,b' }, maxRuntimeMinutes: 15 },
    model: { metrics: { roc_auc: { min: 0.7 }, log_loss: { max: 0.6 } } },
  }),
  gatesSha256: '9'.repeat(64),
  createdAt: '2026-11-20T10:00:00.000Z',
};

export const TRAINING: TrainingDocument = {
  schema: 'assay.training/1',
  trainingJobName: 'churn-0a1b2c3d-12345678',
  trainingJobArn: 'arn:aws:sagemaker:us-east-1:111122223333:training-job/churn-0a1b2c3d-12345678',
  modelName: 'churn-0a1b2c3d-12345678',
  modelDataUrl: `s3://${BUCKET}/runs/${RUN}/training/churn-0a1b2c3d-12345678/output/model.tar.gz`,
  containerEnvironment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: RELEASE.sourceUri },
  challengerPredictionsUri: `s3://${BUCKET}/runs/${RUN}/predictions/challenger`,
  trainingSeconds: 42,
};

export const report = (verdict: Report['verdict'], reason: string, gate: Report['gate'] = 'model'): Report => ({
  schema: 'assay.report/1',
  gate,
  verdict,
  reason,
  release: { commit: RELEASE.commit },
  checks: [
    { id: 'model.roc_auc', verdict, reason, evidence: { statistic: 'roc_auc', estimate: 0.81234567, n: 50 } },
    { id: 'model.log_loss', verdict: 'inconclusive', reason: 'no number', evidence: { estimate: null } },
  ],
  createdAt: '2026-11-20T10:05:00.000Z',
});

/** S3 with the documents of one run; what is written can be read again, what is missing answers as S3 does. */
export function fakeRun(documents: Readonly<Record<string, unknown>>) {
  const s3 = mockClient(S3Client);
  const objects = new Map(
    Object.entries(documents).map(([key, value]) => [
      `runs/${RUN}/${key}`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => {
    const body = objects.get(Key);
    if (body === undefined)
      throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: { httpStatusCode: 404 } });
    return { Body: sdkStreamMixin(Readable.from([body])) };
  });
  s3.on(PutObjectCommand).callsFake(({ Key, Body }: { Key: string; Body: string }) => {
    objects.set(Key, Body);
    return {};
  });
  return {
    s3,
    written: (key: string): unknown => {
      const body = objects.get(`runs/${RUN}/${key}`);
      return body === undefined ? undefined : JSON.parse(body);
    },
  };
}

/** The event of a Lambda action. */
export const job = (input: unknown = { runId: RUN }, continuationToken?: string) => ({
  'CodePipeline.job': {
    id: 'job-1',
    data: {
      actionConfiguration: { configuration: { FunctionName: 'f', UserParameters: JSON.stringify(input) } },
      ...(continuationToken === undefined ? {} : { continuationToken }),
    },
  },
});
