import { formatApart, formatInterval, formatNumber, formatPercent, plural } from '../report/format';
import type { Check, Evidence } from '../report/report';
import { differenceInterval, type Interval, ratioInterval } from '../statistics';
import { combineVerdicts, type Verdict } from '../verdict';
import type { FairnessConfig } from './config';
import { groupAt, type Judged } from './estimates';
import { type GroupRates, groupRates, type Rate } from './fairness-rates';

/** One rate of one group beside the reference's. */
interface Compared {
  readonly group: string;
  readonly rate: Rate;
  readonly reference: Rate;
  /** Group minus reference, or group over reference. */
  readonly value: number;
  /** `null` where any value fits. */
  readonly interval: Interval | null;
  /** Distance inside the bound; negative: outside. */
  readonly margin: number;
  readonly verdict: Verdict;
}

type Measure = 'difference' | 'ratio';

/**
 * Rates of a predicted positive in each group against the reference group: among all rows (demographic parity), among
 * positives (equal opportunity), among positives and among negatives (equalized odds; the worse decides). Groups with fewer
 * than `minRows` rows, or rows that a rate is a share of, are listed and decide nothing.
 *
 * Sources: M. Hardt, E. Price and N. Srebro, NeurIPS 2016 (equalized odds, equal opportunity); C. Dwork et al., ITCS 2012
 * (demographic parity); the 0.8 of a ratio is the four-fifths rule of 29 CFR 1607.4 D.
 *
 * @param groupOf for each entry of `model.fairness` its group of the columns
 */
export function judgeFairness(judged: Judged, groupOf: readonly number[]): readonly Check[] {
  return judged.config.fairness.flatMap((config, index) => {
    const group = groupAt(judged, groupOf[index], `fairness.${config.column}`);
    const groups = groupRates(judged, config.metric, group);
    return (['difference', 'ratio'] as const).flatMap((measure) =>
      config[measure] === undefined ? [] : [checkOf(config, measure, groups)],
    );
  });
}

function checkOf(config: FairnessConfig, measure: Measure, groups: readonly GroupRates[]): Check {
  const id = `fairness.${config.column}.${config.metric}.${measure}`;
  const reference = config.reference === undefined ? groups[0] : groups.find(({ value }) => value === config.reference);
  const isThin = ({ rows, rates }: GroupRates) => Math.min(rows, ...rates.map((rate) => rate.rows)) < config.minRows;
  const thin = groups.filter(isThin).map(({ value, rows }) => ({ value, rows }));
  const others = groups.filter((group) => group !== reference && !isThin(group));
  const listed = { reference: reference?.value ?? config.reference ?? null, thin, minRows: config.minRows };
  const inconclusive = (reason: string): Check => ({ id, verdict: 'inconclusive', reason, evidence: listed });
  if (reference === undefined) {
    const known = groups.map(({ value }) => value).join(', ');
    return inconclusive(`the reference group ${config.reference} of ${config.column} has no row; there are ${known}`);
  }
  if (isThin(reference)) return inconclusive(tooThin(config, reference));
  if (others.length === 0) {
    return inconclusive(
      `no group of ${config.column} beside ${reference.value} has the ${plural(config.minRows, 'row')} that a comparison needs`,
    );
  }
  const compared = others.flatMap((group) => compare(config, measure, group, reference));
  return conclude(config, measure, compared, { id, listed, thin: thin.map(({ value }) => value) });
}

function tooThin({ column, minRows }: FairnessConfig, { value, rates }: GroupRates): string {
  const [rate] = [...rates].sort((a, b) => a.rows - b.rows);
  return `the reference group ${value} of ${column} has ${plural(rate?.rows ?? 0, 'row')} behind its ${rate?.name ?? 'rate'}; ${formatNumber(minRows)} are needed`;
}

function compare(
  config: FairnessConfig,
  measure: Measure,
  group: GroupRates,
  reference: GroupRates,
): readonly Compared[] {
  return group.rates.flatMap((rate, i): readonly Compared[] => {
    const other = reference.rates[i];
    if (other === undefined) return [];
    const base = { group: group.value, rate, reference: other };
    if (measure === 'difference') {
      const { max = 1, decide = 'point', confidence = 0.95 } = config.difference ?? {};
      const value = rate.share - other.share;
      const interval = differenceInterval(rate, other, confidence);
      const reach = decide === 'point' ? Math.abs(value) : Math.max(-interval[0], interval[1]);
      const margin = max - reach;
      return [{ ...base, value, interval, margin, verdict: margin >= 0 ? 'pass' : 'fail' }];
    }
    return [{ ...base, ...compareRatio(config, rate, other) }];
  });
}

/** A ratio and its inverse are held against the same bound, so it does not matter which group is named first. */
function compareRatio({ ratio }: FairnessConfig, rate: Rate, other: Rate) {
  const { min = 0, decide = 'point', confidence = 0.95 } = ratio ?? {};
  const value = rate.share / other.share;
  const found = ratioInterval(rate, other, confidence);
  const interval = found?.every(Number.isFinite) ? found : null;
  const folded =
    decide === 'point'
      ? Math.min(value, 1 / value)
      : interval === null
        ? Number.NaN
        : Math.min(interval[0], 1 / interval[1]);
  const margin = folded - min;
  // Two rates of 0 have no ratio.
  const verdict: Verdict = Number.isNaN(margin) ? 'inconclusive' : margin >= 0 ? 'pass' : 'fail';
  return { value, interval, margin, verdict };
}

interface Listed {
  readonly id: string;
  readonly listed: Evidence;
  readonly thin: readonly string[];
}

function conclude(
  config: FairnessConfig,
  measure: Measure,
  compared: readonly Compared[],
  { id, listed, thin }: Listed,
): Check {
  const verdict = combineVerdicts(compared.map((each) => each.verdict));
  const [worst] = compared.filter((each) => each.verdict === verdict).toSorted((a, b) => a.margin - b.margin);
  if (worst === undefined) return { id, verdict: 'inconclusive', reason: 'nothing was compared', evidence: listed };
  const { value, interval, rate, reference } = worst;
  const bound = measure === 'difference' ? config.difference : config.ratio;
  const { decide = 'point', confidence = 0.95 } = bound ?? {};
  const limit =
    config.difference !== undefined && measure === 'difference' ? config.difference.max : (config.ratio?.min ?? 0);
  const aside =
    thin.length === 0
      ? ''
      : `; not compared for fewer than ${plural(config.minRows, 'row')}: ${thin.slice(0, 3).join(', ')}${thin.length > 3 ? ' and more' : ''}`;
  const lead = verdict === 'pass' ? `${plural(compared.length, 'rate')} compared, the worst: ` : '';
  return {
    id,
    verdict,
    reason: `${lead}${sentence(config, measure, worst, limit, decide, confidence)}${aside}`,
    evidence: {
      statistic: `${rate.name.replaceAll(' ', '_')}_${measure}`,
      estimate: Number.isFinite(value) ? value : null,
      interval,
      confidence,
      method: measure === 'difference' ? 'newcombe_hybrid_score' : 'koopman_score',
      n: rate.rows + reference.rows,
      threshold: limit,
      ...(measure === 'difference'
        ? { min: -limit, max: limit }
        : { min: limit, ...(limit > 0 ? { max: 1 / limit } : {}) }),
      decide,
      group: worst.group,
      groups: compared.map(tableRow),
      ...listed,
    },
  };
}

function sentence(
  { column, reference }: FairnessConfig,
  measure: Measure,
  { group, rate, reference: other, value, interval }: Compared,
  limit: number,
  decide: string,
  confidence: number,
): string {
  const range = interval !== null ? ` (${formatPercent(confidence)} interval ${formatInterval(interval)})` : '';
  const beside = reference ?? 'the largest group';
  const rates = `${rate.name} of ${column} = ${group} is ${formatNumber(rate.share)} beside ${formatNumber(other.share)} of ${beside}`;
  if (Number.isNaN(value)) return `${rates}: two rates of 0 have no ratio`;
  const whole = decide === 'point' ? '' : ' of the whole interval';
  const asked =
    measure === 'difference'
      ? `a difference of ${formatApart(value, [limit, -limit])}${range}; at most ${limit} either way is allowed${whole}`
      : `a ratio of ${formatApart(value, [limit])}${range}; at least ${limit}, whichever way round, is required${whole}`;
  return `${rates}, ${asked}`;
}

function tableRow({ group, rate, reference, value, interval, verdict }: Compared) {
  const finite = Number.isFinite(value);
  return {
    value: group,
    rate: rate.name,
    rows: rate.rows,
    share: rate.share,
    reference: reference.share,
    estimate: finite ? value : null,
    interval,
    verdict,
  };
}
