import { type Check, REPORT_SCHEMA, type ReleaseIdentity, type Report } from '../report/report';
import { combineVerdicts } from '../verdict';
import { type AnswerFields, type Exchange, parseAnswer } from './answer';
import { type LatencyBudget, latencyCheck } from './latency';

export interface ServingFacts {
  readonly task: 'binary' | 'regression';
  /** Keys of the golden sample, in the order sent. */
  readonly sample: readonly string[];
  /** First answer to each part of the sample. */
  readonly exchanges: readonly Exchange[];
  /** Times of all measured requests, repeated ones included. */
  readonly milliseconds: readonly number[];
  readonly warmUps: number;
  /** Batch prediction by key. */
  readonly batch: ReadonlyMap<string, number>;
  readonly fields: AnswerFields;
  readonly latency: LatencyBudget;
  readonly skewTolerance: number;
  readonly release: ReleaseIdentity;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

type Scores = ReadonlyMap<string, number>;

/** What an endpoint must show before it may take traffic. */
export function servingReport(facts: ServingFacts): Report {
  const parsed = facts.exchanges.map((exchange) => parseAnswer(exchange, facts.fields));
  const problems = parsed.flatMap((entry) => ('problem' in entry ? [entry.problem] : []));
  const scores: Scores = new Map(
    parsed.flatMap((entry) => ('scores' in entry ? entry.scores.map(({ key, score }) => [key, score] as const) : [])),
  );
  const checks = [
    contractCheck(problems, facts.exchanges.length),
    answeredCheck(facts, scores),
    rangeCheck(facts, scores),
    latencyCheck(facts.milliseconds, facts.latency, facts.warmUps),
    skewCheck(facts, scores),
  ];
  const verdict = combineVerdicts(checks.map((check) => check.verdict));
  const decisive = checks.find((check) => check.verdict === verdict);
  return {
    schema: REPORT_SCHEMA,
    gate: 'serving',
    verdict,
    reason:
      verdict === 'pass'
        ? `${facts.sample.length} golden rows answered as the batch predictions say, within the latency budget`
        : (decisive?.reason ?? 'nothing was checked'),
    release: facts.release,
    checks,
    createdAt: facts.createdAt,
  };
}

function contractCheck(problems: readonly string[], n: number): Check {
  const id = 'serving.contract';
  const evidence = { n, problems: problems.length };
  const [first] = problems;
  if (n === 0) return { id, verdict: 'inconclusive', reason: 'no request was sent to the endpoint', evidence };
  if (first === undefined) return { id, verdict: 'pass', reason: `all ${n} answers keep the contract`, evidence };
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more answers)`;
  return { id, verdict: 'fail', reason: `${first}${more}`, evidence };
}

function answeredCheck({ sample, exchanges }: ServingFacts, scores: Scores): Check {
  const id = 'serving.answered';
  const evidence = { n: sample.length, answered: scores.size };
  if (sample.length === 0) return { id, verdict: 'inconclusive', reason: 'the golden sample has no rows', evidence };
  const missing = sample.find((key) => !scores.has(key));
  if (missing === undefined)
    return { id, verdict: 'pass', reason: `all ${sample.length} golden rows were answered`, evidence };
  const sent = new Set(exchanges.flatMap((exchange) => exchange.keys));
  const count = `${scores.size} of ${sample.length} golden rows were answered; the first without a score is ${missing}`;
  // Time ran out before the row was sent: nothing is known about it.
  return {
    id,
    verdict: sent.has(missing) ? 'fail' : 'inconclusive',
    reason: sent.has(missing) ? count : `${count}, which was not sent in time`,
    evidence,
  };
}

function rangeCheck({ task }: ServingFacts, scores: Scores): Check {
  const id = 'serving.range';
  const evidence = { n: scores.size };
  if (scores.size === 0) return { id, verdict: 'inconclusive', reason: 'no row has a score', evidence };
  // That scores are finite is part of the contract.
  const bad = task === 'binary' ? [...scores].find(([, score]) => score < 0 || score > 1) : undefined;
  const allowed = task === 'binary' ? 'in [0, 1]' : 'finite';
  if (bad === undefined) return { id, verdict: 'pass', reason: `all ${scores.size} scores are ${allowed}`, evidence };
  return { id, verdict: 'fail', reason: `row ${bad[0]} has score ${bad[1]}; probabilities lie in [0, 1]`, evidence };
}

function skewCheck({ batch, skewTolerance }: ServingFacts, scores: Scores): Check {
  const id = 'serving.skew';
  const differences = [...scores].flatMap(([key, score]) => {
    const expected = batch.get(key);
    return expected === undefined ? [] : [{ key, score, expected, difference: Math.abs(score - expected) }];
  });
  const [first, ...rest] = differences;
  const evidence = {
    statistic: 'max_abs_difference',
    method: 'endpoint_minus_batch',
    n: differences.length,
    threshold: skewTolerance,
  };
  const unknown = [...scores.keys()].find((key) => !batch.has(key));
  if (unknown !== undefined) {
    return { id, verdict: 'inconclusive', reason: `row ${unknown} has no batch prediction to compare with`, evidence };
  }
  if (first === undefined) {
    return { id, verdict: 'inconclusive', reason: 'no row has both an answer and a batch prediction', evidence };
  }
  const worst = rest.reduce((most, next) => (next.difference > most.difference ? next : most), first);
  const found = { ...evidence, estimate: worst.difference, worst: worst.key };
  const numbers = `row ${worst.key}: the endpoint says ${worst.score}, the batch prediction ${worst.expected}`;
  if (worst.difference <= skewTolerance) {
    const reason = `greatest difference between endpoint and batch is ${worst.difference.toExponential(1)} over ${differences.length} rows; ${skewTolerance} is allowed`;
    return { id, verdict: 'pass', reason, evidence: found };
  }
  return {
    id,
    verdict: 'fail',
    reason: `training/serving skew at ${numbers}; a difference of ${skewTolerance} is allowed`,
    evidence: found,
  };
}
