import { lineage } from '../../lambda/model-registry/metadata';
import { packageRequest } from '../../lambda/model-registry/package';
import { BUCKET, RELEASE, RUN, report, TRAINING } from '../lambda/documents';

const ENVIRONMENT = { python: '3.11.9', packages: { pandas: '2.3.3' }, sha256: '7'.repeat(64) };
const REPORT = report('pass', 'all 2 checks passed');
const STORED = {
  document: REPORT,
  s3Uri: `s3://${BUCKET}/runs/${RUN}/reports/model.json`,
  digest: `sha256:${'5'.repeat(64)}`,
};
const BEHAVIOUR = {
  document: report('pass', 'all 3 checks passed', 'behaviour'),
  s3Uri: `s3://${BUCKET}/runs/${RUN}/reports/behaviour.json`,
  digest: `sha256:${'6'.repeat(64)}`,
};
const REPORTS = { model: STORED, behaviour: BEHAVIOUR };
const BASELINE = { s3Uri: `s3://${BUCKET}/runs/${RUN}/baseline.json`, digest: `sha256:${'4'.repeat(64)}` };
const EVIDENCE = {
  release: RELEASE,
  training: TRAINING,
  reports: REPORTS,
  environment: ENVIRONMENT,
  baseline: BASELINE,
};

const request = packageRequest('churn', EVIDENCE, 'PendingManualApproval');

test('the container is what was trained and judged: image, model, code', () => {
  expect(request.InferenceSpecification?.Containers).toEqual([
    {
      Image: `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn@${RELEASE.imageDigest}`,
      ImageDigest: RELEASE.imageDigest,
      ModelDataUrl: TRAINING.modelDataUrl,
      Environment: TRAINING.containerEnvironment,
    },
  ]);
});

test('a digest that is none is left out, since the registry would refuse it', () => {
  const { InferenceSpecification } = packageRequest(
    'churn',
    { ...EVIDENCE, release: { ...RELEASE, image: 'repo:1', imageDigest: 'unknown' } },
    'PendingManualApproval',
  );
  expect(InferenceSpecification?.Containers?.[0]).not.toHaveProperty('ImageDigest');
  expect(InferenceSpecification?.Containers?.[0]?.Image).toBe('repo:1');
});

test('report and origin are linked', () => {
  expect(request.ModelMetrics).toEqual({
    ModelQuality: {
      Statistics: { ContentType: 'application/json', S3Uri: STORED.s3Uri, ContentDigest: STORED.digest },
    },
    ModelDataQuality: {
      Statistics: { ContentType: 'application/json', S3Uri: BASELINE.s3Uri, ContentDigest: BASELINE.digest },
    },
  });
  expect(request.DriftCheckBaselines).toEqual({ ModelDataQuality: request.ModelMetrics?.ModelDataQuality });
  expect(request.MetadataProperties).toEqual({
    CommitId: RELEASE.commit,
    Repository: 'example-org/churn',
    GeneratedBy: TRAINING.trainingJobArn,
  });
});

test('the lineage names commit, data versions and digests, image, environment and metrics', () => {
  expect(lineage(RELEASE, TRAINING, REPORTS, ENVIRONMENT)).toMatchObject({
    'assay.run': RUN,
    'assay.commit': RELEASE.commit,
    'assay.source.sha256': RELEASE.sourceSha256,
    'assay.dataset.name': 'churn-golden',
    'assay.dataset.version': '1',
    'assay.dataset.digest': RELEASE.dataset.digest,
    'assay.dataset.train.versionId': 'v1',
    'assay.dataset.holdout.versionId': 'v2',
    'assay.image.digest': RELEASE.imageDigest,
    'assay.environment.sha256': ENVIRONMENT.sha256,
    'assay.verdict': 'pass',
    'assay.verdict.behaviour': 'pass',
    'metric.model.roc_auc': '0.812346',
  });
});

test('what is unknown is left out, and a metric without a number is none', () => {
  const found = lineage(RELEASE, TRAINING, REPORTS, undefined);
  expect(Object.keys(found).filter((key) => /environment|champion|log_loss/.test(key))).toEqual([]);
});

test('the lineage says why the run was started', () => {
  const trigger = { kind: 'drift', reason: 'PSI of "spend" is 0.41', at: '2026-03-01T00:00:00Z', key: 'k' } as const;
  expect(lineage({ ...RELEASE, trigger }, TRAINING, REPORTS, ENVIRONMENT)).toMatchObject({
    'assay.trigger': 'drift',
    'assay.trigger.reason': 'PSI of _spend_ is 0.41',
  });
});

test('the lineage stays within what the registry takes', () => {
  const checks = Array.from({ length: 80 }, (_, i) => ({
    id: `slice.${i}.${'ü'.repeat(200)}[a|b]`,
    verdict: 'pass' as const,
    reason: '',
    evidence: { estimate: i },
  }));
  const reports = { ...REPORTS, model: { ...STORED, document: { ...REPORT, checks } } };
  const found = lineage({ ...RELEASE, branch: 'feature/#1 "odd"' }, TRAINING, reports, ENVIRONMENT);
  expect(Object.keys(found)).toHaveLength(50);
  expect(found['assay.branch']).toBe('feature/_1 _odd_');
  for (const [key, value] of Object.entries(found)) {
    expect(key).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
    expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
  }
});

test('the token is the run and its evidence: same run, same package; new evidence, new package', () => {
  const token = (runId: string, digest: string, status: 'Rejected' | 'PendingManualApproval', behaviour = '1') => {
    const reports = { model: { ...STORED, digest }, behaviour: { ...BEHAVIOUR, digest: behaviour } };
    return packageRequest('churn', { ...EVIDENCE, release: { ...RELEASE, runId }, reports }, status).ClientToken;
  };
  const tokens = [
    token('a', '1', 'Rejected'),
    token('a', '1', 'PendingManualApproval'),
    token('a', '2', 'Rejected'),
    token('a', '1', 'Rejected', '2'),
    token('b', '1', 'Rejected'),
  ];
  expect(new Set(tokens).size).toBe(5);
  expect(token('a', '1', 'Rejected')).toBe(tokens[0]);
});
