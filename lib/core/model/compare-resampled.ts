import { normalCdf, twoSidedQuantile } from '../statistics';
import type { CompareOptions, Comparison } from './compare';
import { type Judged, metricInput } from './estimates';
import { influencesOf, influenceVariance } from './metrics/delta';
import { isUndefined, type MetricDefinition, type Undefined } from './metrics/index';
import { type Rows, rowsOf } from './metrics/input';
import { DELTA_FROM, DELTA_OF_RANKS_FROM } from './metrics/method';
import { prepare } from './metrics/prepare';
import { evaluate, type Prepared } from './metrics/prepared';
import { replicatesOf } from './metrics/replicates';

/** Both models prepared on the same rows. */
interface Pair {
  readonly rows: Rows;
  readonly challenger: Prepared;
  readonly champion: Prepared;
}

/** Improvement as a function of both values, with its derivatives. */
interface Change {
  of(challenger: number, champion: number): number;
  gradient(challenger: number, champion: number): readonly [ofChallenger: number, ofChampion: number];
}

/** More is better; `sign` is −1 where less of the metric is. */
const difference = (sign: 1 | -1): Change => ({ of: (a, b) => sign * (a - b), gradient: () => [sign, -sign] });

/**
 * Change as a share of the absolute value of the champion's metric, which keeps its direction where the metric is negative:
 * an R² from −0.2 to −0.1 is 50 % better, not 50 % worse.
 */
const relative = (sign: 1 | -1): Change => ({
  of: (a, b) => (sign * (a - b)) / Math.abs(b),
  gradient: (a, b) => [sign / Math.abs(b), (-sign * a * Math.sign(b)) / (b * b)],
});

/**
 * Paired comparison of any metric: the bootstrap draws rows with both models' answers on them. Without a test asked for, the
 * delta method takes its place where there are so many rows that both tell the same (20,000; 50,000 for metrics of ranks
 * and bins). The p-value is the achieved level of the percentile interval, 2·(min(#≤0, #≥0) + 1)/(B + 1), at most 1.
 *
 * Sources: B. Efron and R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapters 8, 14 and 15; A. C. Davison and
 * D. V. Hinkley, "Bootstrap methods and their application", 1997, section 4.2.
 */
export function compareByResampling(
  judged: Judged,
  metric: MetricDefinition,
  options: CompareOptions,
  chosen: Uint32Array | undefined,
): Comparison | Undefined {
  const pair = prepareBoth(judged, metric, chosen);
  const { rows } = pair;
  const own = evaluate(pair.challenger, rows.weights);
  if (isUndefined(own)) return { undefined: `of the challenger: ${own.undefined}` };
  const other = evaluate(pair.champion, rows.weights);
  if (isUndefined(other)) return { undefined: `of the champion: ${other.undefined}` };
  const [challenger, champion] = [own.value, other.value];
  const isRelative = options.scale === 'relative';
  if (isRelative && champion === 0) return { undefined: "the champion's value is 0, of which nothing is a share" };
  const sign = metric.better === 'higher' ? 1 : -1;
  const change = isRelative ? relative(sign) : difference(sign);
  const base = { improvement: change.of(challenger, champion), n: rows.n, challenger, champion };
  const enough = rows.n >= (pair.challenger.kind === 'weighed' ? DELTA_OF_RANKS_FROM : DELTA_FROM);
  const byDelta = options.test === undefined && enough ? compareByDelta(pair, change, base, options) : undefined;
  return { ...base, ...(byDelta ?? compareByBootstrap(judged, pair, change, options)) };
}

function prepareBoth(judged: Judged, { name }: MetricDefinition, chosen: Uint32Array | undefined): Pair {
  const { challenger, champion = challenger } = judged.columns;
  const rows = rowsOf(name, metricInput(judged, challenger, chosen));
  const other = rowsOf(name, metricInput(judged, champion, chosen));
  return { rows, challenger: prepare(name, rows), champion: prepare(name, other) };
}

type Found = Pick<Comparison, 'interval' | 'pValue' | 'method'>;

function compareByBootstrap(
  { config: { seed, replicates } }: Judged,
  { rows, challenger, champion }: Pair,
  change: Change,
  { test, confidence }: CompareOptions,
): Found {
  const method = test === 'bca' ? 'bootstrap_paired_bca' : 'bootstrap_paired';
  if (rows.n < 2) return { interval: null, method };
  const statistic = ([a = Number.NaN, b = Number.NaN]: readonly number[]) => [change.of(a, b)];
  const found = replicatesOf(rows, [challenger, champion], statistic, { seed, replicates });
  const interval = test === 'bca' ? found.bca(0, confidence) : found.percentile(0, confidence);
  if (interval === null) return { interval, method };
  return { interval, method, pValue: achievedLevel(found.replicates[0]) };
}

export function achievedLevel(values: Float64Array = new Float64Array(0)): number {
  let [below, above] = [0, 0];
  for (const value of values) {
    if (value <= 0) below += 1;
    if (value >= 0) above += 1;
  }
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (values.length + 1));
}

function compareByDelta(
  { rows, challenger, champion }: Pair,
  change: Change,
  values: Pick<Comparison, 'improvement' | 'challenger' | 'champion'>,
  { confidence }: CompareOptions,
): Found | undefined {
  const [own, other] = [influencesOf(challenger, rows), influencesOf(champion, rows)];
  if (own === undefined || other === undefined) return undefined;
  const [ofOwn, ofOther] = change.gradient(values.challenger, values.champion);
  for (let row = 0; row < own.length; row += 1) {
    own[row] = ofOwn * (own[row] as number) + ofOther * (other[row] as number);
  }
  const error = Math.sqrt(influenceVariance(rows, own));
  if (!Number.isFinite(error)) return undefined;
  const { improvement } = values;
  const reach = twoSidedQuantile(confidence) * error;
  const pValue = error > 0 ? 2 * normalCdf(-Math.abs(improvement) / error) : Number(improvement === 0);
  return { interval: [improvement - reach, improvement + reach], pValue, method: 'delta_paired' };
}
