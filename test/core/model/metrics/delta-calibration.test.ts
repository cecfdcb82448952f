import type { MetricInput, MetricName } from '../../../../lib/core/model/metrics';
import { influencesOf, influenceVariance } from '../../../../lib/core/model/metrics/delta';
import { rowsOf } from '../../../../lib/core/model/metrics/input';
import { prepare } from '../../../../lib/core/model/metrics/prepare';
import { evaluate } from '../../../../lib/core/model/metrics/prepared';
import { replicatesOf } from '../../../../lib/core/model/metrics/replicates';
import {
  createRandom,
  drawNormal,
  type Interval,
  type Random,
  twoSidedQuantile,
} from '../../../../lib/core/statistics';
import { band, CHEAP, COSTLY, expectCoverage, multiclass, ofTwo, regression, type Setting, settings } from './coverage';

const SETTINGS: readonly Setting[] = [
  // Few rows: the largest of many distances is biased upwards.
  ...settings(['ks'], ofTwo, { ...CHEAP, short: 0.04 }),
  ...settings(['log_loss', 'brier', 'pr_auc', 'lift', 'roc_auc', 'ks'], ofTwo, {
    ...CHEAP,
    method: 'delta',
    rows: 1000,
  }),
  ...settings(['ece'], ofTwo, { ...CHEAP, method: 'delta', rows: 3000 }),
  ...settings(['roc_auc_ovr_weighted'], multiclass, { ...CHEAP, method: 'delta', rows: 600 }),
  ...settings(['mae', 'rmse', 'r2', 'mape', 'pinball'], regression, COSTLY),
  ...settings(['mae', 'rmse', 'r2'], regression, { ...CHEAP, method: 'delta' }),
];

test.each(SETTINGS)('$name, $method: the interval of $rows rows covers the truth in 95 % of cases', expectCoverage);

/** Two models that see the same signal, each through noise of its own: equally good and correlated. */
function equalModels(random: Random, n: number, ties: boolean): readonly [MetricInput, MetricInput] {
  const labels = Float64Array.from({ length: n }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const signal = labels.map((label) => 1.5 * label - 0.75 + drawNormal(random));
  const model = (): MetricInput => {
    const scores = signal.map((x) => 1 / (1 + Math.exp(-x - 0.7 * drawNormal(random))));
    return { labels, predictions: { columns: [ties ? scores.map((p) => Math.round(p * 10) / 10) : scores] } };
  };
  return [model(), model()];
}

function differenceInterval(
  name: MetricName,
  models: readonly MetricInput[],
  method: string,
  seed: number,
): Interval | null {
  const [rows, other] = models.map((model) => rowsOf(name, model));
  if (rows === undefined || other === undefined) throw new Error('two models are compared');
  const pair = [prepare(name, rows), prepare(name, other)];
  if (method === 'bootstrap') {
    const subtract = ([a = Number.NaN, b = Number.NaN]: readonly number[]) => [a - b];
    return replicatesOf(rows, pair, subtract, { replicates: 150, seed }).percentile(0, 0.95);
  }
  const [a, b] = pair.map((each) => {
    const measured = evaluate(each, undefined);
    return { value: 'value' in measured ? measured.value : Number.NaN, influence: influencesOf(each, rows) };
  });
  const theirs = b?.influence ?? new Float64Array(0);
  const influence = (a?.influence ?? new Float64Array(0)).map((value, row) => value - (theirs[row] ?? Number.NaN));
  const reach = twoSidedQuantile(0.95) * Math.sqrt(influenceVariance(rows, influence));
  const difference = (a?.value ?? Number.NaN) - (b?.value ?? Number.NaN);
  return [difference - reach, difference + reach];
}

test.each([
  ['f1', 'bootstrap', 200, false, 150],
  ['mcc', 'bootstrap', 200, true, 150],
  ['brier', 'bootstrap', 150, true, 60],
  ['pr_auc', 'bootstrap', 150, true, 60],
  ['log_loss', 'delta', 300, false, 200],
  ['pr_auc', 'delta', 500, true, 200],
  ['ks', 'delta', 500, false, 200],
] as const)(
  '%s, %s: two equally good models of %d rows are told apart in 5 %% of cases',
  (name, method, n, ties, runs) => {
    const random = createRandom(45);
    let excluded = 0;
    for (let run = 0; run < runs; run += 1) {
      const [low, high] = differenceInterval(name, equalModels(random, n, ties), method, run) ?? [1, 0];
      if (!(low <= 0 && 0 <= high)) excluded += 1;
    }
    expect(Math.abs(excluded / runs - 0.05)).toBeLessThan(band(0.05, runs) + 0.01);
  },
);
