import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../../core/notice/notice';
import type { RunEndpoint, RunRollout, RunSummary, RunTraffic } from '../../core/report/run';
import { renderRunHtml } from '../../core/report/run-html';
import type { Trigger } from '../../core/retraining/trigger';
import { parseTrigger } from '../../core/retraining/trigger-text';
import type { BakeRules } from '../../core/rollout/evidence';
import { type MeasuredRollback, measureRollback } from '../../core/rollout/measured-rollback';
import type { PipelineDefinition } from '../../local/codepipeline/definition';
import type { PipelineResult } from '../../local/codepipeline/service';
import type { ExecutionRecord } from '../../local/codepipeline/store';
import { defined } from '../../local/provision/properties';
import { TRIGGER_VARIABLE } from '../../retraining/contract';
import type { CallersResult } from './callers';
import { outcomeOf, type RunFolder, summarizeStages } from './outcome';

/** What is known about a run that has ended. */
export interface RunFacts {
  readonly application: string;
  readonly result: PipelineResult;
  readonly pipeline: PipelineDefinition;
  readonly folder: RunFolder;
  /** What subscribers of the notice topic were told since the run before. */
  readonly notices: readonly Notice[];
  /** @default - nobody called production, or nothing served there */
  readonly callers?: CallersResult;
  readonly endpoint?: RunEndpoint;
  /** What the drift monitor found so far. @default - it has not looked yet */
  readonly traffic?: RunTraffic;
  /** A request to production with its answer. */
  readonly sample?: { readonly request: string; readonly response: string };
}

/** Everything that the page about a run tells. */
export async function summarizeRun(facts: RunFacts): Promise<RunSummary> {
  const { result, folder, callers, endpoint, traffic, sample } = facts;
  const { execution } = result;
  const [reports, rollout, rules] = await Promise.all([folder.reports(), folder.rollout(), folder.canaryRules()]);
  return {
    application: facts.application,
    runId: execution.id,
    commit: execution.sourceRevisions[0]?.revisionId ?? 'unknown',
    outcome: outcomeOf(execution.status),
    reason: reasonOf(facts),
    startedAt: new Date(execution.startTime * 1000).toISOString(),
    endedAt: new Date(execution.lastUpdateTime * 1000).toISOString(),
    trigger: triggerOf(execution),
    stages: summarizeStages(execution, facts.pipeline),
    reports,
    ...defined({
      endpoint,
      traffic,
      rollout,
      callers: callers?.summary,
      measuredRollback: measuredRollback(rollout, rules, callers),
      sample: sample === undefined ? undefined : { request: sample.request, response: sample.response },
    }),
  };
}

/** As the pipeline has it; the name of the source where a push started the run. */
function triggerOf({ variables, trigger, sourceRevisions, id, startTime }: ExecutionRecord): Trigger {
  const { triggerType, triggerDetail } = trigger;
  return parseTrigger(variables[TRIGGER_VARIABLE], {
    commit: sourceRevisions[0]?.revisionId ?? id,
    ...(triggerType === 'StartPipelineExecution' ? {} : { branch: triggerDetail }),
    at: new Date(startTime * 1000).toISOString(),
  });
}

function measuredRollback(
  rollout: RunRollout | undefined,
  rules: BakeRules | undefined,
  callers: CallersResult | undefined,
): MeasuredRollback | undefined {
  if (rollout?.outcome !== 'rolled-back' || rules === undefined || callers === undefined) return undefined;
  const { summary, requests } = callers;
  const { steps, live: blue } = rollout;
  const names = summary.weights.flatMap(({ weights }) => Object.keys(weights));
  const green = names.find((name) => name !== blue);
  return green === undefined ? undefined : measureRollback({ steps, rules, green, blue, callers: summary, requests });
}

/** How the run ended, in the words that the subscribers of its notice read. */
function reasonOf({ result: { execution, failure }, notices }: RunFacts): string {
  const told = notices.filter(({ event, facts }) => facts.run === execution.id && !event.startsWith('retraining-'));
  const fallback = execution.status === 'Succeeded' ? 'the release serves in production' : 'the run was stopped';
  return told.at(-1)?.reason ?? failure?.message ?? fallback;
}

/** Writes the page and the document of a run. @returns the page's file */
export function writeRun(folder: string, summary: RunSummary): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'report.html');
  writeFileSync(file, renderRunHtml(summary));
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return file;
}
