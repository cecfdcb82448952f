import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Judgement, judge } from '../../lib/core/rollout/judge';
import { type JudgeEvent, type JudgeResult, type Progress, ROLLOUT_ENV } from '../../lib/rollout/contract';
import { requiredEnv } from '../shared/text';
import { readAlarms, variantAlarms } from './alarms';
import { readTotals } from './metrics';

const cloudwatch = new CloudWatchClient({});

/** One look at the running step: reads the evidence, judges it, and says how the canary goes on. */
export async function handler({ plan, progress }: JudgeEvent): Promise<JudgeResult> {
  const step = plan.steps[progress.step];
  if (step === undefined || plan.serving === undefined) throw new Error(`the plan has no step ${progress.step}`);
  const now = new Date();
  const endpoint = requiredEnv(ROLLOUT_ENV.endpoint);
  const since = new Date(progress.startedAt);
  const alarms = variantAlarms();
  const looks = progress.looks + 1;
  const [totals, baseline, candidateAlarms, baselineAlarms] = await Promise.all([
    readTotals(cloudwatch, { endpoint, variant: plan.candidate }, since, now),
    readTotals(cloudwatch, { endpoint, variant: plan.serving }, since, now),
    readAlarms(cloudwatch, alarms[plan.candidate]),
    readAlarms(cloudwatch, alarms[plan.serving]),
  ]);
  const look = {
    candidate: plan.candidate,
    weight: step.weight,
    // The pipeline's clock: each look follows one wait. Runs on one machine shorten waits, not these seconds.
    bakedSeconds: looks * plan.rules.judgeEverySeconds,
    totals,
    baseline,
    candidateAlarms,
    baselineAlarms,
  };
  const judgement = judge(look, plan.rules);
  return resultOf(judgement, { ...progress, looks }, step.weight, {
    last: progress.step === plan.steps.length - 1,
    now,
  });
}

function resultOf(
  { decision, verdict, reason, evidence }: Judgement,
  progress: Progress,
  weight: number,
  { last, now }: { readonly last: boolean; readonly now: Date },
): JudgeResult {
  if (decision === 'wait') return { decision, verdict, reason, progress };
  const done = { weight, startedAt: progress.startedAt, endedAt: now.toISOString(), verdict, reason, evidence };
  const history = [...progress.history, done];
  if (decision === 'rollback') return { decision, verdict, reason, progress: { ...progress, history } };
  const next = { ...progress, step: progress.step + 1, looks: 0, history };
  return { decision: last ? 'promote' : 'advance', verdict, reason, progress: next };
}
