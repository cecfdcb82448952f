import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { NoticeDraft } from '../../lib/core/notice/notice';
import { NOTIFY_ENV, type PipelineEvent } from '../../lib/observability/contract';
import {
  type RegistrationDocument,
  type ReleaseDocument,
  RUN_KEYS,
  reportKey,
  STAGES,
} from '../../lib/pipeline/contract';
import type { RolloutDocument } from '../../lib/rollout/contract';
import { findAction, listActions } from '../shared/action-history';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { type FailureReason, reasonOfFailure } from './failure-reason';
import { objectLink, runbookLink, runLink } from './links';

/** Why a stage failed: what people read first. */
export async function draftFailure(event: PipelineEvent): Promise<NoticeDraft> {
  const { pipeline, stage = '', 'execution-id': runId } = event.detail;
  const run = await readRun(runId);
  const actions = await listActions(new CodePipelineClient({}), pipeline, runId);
  const action = findAction(actions, { stage, status: 'Failed' });
  const sources = { codebuild: new CodeBuildClient({}), sfn: new SFNClient({}), documents: run.documents };
  const failure: FailureReason =
    action === undefined
      ? { reason: `${stage} failed; the history names no failed action` }
      : await reasonOfFailure(action, sources);
  const { runbook, ...what } = failureOf(stage, failure, run.landed);
  return {
    // A stage that is tried again and fails again is told again.
    id: `stage-failed/${runId}/${stage}/${action?.actionExecutionId ?? event.id}`,
    ...what,
    reason: failure.reason,
    at: event.time,
    facts: { run: runId, stage, action: action?.actionName, ...run.facts, landed: run.landed, report: failure.report },
    headline: `${run.commit} ${what.headline}`,
    links: [
      runLink(event.region, pipeline, runId),
      objectLink(event.region, 'Report', failure.report),
      runbookLink(runbook),
    ],
  };
}

interface Failure extends Pick<NoticeDraft, 'event' | 'headline' | 'environment'> {
  readonly runbook: string;
}

/** A file that could not be taken is named in the reason, and there is no release document then. */
const LANDED = /\blanding\/\S/;

/** Names of errors are those that the rollout's machine ends with (lib/rollout/states). */
function failureOf(stage: string, { error, reason, report }: FailureReason, landed: string | undefined): Failure {
  const failed: Omit<Failure, 'runbook'> = {
    event: 'stage-failed',
    headline: `${stage} failed`,
    ...(stage === STAGES.production ? { environment: 'production' } : {}),
    ...(stage === STAGES.staging ? { environment: 'staging' } : {}),
  };
  // A build that ended before its gates judged has refused nothing: the next run takes the files again.
  const judged = landed !== undefined && report !== undefined;
  if (stage === STAGES.dataTests && (judged || LANDED.test(reason)))
    return { event: 'data-refused', headline: 'landed data was refused', runbook: 'data-refused' };
  if (stage !== STAGES.production) return { ...failed, runbook: 'stage-failed' };
  if (error === 'RolledBack')
    return { ...failed, event: 'rolled-back', headline: 'rolled back', runbook: 'rolled-back' };
  if (error === 'RollbackFailed')
    return { ...failed, event: 'rollback-failed', headline: 'ROLLBACK FAILED', runbook: 'rollback-failed' };
  return { ...failed, runbook: error === 'Refused' ? 'refused' : 'stage-failed' };
}

/** What a run that got to its end did. */
export async function draftRelease(event: PipelineEvent): Promise<NoticeDraft> {
  const { pipeline, 'execution-id': runId } = event.detail;
  const run = await readRun(runId);
  const rollout = await run.documents.find<RolloutDocument>(RUN_KEYS.rollout);
  const report = run.documents.uri(reportKey('model', 'html'));
  return {
    id: `released/${runId}`,
    event: 'released',
    headline: `${run.commit} released`,
    reason:
      rollout === undefined
        ? 'the run finished, but left no record of its rollout'
        : `${rollout.document.endpointName}: ${rollout.document.reason}`,
    environment: 'production',
    at: event.time,
    facts: { run: runId, ...run.facts, report },
    links: [runLink(event.region, pipeline, runId), objectLink(event.region, 'Report', report)],
  };
}

interface Run {
  readonly documents: RunDocuments;
  /** Short, for the subject. */
  readonly commit: string;
  readonly facts: NonNullable<NoticeDraft['facts']>;
  /** New data that the run took: keys of the golden bucket. */
  readonly landed?: string;
}

/** Longest list of landed files. */
const MOST_FILES = 5;

/** What landed for this run, without what runs before it took. */
function landedKeys({ dataset: { landed = [], taken = 0 } }: ReleaseDocument): string | undefined {
  if (taken === 0) return undefined;
  const keys = landed.slice(-taken).map(({ key }) => key);
  const more = keys.length > MOST_FILES ? ` and ${keys.length - MOST_FILES} before them` : '';
  return `${keys.slice(-MOST_FILES).join(', ')}${more}`;
}

async function readRun(runId: string): Promise<Run> {
  const documents = new RunDocuments(requiredEnv(NOTIFY_ENV.artifactBucket), runId);
  const [release, registration] = await Promise.all([
    documents.find<ReleaseDocument>(RUN_KEYS.release),
    documents.find<RegistrationDocument>(RUN_KEYS.registration),
  ]);
  const commit = release?.document.commit;
  const landed = release === undefined ? undefined : landedKeys(release.document);
  const trigger = release?.document.trigger;
  return {
    documents,
    commit: commit?.slice(0, 8) ?? 'unknown commit',
    facts: {
      commit,
      trigger: trigger === undefined ? undefined : `${trigger.kind}: ${trigger.reason}`,
      modelPackage: registration?.document.modelPackageArn,
    },
    ...(landed === undefined ? {} : { landed }),
  };
}
