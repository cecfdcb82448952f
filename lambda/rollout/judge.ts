import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Look, VariantEvidence } from '../../lib/core/rollout/evidence';
import { type Judgement, judge } from '../../lib/core/rollout/judge';
import { pairsToSend } from '../../lib/core/rollout/open';
import type { ProbeTally } from '../../lib/core/rollout/probes';
import { type JudgeEvent, type JudgeResult, type Progress, ROLLOUT_ENV } from '../../lib/rollout/contract';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { readAlarms, variantAlarms } from './alarms';
import { readIntervals } from './metrics';
import { sendProbes } from './probes';

const cloudwatch = new CloudWatchClient({});

/** One look at the running step: reads the evidence, judges it, and says how the canary goes on. */
export async function handler(event: JudgeEvent): Promise<JudgeResult> {
  const { plan, progress } = event;
  const step = plan.steps[progress.step];
  const serving = plan.serving;
  if (step === undefined || serving === undefined) throw new Error(`the plan has no step ${progress.step}`);
  const now = new Date();
  const looks = progress.looks + 1;
  const [green, blue] = await Promise.all([evidenceOf(event, plan.candidate, now), evidenceOf(event, serving, now)]);
  const seen: Look = {
    now: now.toISOString(),
    step: progress.step,
    weight: step.weight,
    looks,
    // The pipeline's clock: each look follows one wait. Runs on one machine shorten waits, not these seconds.
    bakedSeconds: looks * plan.rules.judgeEverySeconds,
    green,
    blue,
    ...(progress.probes === undefined ? {} : { probes: progress.probes }),
    ...(progress.carried === undefined ? {} : { carried: progress.carried }),
  };
  const result = (judgement: Judgement, probes: Progress['probes']): JudgeResult => {
    const next = { ...progress, looks, carried: judgement.carried, ...(probes === undefined ? {} : { probes }) };
    return resultOf(judgement, next, step.weight, now);
  };
  // What the metrics prove needs no golden requests, whose answers an endpoint in trouble lets one wait for. This adds no
  // chance of error: the evidence before and after them are two values of one process, which may be looked at anywhere.
  const early = judge(seen, plan.rules);
  if (early.verdict === 'fail') return result(early, progress.probes);
  const probes = await probesOf(event, serving);
  return result(judge({ ...seen, probes }, plan.rules), probes);
}

function probesOf({ runId, plan, progress }: JudgeEvent, blue: string): Promise<ProbeTally> {
  const { rules } = plan;
  return sendProbes({
    documents: new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), runId),
    endpoint: requiredEnv(ROLLOUT_ENV.endpoint),
    green: plan.candidate,
    blue,
    step: progress.step,
    pairs: pairsToSend(rules, progress.step, progress.carried),
    ratePerSecond: rules.probes.ratePerSecond,
    maxPredictionShift: rules.maxPredictionShift,
    tally: progress.probes,
  });
}

async function evidenceOf(
  { plan, progress }: JudgeEvent,
  variant: 'blue' | 'green',
  now: Date,
): Promise<VariantEvidence> {
  const target = { endpoint: requiredEnv(ROLLOUT_ENV.endpoint), variant, maxLatencyMs: plan.rules.maxLatencyMs };
  const [intervals, alarms] = await Promise.all([
    readIntervals(cloudwatch, target, new Date(progress.startedAt), now),
    readAlarms(cloudwatch, variantAlarms()[variant]),
  ]);
  return { name: variant, intervals, alarms };
}

function resultOf(
  { decision, verdict, reason, evidence }: Judgement,
  progress: Progress,
  weight: number,
  now: Date,
): JudgeResult {
  if (decision === 'continue' || decision === 'extend') return { decision, verdict, reason, progress };
  const done = { weight, startedAt: progress.startedAt, endedAt: now.toISOString(), verdict, reason, evidence };
  const history = [...progress.history, done];
  if (decision === 'rollback') return { decision, verdict, reason, progress: { ...progress, history } };
  const next = { ...progress, step: progress.step + 1, looks: 0, history };
  return { decision, verdict, reason, progress: next };
}
