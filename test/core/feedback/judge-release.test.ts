import { gatesSchema } from '../../../lib/config/gates';
import { addScore, NO_SCORES } from '../../../lib/core/feedback/coverage';
import type { JoinedRow } from '../../../lib/core/feedback/joined-row';
import { judgeRelease, NEVER_JUDGED, type ReleaseState } from '../../../lib/core/feedback/judge-release';
import { createRandom, drawNormal } from '../../../lib/core/statistics';

const gatesOf = (quality: object, model: object = {}, dataset: object = {}) =>
  gatesSchema.parse({
    version: 1,
    dataset: {
      name: 'churn',
      version: '1',
      key: 'id',
      label: 'churned',
      columns: { id: 'string', plan: 'string', churned: 'integer' },
      ...dataset,
    },
    model: { metrics: { roc_auc: { min: 0.75 } }, ...model },
    monitoring: { quality: { minCoverage: 0, ...quality } },
  });

function rowsOf(count: number, apart: number, labelledAt = '2026-11-20T06:00:00.000Z'): readonly JoinedRow[] {
  const random = createRandom(count);
  return Array.from({ length: count }, (_, i) => {
    const label = random() < 0.4 ? 1 : 0;
    const score = 1 / (1 + Math.exp(-drawNormal(random) - label * apart));
    const plan = i % 3 === 0 ? 'annual' : i % 50 === 1 ? 'trial' : 'monthly';
    return {
      inferenceId: `q${i}`,
      row: 0,
      predictedAt: '2026-11-19T06:00:00.000Z',
      labelledAt,
      label: String(label),
      scores: [score],
      columns: { plan },
    };
  });
}

function judge(rows: readonly JoinedRow[], gates = gatesOf({}), before: ReleaseState = NEVER_JUDGED, share = 1) {
  const scores = rows.reduce((moments, row) => addScore(moments, row.scores[0] ?? 0), NO_SCORES);
  const predictions = Math.round(rows.length / share);
  const captured = { predictions, withoutId: 0, repeatedIds: 0, scores };
  return judgeRelease({ release: '7', rows, joined: rows, captured }, gates, before);
}

const checkOf = ({ checks }: ReturnType<typeof judge>, id: string) => checks.find((check) => check.id === id);

describe('a release by its labels', () => {
  it('meets its floor, may miss it, and proves to miss it', () => {
    const met = judge(rowsOf(1000, 1.6));
    expect(checkOf(met, 'metrics.roc_auc')).toMatchObject({ verdict: 'pass' });
    const unproven = judge(rowsOf(1000, 0.8));
    expect(checkOf(unproven, 'metrics.roc_auc')).toMatchObject({ verdict: 'inconclusive' });
    expect(checkOf(unproven, 'metrics.roc_auc')?.reason).toContain('neither shown nor disproved');
    const missed = judge(rowsOf(1000, 0.5), gatesOf({ consecutive: 1 }));
    expect(checkOf(missed, 'metrics.roc_auc')).toMatchObject({ verdict: 'fail' });
    expect(missed.alarms).toEqual([expect.objectContaining({ id: 'metrics.roc_auc', look: 1 })]);
    expect([met, unproven].flatMap(({ alarms }) => alarms)).toEqual([]);
  });

  it('asks for the whole interval where decide says so', () => {
    const gates = gatesOf({ metrics: { roc_auc: { min: 0.75, decide: 'lower-bound' } } });
    const rows = rowsOf(300, 1.1);
    expect(checkOf(judge(rows), 'metrics.roc_auc')?.verdict).toBe('pass');
    expect(checkOf(judge(rows, gates), 'metrics.roc_auc')?.verdict).toBe('inconclusive');
  });

  it('looks again at other rows only, and each look spends less', () => {
    const first = judge(rowsOf(1000, 0.5));
    expect(first.state).toMatchObject({ looks: 1, watches: { 'metrics.roc_auc': { breaches: 1, raised: false } } });
    const repeated = judge(rowsOf(1000, 0.5), gatesOf({}), first.state);
    expect(repeated.state).toEqual(first.state);
    expect(repeated.alarms).toEqual([]);
    const second = judge(rowsOf(1100, 0.5), gatesOf({}), first.state);
    expect(second.alarms).toHaveLength(1);
    const confidence = [first, second].map((each) => checkOf(each, 'metrics.roc_auc')?.evidence?.proofConfidence);
    expect(confidence).toEqual([1 - 2 * (0.05 / 2), 1 - 2 * (0.05 / 6)]);
  });

  it('divides what a look may spend among all bounds', () => {
    const model = { slices: [{ column: 'plan', metrics: { roc_auc: { min: 0.6 } } }] };
    const judged = judge(rowsOf(1000, 1.6), gatesOf({}, model));
    // One bound of all rows, and one of each of two slices; trial has too few.
    expect(checkOf(judged, 'metrics.roc_auc')?.evidence?.proofConfidence).toBeCloseTo(1 - 2 * (0.05 / 2 / 3), 12);
    const slices = checkOf(judged, 'slices.plan.roc_auc');
    expect(slices?.verdict).toBe('pass');
    expect(slices?.evidence?.thin).toEqual([{ value: 'trial', rows: 13 }]);
    expect(judged.metrics.map(({ slice }) => slice)).toEqual([undefined, 'plan=annual', 'plan=monthly']);
  });

  it.each([
    ['few rows', () => judge(rowsOf(150, 0)), '200 labelled predictions are needed'],
    [
      'few labels',
      () => judge(rowsOf(500, 0), gatesOf({ minCoverage: 0.5 }), NEVER_JUDGED, 0.2),
      'and 20\u202f% have one',
    ],
    [
      'one class',
      () => judge(rowsOf(500, 0).map((row, i) => ({ ...row, label: i < 4 ? '1' : '0' }))),
      '4 labels of 500 are positive, and 10 are needed',
    ],
    [
      'no classes',
      () => judge(rowsOf(500, 0), gatesOf({}, { metrics: { accuracy: { min: 0.5 } } }, { task: 'multiclass' })),
      'dataset.classes has to name the classes',
    ],
  ])('says nothing of %s, and spends nothing on it', (_, judged, reason) => {
    const result = judged();
    const decided = result.checks.filter(({ id }) => id.startsWith('metrics') || id === 'coverage');
    expect(decided.map(({ verdict }) => verdict)).not.toContain('fail');
    expect(decided.map((check) => check.reason).join('\n')).toContain(reason);
    expect(result.state).toEqual(NEVER_JUDGED);
    expect(result.alarms).toEqual([]);
  });

  it('leaves out and tells labels that are none of the dataset', () => {
    const rows = rowsOf(500, 1.6).map((row, i) => (i < 5 ? { ...row, label: 'yes' } : row));
    const judged = judge(rows);
    expect(judged.rows).toBe(495);
    expect(checkOf(judged, 'labels.usable')).toMatchObject({ verdict: 'inconclusive' });
    expect(checkOf(judged, 'labels.usable')?.reason).toContain('5 of 500 joined predictions');
  });

  it('tells that labels come for some cases sooner', () => {
    const rows = rowsOf(500, 1.6);
    const late = rows.filter(({ scores }) => (scores[0] ?? 0) > 0.5);
    const scores = rows.reduce((moments, row) => addScore(moments, row.scores[0] ?? 0), NO_SCORES);
    const captured = { predictions: 500, withoutId: 20, repeatedIds: 0, scores };
    const { checks } = judgeRelease({ release: '7', rows: late, joined: late, captured }, gatesOf({}), NEVER_JUDGED);
    const coverage = checks.find(({ id }) => id === 'coverage');
    expect(coverage?.reason).toContain('labels come for some cases sooner than for others');
    expect(coverage?.reason).toContain('20 came without an inference id');
  });

  it('names a slice whose condition cannot be asked of requests', () => {
    const metrics = { roc_auc: { min: 0.5 } };
    const model = { slices: [{ name: 'long', where: 'length(plan) > 6', metrics }] };
    const check = checkOf(judge(rowsOf(500, 1.6), gatesOf({}, model)), 'slices.long.roc_auc');
    expect(check).toMatchObject({ verdict: 'inconclusive' });
    expect(check?.reason).toContain('length at character 1 of "length(plan) > 6"');
  });

  it('keeps the count of a slice that has no rows today', () => {
    const before: ReleaseState = {
      looks: 3,
      judged: 'others',
      watches: { 'slices.plan.roc_auc=gone': { breaches: 1, raised: true } },
    };
    expect(judge(rowsOf(500, 1.6), gatesOf({}), before).state.watches).toEqual(before.watches);
  });
});
