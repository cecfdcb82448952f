import { plural } from '../report/format';
import type { Check, Evidence } from '../report/report';
import { combineVerdicts, type Verdict } from '../verdict';
import { sliceName } from './config';
import { isUndefined } from './metrics/index';
import { type Decided, decideRequirement, type Requirement } from './requirement';
import type { Corrections, MeasuredEntry, MeasuredSlice } from './slices';

interface JudgedSlice extends MeasuredSlice {
  readonly verdict: Verdict;
  /** What decides it, with the sentence; absent where nothing is asked. */
  readonly deciding?: Deciding;
}

interface Deciding {
  readonly requirement: Requirement;
  readonly decided: Decided;
}

/** The check of one metric of an entry of `model.slices`. */
export function sliceCheck(entry: MeasuredEntry, corrections: Corrections): Check {
  const { config, metric, slices } = entry;
  const id = `slices.${sliceName(config)}.${metric.name}`;
  const judged = entry.measured.map((slice) => judge(slice, corrections));
  const thin = slices.filter(({ n }) => n < config.minRows).map(({ value, n }) => ({ value, rows: n }));
  const listed = { slices: judged.map((slice) => tableRow(slice, corrections)), thin, minRows: config.minRows };
  if (entry.measured.length === 0)
    return { id, verdict: 'inconclusive', reason: allThin(entry), evidence: { statistic: metric.name, ...listed } };
  const verdict = combineVerdicts(judged.map((slice) => slice.verdict));
  const deciding = judged.flatMap((slice) =>
    slice.verdict === verdict && slice.deciding !== undefined ? [{ ...slice, deciding: slice.deciding }] : [],
  );
  // The least favourable slice carries the evidence that the page draws.
  const [worst] = deciding.toSorted((a, b) => a.deciding.requirement.margin - b.deciding.requirement.margin);
  if (worst === undefined)
    return { id, ...nothingAsked(entry, judged), evidence: { statistic: metric.name, ...listed } };
  const lead = verdict === 'pass' ? `${plural(judged.length, 'slice')} judged, the worst: ` : '';
  const others = deciding.length - 1;
  const more = verdict === 'pass' || others === 0 ? '' : `, and ${plural(others, 'other slice')} likewise`;
  const aside = thin.length === 0 ? '' : `; not judged for fewer than ${plural(config.minRows, 'row')}: ${names(thin)}`;
  return {
    id,
    verdict,
    reason: `${lead}${worst.deciding.decided.reason}${more}${aside}`,
    evidence: { ...evidenceOf(entry, worst, corrections), slice: worst.slice.value, ...listed },
  };
}

function judge(slice: MeasuredSlice, corrections: Corrections): JudgedSlice {
  const all = slice.requirements.map((requirement) => ({
    requirement,
    decided: decideRequirement(requirement, corrections.get(requirement)),
  }));
  if (all.length === 0) return { ...slice, verdict: isUndefined(slice.estimate) ? 'inconclusive' : 'pass' };
  const verdict = combineVerdicts(all.map(({ decided }) => decided.verdict));
  const [deciding] = all
    .filter(({ decided }) => decided.verdict === verdict)
    .toSorted((a, b) => a.requirement.margin - b.requirement.margin);
  return deciding === undefined ? { ...slice, verdict } : { ...slice, verdict, deciding };
}

/** A first release has no champion to hold slices against; a command line may ask for figures alone. */
function nothingAsked({ bounds, metric }: MeasuredEntry, judged: readonly JudgedSlice[]): Decided {
  const unknown = judged.find(({ verdict }) => verdict !== 'pass');
  if (unknown !== undefined && isUndefined(unknown.estimate)) {
    const reason = `${metric.title} of ${unknown.slice.value} cannot be computed: ${unknown.estimate.undefined}`;
    return { verdict: 'inconclusive', reason };
  }
  if (bounds.maxDrop !== undefined) {
    return { verdict: 'pass', reason: 'first release: no champion to compare the slices with' };
  }
  return { verdict: 'pass', reason: `${metric.title} of ${plural(judged.length, 'slice')} measured; no bound is set` };
}

function allThin({ config, metric, slices }: MeasuredEntry): string {
  const rows = plural(config.minRows, 'row');
  if (config.where === undefined) {
    return `no value of ${config.column} has ${rows} in the holdout, so ${metric.title} was judged for none of ${plural(slices.length, 'slice')}`;
  }
  const found = slices[0]?.n ?? 0;
  return `${sliceName(config)} has ${plural(found, 'row')} in the holdout, and ${rows} are needed to judge ${metric.title}`;
}

/** Of the requirement that decides: a drop's evidence is the comparison's. */
function evidenceOf(
  { metric, bounds }: MeasuredEntry,
  slice: MeasuredSlice & { readonly deciding: Deciding },
  corrections: Corrections,
): Evidence {
  const { requirement } = slice.deciding;
  const { decide, confidence, threshold } = requirement;
  const corrected = corrections.get(requirement);
  const test = {
    confidence,
    decide,
    ...(corrected === undefined ? {} : { pValue: corrected.adjusted, sliceTests: corrected.tests }),
  };
  if (requirement.kind === 'maxDrop') {
    const { drop } = slice;
    const statistic = metric.better === 'higher' ? `${metric.name}_difference` : `${metric.name}_reduction`;
    const limits = { threshold: -threshold, min: -threshold };
    if (drop === undefined || isUndefined(drop)) return { statistic, estimate: null, ...limits, ...test };
    const { improvement, interval, method, n, challenger, champion } = drop;
    return { statistic, estimate: improvement, interval, method, n, challenger, champion, ...limits, ...test };
  }
  const { min, max } = bounds;
  const limits = { threshold, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const { estimate } = slice;
  if (isUndefined(estimate)) return { statistic: metric.name, estimate: null, ...limits, ...test };
  const { value, interval, method, n } = estimate;
  return { statistic: metric.name, estimate: value, interval, method, n, ...limits, ...test };
}

function tableRow({ slice, estimate, drop, verdict, deciding }: JudgedSlice, corrections: Corrections) {
  const known = isUndefined(estimate)
    ? { estimate: null, interval: null }
    : { estimate: estimate.value, interval: estimate.interval };
  const corrected = deciding === undefined ? undefined : corrections.get(deciding.requirement);
  return {
    value: slice.value,
    rows: slice.n,
    ...known,
    ...(drop === undefined || isUndefined(drop)
      ? {}
      : { champion: drop.champion, difference: drop.improvement, differenceInterval: drop.interval }),
    ...(corrected === undefined ? {} : { pValue: corrected.adjusted }),
    verdict,
  };
}

/** Three names, and how many more there are: a column with many values must not drown the sentence. */
function names(thin: readonly { readonly value: string }[]): string {
  const shown = thin.slice(0, 3).map(({ value }) => value);
  const rest = thin.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}
