import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { NOTIFY_ENV, type PipelineEvent } from '../../lib/observability/contract';
import { type RegistrationDocument, type ReleaseDocument, RUN_KEYS, reportKey } from '../../lib/pipeline/contract';
import type { RolloutDocument } from '../../lib/rollout/contract';
import { findAction, listActions } from '../shared/action-history';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { reasonOfFailure } from './failure-reason';
import { type NoticeFacts, writeNotice } from './notice';

/** Publishes one notice for a failed stage or a finished run. A repeated event repeats the notice. */
export async function handler(event: PipelineEvent): Promise<void> {
  const documents = new RunDocuments(requiredEnv(NOTIFY_ENV.artifactBucket), event.detail['execution-id']);
  const outcome = event.detail.stage === undefined ? await success(documents) : await failure(event, documents);
  const release = await documents.find<ReleaseDocument>(RUN_KEYS.release);
  const registration = await documents.find<RegistrationDocument>(RUN_KEYS.registration);
  const notice = writeNotice({
    application: requiredEnv(NOTIFY_ENV.application),
    pipeline: event.detail.pipeline,
    region: event.region,
    runId: event.detail['execution-id'],
    ...outcome,
    ...(release === undefined ? {} : { commit: release.document.commit }),
    ...(registration === undefined ? {} : { modelPackageArn: registration.document.modelPackageArn }),
  });
  await new SNSClient({}).send(
    new PublishCommand({
      TopicArn: requiredEnv(NOTIFY_ENV.topicArn),
      Subject: notice.subject,
      Message: notice.message,
    }),
  );
}

type Outcome = Pick<NoticeFacts, 'reason' | 'failedStage' | 'failedAction' | 'report'>;

async function failure(event: PipelineEvent, documents: RunDocuments): Promise<Outcome> {
  const { pipeline, stage = '', 'execution-id': runId } = event.detail;
  const actions = await listActions(new CodePipelineClient({}), pipeline, runId);
  const action = findAction(actions, { stage, status: 'Failed' });
  if (action === undefined)
    return { failedStage: stage, reason: `${stage} failed; the history names no failed action` };
  const sources = { codebuild: new CodeBuildClient({}), sfn: new SFNClient({}), documents };
  return {
    failedStage: stage,
    ...(action.actionName === undefined ? {} : { failedAction: action.actionName }),
    ...(await reasonOfFailure(action, sources)),
  };
}

async function success(documents: RunDocuments): Promise<Outcome> {
  const rollout = await documents.find<RolloutDocument>(RUN_KEYS.rollout);
  const reason =
    rollout === undefined
      ? 'the run finished, but left no record of its rollout'
      : `${rollout.document.endpointName}: ${rollout.document.reason}`;
  return { reason, report: documents.uri(reportKey('model', 'html')) };
}
