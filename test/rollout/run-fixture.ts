import { gatesSchema } from '../../lib/config/gates';
import type { ReleaseRecord } from '../../lib/core/rollout/releases';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';

export const BUCKET = 'artifacts';
export const RUN = 'run-1';
export const packageArn = (version: number): string =>
  `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${version}`;

/** What earlier stages left in the run's folder: six rows, whose `x` is what a good model answers. */
export function runFiles(canary: object, serving: object): ReadonlyMap<string, string> {
  const gates = gatesSchema.parse({
    version: 1,
    dataset: { name: 'churn', version: '1', key: 'id', label: 'y', columns: { id: 'string', y: 'integer' } },
    model: { metrics: { roc_auc: { min: 0.5 } } },
    serving: { sampleRows: 5, ...serving },
    canary,
  });
  const dataset = { name: 'churn', version: '1', digest: 'sha256:0', holdout: { rows: 6 } };
  const rows = Array.from({ length: 6 }, (_, i) => ({ id: `C-${i}`, x: i / 10 }));
  const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');
  return new Map([
    ['release.json', JSON.stringify({ runId: RUN, commit: 'abc', image: 'image', gates, dataset })],
    ['transform/holdout.jsonl', lines(rows)],
    [
      'predictions/challenger/holdout.jsonl.out',
      lines(rows.map((row) => ({ ...row, SageMakerOutput: { score: row.x } }))),
    ],
  ]);
}

/** The variables that the constructs set. */
export function setEnvironment(environment: 'staging' | 'production'): void {
  Object.assign(process.env, {
    [ROLLOUT_ENV.application]: 'churn',
    [ROLLOUT_ENV.environment]: environment,
    [ROLLOUT_ENV.endpoint]: `churn-${environment}`,
    [ROLLOUT_ENV.artifactBucket]: BUCKET,
    [ROLLOUT_ENV.table]: 'rollouts',
    [ROLLOUT_ENV.executionRoleArn]: 'arn:aws:iam::111111111111:role/execution',
    [ROLLOUT_ENV.instanceType]: 'ml.m5.large',
    [ROLLOUT_ENV.instanceCount]: '1',
    AWS_REGION: 'us-east-1',
  });
}

/** A promoted release as the table keeps it. */
export const release = (version: number, promotedAt: string): ReleaseRecord => ({
  releaseId: String(version),
  modelPackageArn: packageArn(version),
  runId: `run-${version}`,
  commit: 'abc',
  dataset: { name: 'churn', version: '1', digest: 'sha256:0' },
  configName: `churn-production-${version}`,
  modelName: `churn-production-model-${version}`,
  variant: version % 2 === 1 ? 'blue' : 'green',
  instanceType: 'ml.m5.large',
  instanceCount: 1,
  promotedAt,
});
