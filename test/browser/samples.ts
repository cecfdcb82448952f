import { type Check, REPORT_SCHEMA, type Report } from '../../lib/core/report';
import { REPORT } from '../core/report/samples';

const roc = (power: number): readonly (readonly [number, number])[] =>
  Array.from({ length: 41 }, (_, i) => [i / 40, (i / 40) ** power] as const);

const REGIONS = ['north', 'south', 'east', 'west', 'a region with quite a long name', 'überseeische Gebiete'];

const calibration = (shift: number) =>
  Array.from({ length: 10 }, (_, i) => {
    const predicted = i / 10 + 0.05;
    const observed = Math.min(1, Math.max(0, predicted + shift * Math.sin(i)));
    return {
      from: i / 10,
      to: (i + 1) / 10,
      rows: 40 * (10 - i),
      predicted,
      observed,
      interval: [Math.max(0, observed - 0.05), Math.min(1, observed + 0.05)],
    };
  });

const MODEL_CHECKS: readonly Check[] = [
  ...REPORT.checks.slice(0, 3).map((check) =>
    check.id === 'promotion.roc_auc'
      ? {
          ...check,
          evidence: {
            ...check.evidence,
            roc: [
              { name: 'challenger', points: roc(0.25) },
              { name: 'champion', points: roc(0.35) },
            ],
          },
        }
      : check,
  ),
  {
    id: 'metrics.ece',
    verdict: 'pass',
    reason: 'ece is 0.021; at most 0.05 is allowed',
    evidence: {
      statistic: 'ece',
      estimate: 0.021,
      interval: [0.014, 0.034],
      confidence: 0.95,
      max: 0.05,
      calibration: [
        { name: 'challenger', bins: calibration(0.03) },
        { name: 'champion', bins: calibration(0.08) },
      ],
    },
  },
  {
    id: 'slices.region.roc_auc',
    verdict: 'fail',
    reason: 'roc_auc of region = west is 0.71; at least 0.75 is required, and 1 other slice likewise',
    evidence: {
      statistic: 'roc_auc',
      estimate: 0.71,
      interval: [0.66, 0.76],
      confidence: 0.95,
      min: 0.75,
      slices: REGIONS.map((value, i) => ({
        value,
        rows: 200 + 40 * i,
        estimate: 0.86 - 0.03 * i,
        interval: [0.82 - 0.03 * i, 0.9 - 0.03 * i],
        verdict: i > 3 ? 'fail' : 'pass',
        champion: { estimate: 0.83 - 0.02 * i, interval: [0.79 - 0.02 * i, 0.87 - 0.02 * i] },
      })),
      thin: [{ value: 'overseas', rows: 12 }],
      minRows: 100,
    },
  },
  ...REPORT.checks.slice(3),
];

export const MODEL_REPORT: Report = { ...REPORT, checks: MODEL_CHECKS };

function driftCheck(name: string, psi: number, i: number): Check {
  const labels = [
    '(−∞, 4]',
    '(4, 9]',
    '(9, 15]',
    '(15, 22]',
    '(22, 30]',
    '(30, 39]',
    '(39, 48]',
    '(48, 58]',
    '(58, 65]',
    '(65, ∞)',
  ];
  const current = labels.map((_, bin) => Math.round(100 + 300 * psi * Math.sin(bin + i)));
  return {
    id: `drift.${name}`,
    verdict: psi > 0.2 ? 'fail' : 'pass',
    reason: `${name}: PSI is ${psi}, ${psi > 0.2 ? 'above' : 'not above'} 0.2`,
    evidence: {
      statistic: 'psi',
      estimate: psi,
      threshold: 0.2,
      null95: 0.021,
      pValue: psi > 0.2 ? 1e-9 : 0.4,
      n: 1000,
      histogram: {
        kind: 'numeric',
        labels,
        reference: labels.map(() => 100),
        current,
        edges: [4, 9, 15, 22, 30, 39, 48, 58, 65],
      },
      statistics: [
        { name: 'psi', estimate: psi, threshold: 0.2, warn: 0.1, null95: 0.021, null99: 0.03, pValue: 0.4 },
        { name: 'ks', estimate: psi / 3, null95: 0.05, pValue: 0.3 },
      ],
    },
  };
}

export const DRIFT_REPORT: Report = {
  ...REPORT,
  gate: 'drift',
  reason:
    'tenure_months: PSI is 0.31, above 0.2; equal distributions give at most 0.021 in 95 % of samples of 1,000 and 1,000 rows',
  checks: ['tenure_months', 'monthly_charges', 'support_calls', 'contract_type', 'payment_method_of_the_customer'].map(
    (name, i) => driftCheck(name, [0.31, 0.12, 0.04, 0.011, 0.002][i] ?? 0, i),
  ),
};

/** A data gate over a wide table: as many checks as asked for, one in a hundred failed. */
export function wideReport(count: number): Report {
  const checks = Array.from({ length: count }, (_, i): Check => {
    const verdict = i % 100 === 7 ? 'fail' : i % 250 === 8 ? 'inconclusive' : 'pass';
    const column = `column_${String(Math.floor(i / 5)).padStart(4, '0')}`;
    const unexpected = verdict === 'fail' ? [`value ${i}`, 'another'] : [];
    return {
      id: `data.train.${column}.in_set_${i % 5}`,
      verdict,
      reason: `train.csv: ${column}: ${unexpected.length} of 100000 values are not in the set`,
      evidence: {
        success: verdict === 'pass',
        expectation_config: {
          type: 'expect_column_values_to_be_in_set',
          kwargs: { column, value_set: ['a', 'b', 'c'] },
        },
        result: {
          element_count: 100_000,
          missing_count: 12,
          missing_percent: 0.012,
          unexpected_count: unexpected.length,
          unexpected_percent: unexpected.length / 1000,
          partial_unexpected_list: unexpected,
          partial_unexpected_keys: unexpected.map((_value, n) => `C-${i + n}`),
        },
        source: 'value counts',
      },
    };
  });
  return {
    schema: REPORT_SCHEMA,
    gate: 'data',
    verdict: 'fail',
    reason: checks[7]?.reason ?? '',
    release: REPORT.release,
    checks,
    createdAt: REPORT.createdAt,
  };
}

/** Forty checks; spending drifts until another release serves. */
export const DRIFT_TRAFFIC = {
  endpoint: 'churn-production',
  window: { from: '2026-10-01T00:00:00Z', to: '2026-10-11T00:00:00Z' },
  threshold: 0.2,
  series: Array.from({ length: 40 }, (_, i) => ({
    at: new Date(Date.UTC(2026, 9, 1, 6 * i)).toISOString(),
    release: i < 28 ? '7' : '8',
    features: {
      monthly_spend: [0.02 + (i > 15 && i < 28 ? 0.03 * (i - 15) : 0), 0.05] as const,
      'a column with quite a long name, longer than a phone is wide': [0.03, 0.05] as const,
    },
    ...(i === 22 ? { raised: true as const } : {}),
  })),
};
