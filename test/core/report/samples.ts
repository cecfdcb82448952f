import { type Check, REPORT_SCHEMA, type Report, type RunSummary } from '../../../lib/core/report';

export const HOSTILE = `</script><img src=x onerror=alert(1)> & "quoted" 'single' \u0007\uD800`;

const curve = (power: number): readonly (readonly [number, number])[] =>
  Array.from({ length: 41 }, (_, i) => [i / 40, (i / 40) ** power] as const);

export const CHECKS: readonly Check[] = [
  {
    id: 'sanity.answers',
    verdict: 'pass',
    reason: 'every one of 1,409 golden holdout rows is answered once',
    evidence: { n: 1409 },
  },
  {
    id: 'metrics.roc_auc',
    verdict: 'pass',
    reason: 'roc_auc is 0.8421; at least 0.8 is required',
    evidence: {
      statistic: 'roc_auc',
      estimate: 0.8421,
      interval: [0.8211, 0.8612],
      confidence: 0.95,
      method: 'delong_logit',
      n: 1409,
      threshold: 0.8,
      min: 0.8,
    },
  },
  {
    id: 'promotion.roc_auc',
    verdict: 'fail',
    reason:
      'challenger is 0.0021 above champion (95 % interval −0.004 to 0.008); better by more than 0.005 is required',
    evidence: {
      statistic: 'roc_auc_difference',
      estimate: 0.0021,
      interval: [-0.004, 0.008],
      confidence: 0.95,
      method: 'delong_paired',
      pValue: 0.48,
      n: 1409,
      threshold: 0.005,
      min: 0.005,
      challenger: 0.8421,
      champion: 0.84,
      roc: [
        { name: 'challenger', points: curve(0.25) },
        { name: 'champion', points: curve(0.3) },
      ],
    },
  },
  {
    id: 'slices.contract_type',
    verdict: 'inconclusive',
    reason: 'roc_auc of contract_type = multi-year cannot be computed: every row has the label 0',
    evidence: { minRows: 100, thin: [{ value: 'weekly', rows: 12 }] },
  },
  {
    id: 'serving.latency',
    verdict: 'pass',
    reason: '95 % of requests took at most 41 ms; 500 ms are allowed',
    evidence: { statistic: 'latency', threshold: 500, percentilesMs: { p50: 18, p95: 41, p99: 77.2 } },
  },
  { id: 'hostile', verdict: 'inconclusive', reason: HOSTILE, evidence: { [HOSTILE]: HOSTILE, list: [{ a: HOSTILE }] } },
];

export const REPORT: Report = {
  schema: REPORT_SCHEMA,
  gate: 'model',
  verdict: 'fail',
  reason: 'challenger is 0.0021 above champion (95 % interval −0.004 to 0.008); better by more than 0.005 is required',
  release: {
    commit: '7c1fd0a4e5b6c7d8e9f00112233445566778899a',
    dataset: { name: 'churn-golden', version: '2026-11', sha256: `sha256:${'ab'.repeat(32)}`, rows: 7043 },
    model: 'churn-2026-11-03-140509',
    image: 'sagemaker-scikit-learn:1.4-2-cpu-py3',
  },
  checks: CHECKS,
  createdAt: '2026-11-03T14:05:09.123Z',
};

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 3, 14, 0, seconds)).toISOString();

/** A look's evidence as the judge leaves it in the report. */
export const CANARY_EVIDENCE = {
  statistic: 'e_value',
  estimate: 412,
  threshold: 100,
  method: 'two_sample_betting',
  n: 800,
  series: {
    seconds: [60, 120, 180, 240],
    requests: { green: [200, 400, 600, 800], blue: [3800, 7600, 11_400, 15_200] },
    errors: { green: [0, 2, 8, 17], blue: [6, 14, 22, 31] },
    slow: { green: [0, 0, 0, 0], blue: [0, 0, 0, 0] },
    eValue: [0.31, 0.9, 14.2, 412],
  },
};

export const RUN: RunSummary = {
  application: 'churn',
  runId: '8f1c2d3e-0000-4000-8000-1234567890ab',
  commit: '7c1fd0a4e5b6c7d8e9f00112233445566778899a',
  outcome: 'failed',
  reason: 'Production: 6 of 112 requests of green failed (5.4 %); 1 % is allowed. Rolled back to blue in 1.3 s.',
  startedAt: at(0),
  endedAt: at(172),
  trigger: {
    kind: 'drift',
    reason: 'PSI of monthly_spend is 0.41 (null 95 %: 0.03)',
    at: at(-5),
    key: 'churn-production/drift/1',
    report: 's3://monitoring/drift/churn-production/report.html',
    also: [{ kind: 'new-data', reason: 'new data landing/churn/<march>.csv, 52,113 bytes' }],
  },
  stages: [
    {
      name: 'Source',
      status: 'Succeeded',
      seconds: 0.8,
      actions: [{ name: 'Source', status: 'Succeeded', seconds: 0.8 }],
    },
    {
      name: 'Train',
      status: 'Succeeded',
      seconds: 44,
      actions: [{ name: 'Train', status: 'Succeeded', seconds: 44, summary: 'roc_auc 0.84 in training' }],
    },
    {
      name: 'Production',
      status: 'Failed',
      seconds: 90,
      reason: 'rolled back',
      actions: [{ name: 'Rollout', status: 'Failed', seconds: 90, summary: HOSTILE }],
    },
    { name: 'After', status: 'NotStarted', actions: [] },
  ],
  reports: [
    { ...REPORT, gate: 'data', verdict: 'pass', reason: '31 checks passed', checks: CHECKS.slice(0, 2) },
    REPORT,
    {
      ...REPORT,
      gate: 'serving',
      name: 'serving-staging',
      verdict: 'pass',
      reason: 'passed',
      checks: CHECKS.slice(4, 5),
    },
    {
      ...REPORT,
      gate: 'canary',
      checks: [
        { id: 'canary.step.25', verdict: 'fail', reason: '17 of 800 requests failed', evidence: CANARY_EVIDENCE },
      ],
    },
  ],
  endpoint: {
    name: 'churn-production',
    variants: [
      {
        name: 'blue',
        weight: 100,
        modelPackageArn: 'arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/3',
      },
      { name: 'green', weight: 0 },
    ],
  },
  sample: { request: '{"instances": [{"tenure_months": 3}]}', response: '{"predictions": [{"score": 0.93}]}' },
  rollout: {
    outcome: 'rolled-back',
    reason: '6 of 112 requests of green failed (5.4 %); 1 % is allowed',
    live: 'blue',
    previous: 'green',
    rollbackSeconds: 1.3,
    steps: [
      { weight: 5, startedAt: at(80), endedAt: at(120), verdict: 'pass', reason: '0 of 60 requests failed' },
      { weight: 25, startedAt: at(121), endedAt: at(160), verdict: 'fail', reason: '6 of 112 requests failed' },
    ],
  },
  measuredRollback: { evidenceAt: at(158), decidedAt: at(160), backAt: at(162), seconds: 4 },
  callers: {
    startedAt: at(75),
    seconds: 90,
    requestsPerSecond: 200,
    sent: 18_000,
    answered: 17_988,
    failedByModel: { green: 12 },
    lost: 0,
    bucketSeconds: 10,
    variants: [
      {
        name: 'blue',
        requests: [2000, 1900, 1900, 1900, 1900, 1500, 1500, 1500, 2000],
        failed: [0, 0, 0, 0, 0, 0, 0, 0, 0],
        p50Ms: [4, 4.2, 4.1, 4, 4, 4.3, 4.1, 4, 4.2],
        p95Ms: [9, 9.4, 9, 8.7, 9, 12, 9, 9.1, 9],
      },
      {
        name: 'green',
        requests: [0, 100, 100, 100, 100, 500, 500, 500, 0],
        failed: [0, 0, 0, 0, 0, 0, 4, 8, 0],
        p50Ms: [null, 4.4, 4.4, 4.1, 4, 4.6, 5.1, 5, null],
        p95Ms: [null, 11, 10, 10.4, 10, 13, 14, 18, null],
      },
    ],
    weights: [
      { at: 0, weights: { blue: 100, green: 0 } },
      { at: 6000, weights: { blue: 95, green: 5 } },
      { at: 46_000, weights: { blue: 75, green: 25 } },
      { at: 86_900, weights: { blue: 100, green: 0 } },
      { at: 88_000, weights: { blue: 100 } },
    ],
  },
};
