import { type Check, renderHtml, renderRunHtml } from '../../../lib/core/report';
import { callersPicture } from '../../../lib/core/report/pictures/callers';
import { driftSeriesPicture } from '../../../lib/core/report/pictures/drift-series';
import type { CallerSummary } from '../../../lib/core/rollout/callers';
import { DRIFT_REPORT, MODEL_REPORT } from '../../browser/samples';
import { CANARY_EVIDENCE, REPORT, RUN } from './samples';

const page = (evidence: Record<string, unknown>): string =>
  renderHtml({ ...REPORT, checks: [{ id: 'c', verdict: 'pass', reason: 'r', evidence }] });

describe('slices', () => {
  const slice = (value: string, estimate: number) => ({
    value,
    estimate,
    interval: [estimate - 0.1, estimate + 0.1],
    verdict: 'pass',
  });
  const slices = [slice('a', 0.7), slice('b', 0.8)];

  test('are drawn with their intervals, both models and the bound', () => {
    const html = page({ statistic: 'roc_auc', min: 0.6, slices: slices.map((one) => ({ ...one, champion: 0.65 })) });
    expect(html).toContain('2 slices with their intervals');
    expect(html).toContain('0.6 required');
    expect(html).toContain('</span>champion');
    expect(page({ statistic: 'roc_auc', slices })).not.toContain('</span>champion');
  });

  test('a bound of the difference from the champion is no bound of the slices', () => {
    const difference = page({ statistic: 'roc_auc_difference', min: -0.02, slices });
    expect(difference).toContain('2 slices');
    expect(difference).not.toContain('required</text>');
  });

  test('that have no value are left out, and one alone is no picture', () => {
    expect(
      page({ slices: [slices[0], { value: 'b', estimate: null, interval: null, verdict: 'inconclusive' }] }),
    ).not.toContain('<svg');
    expect(page({ slices: 'none' })).not.toContain('<svg');
  });
});

describe('drift', () => {
  test('shows every column, the greatest first, with threshold and what chance stays below', () => {
    const html = renderHtml(DRIFT_REPORT);
    const picture = html.slice(html.indexOf('Population stability index of 5 columns'));
    expect(picture.indexOf('tenure_months')).toBeLessThan(picture.indexOf('support_calls'));
    expect(picture.match(/class="tick"/g)).toHaveLength(5);
    expect(picture).toContain('threshold 0.2');
  });

  test('a histogram shows shares of both samples and never counts that cannot be', () => {
    const histogram = { labels: ['a', 'b'], reference: [10, 30], current: [1, 3] };
    expect(page({ histogram })).toContain('b: reference 75\u202F%, current 75\u202F%');
    for (const broken of [
      { reference: [10] },
      { current: [0, 0] },
      { current: [-1, 3] },
      { reference: [Number.NaN, 1] },
      { labels: ['a'] },
    ]) {
      expect(page({ histogram: { ...histogram, ...broken } })).not.toContain('<svg');
    }
  });

  test('edges are rounded for the eye', () => {
    const histogram = { labels: ['≤ 40.818000000000005', '> 40.818000000000005'], reference: [1, 1], current: [1, 1] };
    expect(page({ histogram })).toContain('≤ 40.82');
  });
});

test('calibration is drawn for one list of bins and for both models', () => {
  const bins = [
    { predicted: 0.1, observed: 0.12, interval: [0.1, 0.14], rows: 100 },
    { predicted: 0.9, observed: 0.85, interval: [0.8, 0.9], rows: 10 },
  ];
  expect(page({ calibration: bins })).toContain('predicted 0.9, observed 0.85, 10 rows');
  const both = page({
    calibration: [
      { name: 'challenger', bins },
      { name: 'champion', bins },
    ],
  });
  expect(both.match(/class="curve/g)).toHaveLength(2);
  expect(page({ calibration: [{ name: 'x', bins: [] }] })).not.toContain('<svg');
});

describe('an expectation', () => {
  const check = (result: Record<string, unknown>): Check => ({
    id: 'c',
    verdict: 'fail',
    reason: 'r',
    evidence: {
      success: false,
      expectation_config: {
        type: 'expect_column_values_to_be_in_set',
        kwargs: { column: 'plan', value_set: ['a', 'b'] },
      },
      result,
      source: 'value counts',
    },
  });
  const html = (result: Record<string, unknown>): string => renderHtml({ ...REPORT, checks: [check(result)] });

  test('says what it found in words, and shows unexpected values with their keys', () => {
    const text = html({
      element_count: 100_000,
      missing_count: 12,
      unexpected_count: 3,
      unexpected_percent: 0.003,
      partial_unexpected_list: ['<b>', 7],
      partial_unexpected_keys: ['C-1', 'line 9'],
    });
    expect(text).toContain('100,000 values, 12 missing, 3 unexpected (below 0.01\u202F%)');
    expect(text).toContain('<code>&lt;b&gt;</code> <span class="quiet">at C-1</span>');
    expect(text).toContain('<code>7</code> <span class="quiet">at line 9</span>');
    expect(text).toContain('<code>expect_column_values_to_be_in_set</code>');
    expect(text).not.toContain('expectation_config');
  });

  test('shows what it observed', () => {
    expect(html({ observed_value: 36.012345 })).toContain('observed 36.01');
    expect(html({ observed_value: { quantiles: [0.5], values: [9] } })).toContain('<th scope="row">quantiles</th>');
  });
});

test('failed checks come first and are counted', () => {
  const text = renderHtml(MODEL_REPORT);
  expect(text.indexOf('Failed <span class="count">2')).toBeGreaterThan(0);
  expect(text.indexOf('<h3>Failed')).toBeLessThan(text.indexOf('<h3>Inconclusive'));
  expect(text.indexOf('<h3>Inconclusive')).toBeLessThan(text.indexOf('<h3>Passed'));
});

describe('evidence over the looks of a canary step', () => {
  test('ends over the threshold in the colour of failure, on a logarithmic scale', () => {
    const html = page(CANARY_EVIDENCE);
    expect(html).toContain('it ends at 412, 100 takes it back');
    expect(html).toContain('<g class="fail"><path class="step"');
    const [, points = ''] = /<path class="step" d="M([^"]*)"/.exec(html) ?? [];
    const heights = points.split('L').map((point) => Number(point.split(' ')[1]));
    const [one = 0, two = 0, three = 0, four = 0] = heights;
    // Equal factors are equal distances: 0.31 → 0.9 is less than 0.9 → 14.2 → 412.
    expect(one - two).toBeLessThan(two - three);
    expect(two - three).toBeLessThan(three - four);
    expect(html).not.toContain('<th scope="row">series');
  });

  test('stays below it in the colour of a pass, and is not drawn from anything else', () => {
    const { series } = CANARY_EVIDENCE;
    const fine = page({ ...CANARY_EVIDENCE, series: { ...series, eValue: [1, 0.5, 0.1, 0] } });
    expect(fine).toContain('<g class="pass"><path class="step"');
    expect(fine).not.toMatch(/NaN|Infinity/);
    for (const broken of [
      { series: {} },
      { series: { ...series, eValue: [1] } },
      { threshold: 0.5 },
      { threshold: null },
    ])
      expect(page({ ...CANARY_EVIDENCE, ...broken })).not.toContain('<svg');
  });
});

describe('callers during a rollout', () => {
  const callers = RUN.callers as CallerSummary;
  const drawn = (changes: Partial<CallerSummary> = {}, newest = 'green') =>
    callersPicture({ ...callers, ...changes }, newest) ?? '';

  test('weights are steps that end where callers saw them end; the release that came is drawn full', () => {
    const [blue, green] = [...drawn().matchAll(/<path class="curve( other)?" d="M36 [\d.]+(H[^"]*)"\/>/g)];
    expect([blue?.[1], green?.[1]]).toEqual([' other', undefined]);
    // 5 % and 25 % of a height of 60 above the base at 76, then back.
    expect([...(green?.[2] ?? '').matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y))).toEqual([73, 61, 76, 76]);
  });

  test('a variant that answered nothing leaves a gap, and failed requests are marked with their number', () => {
    expect(drawn()).toContain('<title>8 failed on green</title>');
    expect(drawn().match(/class="fail"><title>/g)).toHaveLength(2);
    const alone = drawn({
      variants: [
        { name: 'green', requests: [0, 1, 0], failed: [0, 0, 0], p50Ms: [null, 2, null], p95Ms: [null, 2, null] },
      ],
    });
    expect(alone).toContain('h.1"');
    expect(alone).not.toContain('failed requests');
  });

  test('lost requests are told beside the picture; without any request there is none', () => {
    expect(renderRunHtml({ ...RUN, callers: { ...callers, lost: 3, firstLost: 'ECONNRESET<' } })).toContain(
      '<strong>3 were lost</strong> (ECONNRESET&lt;)',
    );
    expect(renderRunHtml(RUN)).toContain('12 failed in the model of green, none was lost.');
    expect(drawn({ sent: 0 })).toBe('');
  });
});

describe('drift over time', () => {
  const point = (day: number, psi: number, release = '7', more: object = {}) => ({
    at: `2026-10-0${day}T00:00:00Z`,
    release,
    features: { '<spend>': [psi, 0.05] as const, plan: [0.01, 0.05] as const },
    ...more,
  });
  const POINTS = [point(1, 0.02), point(2, 0.4, '7', { raised: true }), point(3, 0.03, '8')];

  test('each feature has its line beside the band, the one with most drift first', () => {
    const html = driftSeriesPicture(POINTS, 0.2) ?? '';
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html.indexOf('&lt;spend&gt;')).toBeLessThan(html.indexOf('plan'));
    expect(html.match(/class="area idle"/g)).toHaveLength(2);
    expect(html).not.toContain('<spend>');
  });

  test('a request for a run is marked, and another release begins a line of its own', () => {
    const html = driftSeriesPicture(POINTS, 0.2) ?? '';
    expect(html.match(/class="tick"/g)).toHaveLength(2);
    const [line = ''] = /class="step" d="[^"]*"/.exec(html) ?? [];
    expect(line.match(/M/g)).toHaveLength(2);
  });

  test('one check is no series', () => {
    expect(driftSeriesPicture(POINTS.slice(0, 1), 0.2)).toBeUndefined();
  });

  test('a feature that some checks lack is drawn where it is known', () => {
    const gaps = [...POINTS, { at: '2026-10-04T00:00:00Z', release: '8', features: {} }];
    expect(driftSeriesPicture(gaps, 0.2)).not.toContain('NaN');
    expect(driftSeriesPicture(gaps, 0.2)).not.toContain('undefined');
  });
});
