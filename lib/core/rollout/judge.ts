import type { Evidence } from '../report/report';
import { clopperPearsonLowerBound } from '../statistics/distributions';
import type { Verdict } from '../verdict';

/** What one variant did since the step began. A metric without a data point is `undefined`: missing, never zero. */
export interface VariantTotals {
  readonly requests?: number;
  /** Requests answered with an error of the model or of the endpoint. */
  readonly errors?: number;
  readonly p90LatencyMs?: number;
}

export interface AlarmReading {
  readonly name: string;
  /** The metric that the alarm watches, e.g. `Invocation5XXErrors`; says more to a person than the alarm's name. */
  readonly metric?: string;
  /** CloudWatch's word: OK, ALARM or INSUFFICIENT_DATA; `undefined` when the alarm does not exist. */
  readonly state?: string;
}

/** The rules of `gates.canary` that one step is judged by. Seconds are those of the pipeline. */
export interface BakeRules {
  readonly bakeSeconds: number;
  readonly maxBakeSeconds: number;
  readonly minRequests: number;
  readonly maxErrorRate: number;
  readonly maxLatencyMs: number;
  readonly onInconclusive: 'rollback' | 'promote';
}

export interface Look {
  readonly candidate: string;
  /** Traffic share of the candidate in this step, in percent. */
  readonly weight: number;
  /** Seconds that this step has baked, by the pipeline's clock. */
  readonly bakedSeconds: number;
  readonly totals: VariantTotals;
  /** The variant that served before, for comparison in the report. */
  readonly baseline?: VariantTotals;
  readonly candidateAlarms: readonly AlarmReading[];
  readonly baselineAlarms: readonly AlarmReading[];
}

export interface Judgement {
  readonly decision: 'wait' | 'advance' | 'rollback';
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: Evidence;
}

const CONFIDENCE = 0.95;

/**
 * One look at a step. Alarms of the candidate and an error rate that is surely above the ceiling end it at once;
 * everything else is decided when the bake is over. Thin or missing evidence extends the bake up to `maxBakeSeconds`,
 * and then the declared default applies; its verdict stays `inconclusive`.
 */
export function judge(look: Look, rules: BakeRules): Judgement {
  const evidence = evidenceOf(look, rules);
  const failure = failNow(look, rules, evidence);
  if (failure !== undefined) return { decision: 'rollback', verdict: 'fail', reason: failure, evidence };
  if (look.bakedSeconds < rules.bakeSeconds) {
    const reason = `${look.candidate} at ${look.weight} %: baked ${look.bakedSeconds} s of ${rules.bakeSeconds} s`;
    return { decision: 'wait', verdict: 'inconclusive', reason, evidence };
  }
  const lack = whatIsMissing(look, rules);
  if (lack !== undefined) return inconclusive(look, rules, lack, evidence);
  const late = failAtEnd(look, rules);
  if (late !== undefined) return { decision: 'rollback', verdict: 'fail', reason: late, evidence };
  return { decision: 'advance', verdict: 'pass', reason: summary(look), evidence };
}

/** Reasons that need no full bake. */
function failNow(look: Look, rules: BakeRules, evidence: Evidence): string | undefined {
  const alarm = look.candidateAlarms.find((reading) => reading.state === 'ALARM');
  const lower = evidence.interval?.[0];
  if (lower !== undefined && lower > rules.maxErrorRate) {
    const also = alarm === undefined ? '' : `, and the alarm on ${alarm.metric ?? alarm.name} went off`;
    return `${errorPhrase(look)}; that is above the allowed ${percent(rules.maxErrorRate)} at ${percent(CONFIDENCE)} confidence (lower bound ${percent(lower)})${also}`;
  }
  if (alarm === undefined) return undefined;
  return `the alarm on ${alarm.metric ?? alarm.name} went off with ${look.candidate} at ${look.weight} %`;
}

function failAtEnd(look: Look, rules: BakeRules): string | undefined {
  const { requests = 0, errors = 0, p90LatencyMs = Number.NaN } = look.totals;
  if (errors / requests > rules.maxErrorRate) {
    return `${errorPhrase(look)} (${percent(errors / requests)}); ${percent(rules.maxErrorRate)} is allowed`;
  }
  if (p90LatencyMs > rules.maxLatencyMs) {
    return `${look.candidate} at ${look.weight} % has a 90th percentile of model latency of ${p90LatencyMs.toFixed(1)} ms; ${rules.maxLatencyMs} ms is allowed`;
  }
  return undefined;
}

/** What keeps the step from being judged, or `undefined` when the evidence is complete. */
function whatIsMissing(look: Look, rules: BakeRules): string | undefined {
  const { requests, errors, p90LatencyMs } = look.totals;
  if (requests === undefined) return `no request of ${look.candidate} was recorded`;
  if (requests < rules.minRequests) {
    return `${look.candidate} answered ${requests} requests; ${rules.minRequests} are needed`;
  }
  if (errors === undefined) return `the error metrics of ${look.candidate} have no data`;
  if (p90LatencyMs === undefined || Number.isNaN(p90LatencyMs)) {
    return `the latency metric of ${look.candidate} has no data`;
  }
  const gone = [...look.candidateAlarms, ...look.baselineAlarms].find((reading) => reading.state === undefined);
  if (gone !== undefined) return `alarm ${gone.name} does not exist`;
  const other = look.baselineAlarms.find((reading) => reading.state === 'ALARM');
  if (other !== undefined) return `alarm ${other.name} of the other variant is on, so no step is taken`;
  return undefined;
}

function inconclusive(look: Look, rules: BakeRules, lack: string, evidence: Evidence): Judgement {
  const at = `at ${look.weight} %: ${lack}`;
  if (look.bakedSeconds < rules.maxBakeSeconds) {
    return { decision: 'wait', verdict: 'inconclusive', reason: `bake extended ${at}`, evidence };
  }
  const decision = rules.onInconclusive === 'promote' ? 'advance' : 'rollback';
  const reason = `inconclusive after ${look.bakedSeconds} s ${at}; canary.onInconclusive says ${rules.onInconclusive}`;
  return { decision, verdict: 'inconclusive', reason, evidence };
}

function evidenceOf(look: Look, rules: BakeRules): Evidence {
  const { requests, errors } = look.totals;
  const known = requests !== undefined && errors !== undefined && requests > 0;
  return {
    statistic: 'error_rate',
    estimate: known ? errors / requests : null,
    // Metrics of one minute may arrive apart, and errors before the requests they belong to.
    interval: known ? [clopperPearsonLowerBound(Math.min(errors, requests), requests, CONFIDENCE), 1] : null,
    confidence: CONFIDENCE,
    method: 'clopper_pearson_one_sided',
    ...(requests === undefined ? {} : { n: requests }),
    threshold: rules.maxErrorRate,
    weight: look.weight,
    bakedSeconds: look.bakedSeconds,
    candidate: look.totals,
    ...(look.baseline === undefined ? {} : { baseline: look.baseline }),
    alarms: [...look.candidateAlarms, ...look.baselineAlarms],
  };
}

function summary(look: Look): string {
  const { requests = 0, errors = 0, p90LatencyMs = 0 } = look.totals;
  return `${look.candidate} at ${look.weight} %: ${errors} of ${requests} requests failed, p90 ${p90LatencyMs.toFixed(1)} ms`;
}

const errorPhrase = (look: Look): string =>
  `${look.totals.errors ?? 0} of ${look.totals.requests ?? 0} requests failed on ${look.candidate} at ${look.weight} %`;

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
