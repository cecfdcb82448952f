import { type Check, REPORT_SCHEMA, type ReleaseIdentity, type Report } from '../report/report';
import { combineVerdicts } from '../verdict';
import { type AnswerShape, type Exchange, parseAnswer } from './answer';
import { type LatencyBudget, latencyChecks } from './latency';
import {
  type ErrorBudget,
  type ErrorFacts,
  errorCheck,
  type LoadFacts,
  sizeCheck,
  type ThroughputBudget,
  throughputCheck,
} from './load';
import { rangeProblem, skewOf, skewWords } from './score-problems';

/** What an endpoint may cost its callers. */
export interface ServingBudget {
  readonly latency: LatencyBudget;
  readonly throughput?: ThroughputBudget | undefined;
  readonly maxAnswerBytes?: number | undefined;
  readonly errors: ErrorBudget;
}

export interface ServingFacts {
  /** Keys of the golden sample, in the order sent. */
  readonly sample: readonly string[];
  /** First answer to each part of the sample. */
  readonly exchanges: readonly Exchange[];
  /** Times of all measured requests that were answered, repeated ones included. */
  readonly milliseconds: readonly number[];
  /** Sizes of their answers. */
  readonly bytes: readonly number[];
  /** All measured requests, those of the load included. */
  readonly errors: ErrorFacts;
  /** There when throughput has a budget. */
  readonly load?: LoadFacts | undefined;
  readonly warmUps: number;
  /** Numbers of the batch prediction by key. */
  readonly batch: ReadonlyMap<string, readonly number[]>;
  readonly shape: AnswerShape;
  readonly budget: ServingBudget;
  readonly skewTolerance: number;
  readonly release: ReleaseIdentity;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

type Scores = ReadonlyMap<string, readonly number[]>;

/** What an endpoint must show before it may take traffic. */
export function servingReport(facts: ServingFacts): Report {
  const parsed = facts.exchanges.map((exchange) => parseAnswer(exchange, facts.shape));
  const problems = parsed.flatMap((entry) => ('problem' in entry ? [entry.problem] : []));
  const scores: Scores = new Map(
    parsed.flatMap((entry) =>
      'rows' in entry ? entry.rows.map(({ key, scores: found }) => [key, found] as const) : [],
    ),
  );
  const checks = [
    contractCheck(problems, facts.exchanges.length),
    answeredCheck(facts, scores),
    rangeCheck(facts, scores),
    ...latencyChecks(facts.milliseconds, facts.budget.latency, facts.warmUps),
    ...budgetChecks(facts),
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

function budgetChecks({ budget: { errors, throughput, maxAnswerBytes }, ...facts }: ServingFacts): readonly Check[] {
  return [
    errorCheck(facts.errors, errors),
    ...(throughput === undefined ? [] : [throughputCheck(facts.load ?? { seconds: 0, milliseconds: [] }, throughput)]),
    ...(maxAnswerBytes === undefined ? [] : [sizeCheck(facts.bytes, maxAnswerBytes)]),
  ];
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

function rangeCheck({ shape: { task } }: ServingFacts, scores: Scores): Check {
  const id = 'serving.range';
  const evidence = { n: scores.size };
  if (scores.size === 0) return { id, verdict: 'inconclusive', reason: 'no row has a score', evidence };
  // That scores are finite is part of the contract.
  for (const [key, values] of scores) {
    const problem = rangeProblem(values, task);
    if (problem !== undefined) return { id, verdict: 'fail', reason: `row ${key} ${problem}`, evidence };
  }
  const allowed = task === 'regression' ? 'finite' : 'in [0, 1]';
  return { id, verdict: 'pass', reason: `all ${scores.size} scores are ${allowed}`, evidence };
}

function skewCheck({ batch, skewTolerance }: ServingFacts, scores: Scores): Check {
  const id = 'serving.skew';
  const differences = [...scores].flatMap(([key, score]) => {
    const expected = batch.get(key);
    return expected === undefined ? [] : [{ key, score, expected, difference: skewOf(score, expected) }];
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
  const numbers = skewWords(worst.key, worst.score, worst.expected);
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
