import type { Predictions } from '../model/columns';
import type { Measured } from '../model/metrics/definition';
import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';
import type { Verdict } from '../verdict';
import type { LineageEnvironment } from './lineage';
import { compareMembers, type Member, membersText } from './members';

/** Predictions for the same rows in the same order, or why they cannot be laid side by side. */
export type PredictionPair =
  | { readonly original: Predictions; readonly again: Predictions }
  | { readonly problem: string; readonly verdict: Exclude<Verdict, 'pass'> };

export interface MetricPair {
  readonly name: string;
  /** As the model gate's report has it; absent where the report is gone or did not measure it. */
  readonly recorded?: number | undefined;
  /** Recomputed from the stored predictions, and from the new ones. */
  readonly original: Measured;
  readonly again: Measured;
}

/** What the second training led to, beside what the first one did. */
export interface ReproductionFacts {
  /** Largest difference of a prediction or a metric that is none. */
  readonly tolerance: number;
  readonly environments: { readonly original?: LineageEnvironment; readonly again?: LineageEnvironment };
  readonly models: { readonly original: readonly Member[]; readonly again: readonly Member[] };
  readonly predictions: PredictionPair;
  readonly metrics: readonly MetricPair[];
}

export type Outcome = 'identical' | 'equal within tolerance' | 'different' | 'not comparable';

/** The checks of a reproduction, and what they come to in two words. */
export function judgeReproduction(facts: ReproductionFacts): {
  readonly outcome: Outcome;
  readonly checks: readonly Check[];
} {
  const predictions = checkPredictions(facts.predictions, facts.tolerance);
  const model = checkModel(facts, predictions.verdict);
  const checks = [
    ...checkEnvironment(facts.environments),
    model,
    predictions,
    ...facts.metrics.map((metric) => checkMetric(metric, facts.tolerance)),
  ];
  return { checks, outcome: outcomeOf(checks, facts) };
}

function outcomeOf(checks: readonly Check[], { models, predictions }: ReproductionFacts): Outcome {
  if (checks.some(({ verdict }) => verdict === 'fail')) return 'different';
  if (checks.some(({ verdict }) => verdict === 'inconclusive') || 'problem' in predictions) return 'not comparable';
  const same = compareMembers(models.original, models.again).length === 0 && greatest(predictions).difference === 0;
  return same ? 'identical' : 'equal within tolerance';
}

/** No check where neither model says what wrote it: a workload need not. */
function checkEnvironment({ original, again }: ReproductionFacts['environments']): readonly Check[] {
  const id = 'reproduce.environment';
  if (original === undefined && again === undefined) return [];
  if (original === undefined || again === undefined) {
    const which = original === undefined ? "the release's model" : 'the new model';
    return [{ id, verdict: 'fail', reason: `${which} has no environment.json, the other one has` }];
  }
  const versions = ({ python, packages }: LineageEnvironment) =>
    new Map([['python', python], ...Object.entries(packages)]);
  const [a, b] = [versions(original), versions(again)];
  const differing = [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name) => {
    const [then, now] = [a.get(name), b.get(name)];
    return then === now ? [] : [`${name} ${then ?? '(none)'} → ${now ?? '(none)'}`];
  });
  const same = differing.length === 0 && original.sha256 === again.sha256;
  const reason = same
    ? `the same environment: ${plural(a.size - 1, 'package')} on Python ${original.python}`
    : `another environment: ${differing.length > 0 ? differing.join(', ') : 'its fingerprint differs'}`;
  return [
    { id, verdict: same ? 'pass' : 'fail', reason, evidence: { original: original.sha256, again: again.sha256 } },
  ];
}

/** A model may be stored in other bytes, e.g. with a time in them: then its predictions decide. */
function checkModel({ models }: ReproductionFacts, predictions: Verdict): Check {
  const id = 'reproduce.model';
  const { original, again } = models;
  const differences = compareMembers(original, again);
  const evidence = { original, again };
  if (differences.length === 0) {
    return {
      id,
      verdict: 'pass',
      reason: `${plural(original.length, 'file')} of model.tar.gz, each with the same sha256`,
      evidence,
    };
  }
  const text = `model.tar.gz: ${membersText(differences)}`;
  if (differences.some(({ kind }) => kind !== 'different')) return { id, verdict: 'fail', reason: text, evidence };
  const reason = predictions === 'pass' ? `${text} in its bytes; the predictions decide, and agree` : text;
  return { id, verdict: predictions, reason, evidence };
}

function checkPredictions(pair: PredictionPair, tolerance: number): Check {
  const id = 'reproduce.predictions';
  if ('problem' in pair) return { id, verdict: pair.verdict, reason: pair.problem };
  const { rows, differing, difference } = greatest(pair);
  const evidence = {
    statistic: 'max_absolute_difference',
    estimate: difference,
    n: rows,
    threshold: tolerance,
    differing,
  };
  if (rows === 0) return { id, verdict: 'inconclusive', reason: 'there are no predictions to compare', evidence };
  const apart = `${plural(differing, 'row')} of ${formatNumber(rows)} ${differing === 1 ? 'differs' : 'differ'}, by ${difference.toExponential(2)} at most`;
  if (differing === 0)
    return { id, verdict: 'pass', reason: `${plural(rows, 'row')}, each with the same prediction`, evidence };
  return difference <= tolerance
    ? { id, verdict: 'pass', reason: `${apart}; up to ${tolerance} is none`, evidence }
    : { id, verdict: 'fail', reason: `${apart}; ${tolerance} is allowed`, evidence };
}

/** Over all rows and columns: the greatest |a − b|, and how many rows differ at all. */
function greatest({ original, again }: { readonly original: Predictions; readonly again: Predictions }) {
  const columns = Math.max(original.columns.length, again.columns.length);
  const rows = Math.max(...[original, again].map((each) => each.columns[0]?.length ?? 0));
  let [difference, differing] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    let apart = 0;
    for (let column = 0; column < columns; column += 1) {
      apart = Math.max(apart, distance(original.columns[column]?.[row], again.columns[column]?.[row]));
    }
    if (apart > 0) differing += 1;
    difference = Math.max(difference, apart);
  }
  return { rows, differing, difference };
}

/** What only one model answers, and what is no number, is as far apart as can be. */
function distance(a: number | undefined, b: number | undefined): number {
  const apart = Math.abs((a ?? Number.NaN) - (b ?? Number.NaN));
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}

/** Sums of doubles in another order differ by less than this where the metric is the same. */
const ROUNDING = 1e-9;

function checkMetric({ name, recorded, original, again }: MetricPair, tolerance: number): Check {
  const id = `reproduce.metrics.${name}`;
  if ('undefined' in original || 'undefined' in again) {
    const why = 'undefined' in original ? original.undefined : 'undefined' in again ? again.undefined : '';
    return { id, verdict: 'inconclusive', reason: `${name} is not defined: ${why}` };
  }
  const difference = Math.abs(again.value - original.value);
  const evidence = {
    statistic: name,
    estimate: again.value,
    original: original.value,
    ...(recorded === undefined ? {} : { recorded }),
    difference,
    threshold: tolerance,
  };
  if (recorded !== undefined && Math.abs(recorded - original.value) > Math.max(tolerance, ROUNDING)) {
    const reason = `${name}: the release's report says ${recorded}, its stored predictions give ${original.value}`;
    return { id, verdict: 'fail', reason, evidence };
  }
  const values = `${name} is ${again.value}, the release's ${original.value}`;
  const same = difference <= tolerance;
  return {
    id,
    verdict: same ? 'pass' : 'fail',
    reason: same ? values : `${values}: ${tolerance} is allowed`,
    evidence,
  };
}
