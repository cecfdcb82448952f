import type { Gates } from '../../lib/config/gates';
import { GOLDEN_INFERENCE } from '../../lib/core/monitoring/capture';
import { answerBins } from '../../lib/core/rollout/predictions';
import {
  emptyTally,
  type ProbeOutcome,
  type ProbePair,
  type ProbeSpec,
  type ProbeTally,
  withPairs,
} from '../../lib/core/rollout/probes';
import { batchScores, type GoldenRow, goldenSample } from '../../lib/core/serving/sample';
import { createRandom } from '../../lib/core/statistics';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { askAll } from '../../lib/serving/endpoint/ask';
import { EndpointClient, isError, type Timed } from '../../lib/serving/endpoint/client';
import { resolveTarget } from '../../lib/serving/endpoint/target';
import { readJsonLines } from '../serving/run-files';
import type { RunDocuments } from '../shared/run-documents';
import { oneLine } from '../shared/text';
import { gatesOf } from './release';

/** An answer that takes longer is a failure, and in the metrics of its variant. */
const TIMEOUT_MS = 10_000;
/** Requests under way at once, to each variant. */
const CONCURRENCY = 4;
/** What one look may spend on golden requests; the function has other things to do. */
const MAX_SECONDS = 20;

export interface ProbeRound {
  readonly documents: RunDocuments;
  readonly endpoint: string;
  /** Variant names. */
  readonly green: string;
  readonly blue: string;
  readonly step: number;
  /** Pairs to send. */
  readonly pairs: number;
  readonly ratePerSecond: number;
  readonly maxPredictionShift: number;
  /** @default - none were sent in this rollout */
  readonly tally: ProbeTally | undefined;
}

/**
 * Sends golden rows to both variants, one after the other in an order that is random but always the same. Whatever goes
 * wrong here is missing evidence, told by the tally, and never an error.
 */
export async function sendProbes(round: ProbeRound): Promise<ProbeTally> {
  const { step, tally } = round;
  try {
    const golden = await goldenOf(round);
    const before = tally === undefined || tally.rows === 0 ? emptyTally(golden.spec) : tally;
    if (round.pairs === 0) return withPairs(before, [], golden.spec, { step });
    if (golden.rows.length === 0) throw new Error('the golden holdout has no rows');
    return withPairs(before, await ask(round, golden, before.taken), golden.spec, { step });
  } catch (error) {
    const unsent = oneLine(error instanceof Error ? error.message : String(error), 200);
    return { ...(tally ?? emptyTally(UNKNOWN)), unsent };
  }
}

/** Of golden rows that could not be read. */
const UNKNOWN = { bins: { kind: 'score', cuts: [] }, rows: 0 } as const;

interface Golden {
  readonly runId: string;
  readonly rows: readonly GoldenRow[];
  readonly batch: ReadonlyMap<string, readonly number[]>;
  readonly fields: Gates['serving']['fields'];
  readonly spec: ProbeSpec;
}

/** Read once by a function that stays warm. */
let last: Golden | undefined;

async function goldenOf({ documents, maxPredictionShift }: ProbeRound): Promise<Golden> {
  if (last?.runId === documents.runId) return last;
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const { dataset, serving } = gatesOf(release);
  const [holdout, predictions] = await Promise.all([
    readJsonLines(documents, RUN_KEYS.transformInput),
    readJsonLines(documents, `${RUN_KEYS.challengerPredictions}/holdout.jsonl.out`),
  ]);
  const shape = { task: dataset.task, fields: serving.fields, classes: dataset.classes?.map(String) };
  const batch = batchScores(predictions, dataset.key, shape);
  const rows = shuffled(goldenSample(holdout, dataset.key, holdout.length));
  const bins = answerBins(batch.values(), dataset.task === 'multiclass');
  const spec = { shape, bins, rows: rows.length, skewTolerance: serving.skewTolerance, maxPredictionShift };
  last = { runId: documents.runId, rows, batch, fields: serving.fields, spec };
  return last;
}

/** A random order, the same for the same rows. */
function shuffled(rows: readonly GoldenRow[]): readonly GoldenRow[] {
  const random = createRandom(0);
  return rows
    .map((row) => ({ row, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

async function ask(round: ProbeRound, golden: Golden, from: number): Promise<readonly ProbePair[]> {
  const { endpoint, ratePerSecond } = round;
  const count = Math.min(round.pairs, Math.max(1, Math.floor(MAX_SECONDS * ratePerSecond)));
  const rows = Array.from({ length: count }, (_, i) => golden.rows[(from + i) % golden.rows.length] ?? []).flat();
  const bodies = rows.map(({ row }) => JSON.stringify({ [golden.fields.instances]: [row] }));
  const client = new EndpointClient(await resolveTarget(), { connections: 2 * CONCURRENCY, timeoutMs: TIMEOUT_MS });
  const askVariant = async (variant: string): Promise<readonly ProbeOutcome[]> => {
    const requests = bodies.map((body) => ({ endpoint, body, variant, inferenceId: GOLDEN_INFERENCE }));
    // A retry would hide a failure, and bother an endpoint that has trouble.
    const answers = await askAll(client, requests, { ratePerSecond, concurrency: CONCURRENCY, retries: 0 });
    return answers.map((answer) => outcomeOf(answer, variant));
  };
  try {
    const [green, blue] = await Promise.all([askVariant(round.green), askVariant(round.blue)]);
    return rows.map(({ key }, i) => ({
      key,
      batch: golden.batch.get(key),
      green: green[i] ?? NOT_SENT,
      blue: blue[i] ?? NOT_SENT,
    }));
  } finally {
    await client.close();
  }
}

const NOT_SENT: ProbeOutcome = { kind: 'unsent', message: 'there was no answer' };

/** Only what the variant's own model did is about the variant; it counts by its metrics. */
function outcomeOf({ outcome }: Timed, variant: string): ProbeOutcome {
  if (isError(outcome)) {
    const own = outcome.name === 'ModelError' || outcome.name === 'TimeoutError';
    return { kind: own ? 'error' : 'unsent', message: oneLine(outcome.line, 200) };
  }
  if (outcome.variant !== undefined && outcome.variant !== variant) {
    return { kind: 'unsent', message: `variant ${outcome.variant} answered instead of ${variant}` };
  }
  return { kind: 'answer', contentType: outcome.contentType, body: outcome.body.toString('utf8') };
}
