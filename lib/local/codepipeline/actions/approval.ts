import { randomUUID } from 'node:crypto';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../../engine/aws';
import { pause } from '../../engine/clock';
import { ActionFailed, type ActionOutcome, type ActionRun, onlyKeys } from '../action';
import type { ApprovalRequest } from '../ports';

const DEFAULT_TIMEOUT_MINUTES = 7 * 24 * 60;

/** Waits for a person's decision, given by the approvals port or PutApprovalResult, whichever comes first. */
export async function runApproval(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['NotificationArn', 'ExternalEntityLink', 'CustomData']);
  const { ExternalEntityLink, CustomData, NotificationArn } = run.configuration;
  const request: ApprovalRequest = {
    pipeline: run.pipeline.name,
    executionId: run.executionId,
    stage: run.stage,
    action: run.action.name,
    token: randomUUID(),
    ...(ExternalEntityLink === undefined ? {} : { externalEntityLink: ExternalEntityLink }),
    ...(CustomData === undefined ? {} : { customData: CustomData }),
  };
  // In PARALLEL mode the token is only to be had as the external id.
  run.note({ token: request.token, externalExecutionId: request.token });
  const minutes = run.action.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES;
  if (NotificationArn !== undefined) await notify(run, request, NotificationArn, minutes);
  const { status, summary, by } = await decision(run, request, minutes);
  const caller = `arn:${run.context.partition}:iam::${run.context.account}:user/${by}`;
  run.note({ externalExecutionSummary: summary.slice(0, 512), updatedBy: caller });
  if (status === 'Rejected') throw new ActionFailed('JobFailed', `rejected: ${summary}`);
  return {};
}

async function decision(run: ActionRun, request: ApprovalRequest, minutes: number) {
  const decided = new AbortController();
  const signal = AbortSignal.any([run.signal, decided.signal]);
  try {
    return await Promise.race([
      run.desk.open(request),
      run.services.approvals.decide(request, signal).then((answer) => ({ ...answer, by: 'approver' })),
      pause(minutes * 60_000, signal).then(() => {
        throw new ActionFailed('JobFailed', `nobody approved within ${minutes} minutes`);
      }),
    ]);
  } finally {
    run.desk.close(request.token);
    decided.abort();
  }
}

/** The message SNS carries for a manual approval. */
async function notify(run: ActionRun, request: ApprovalRequest, topic: string, minutes: number): Promise<void> {
  const client = new SNSClient(awsClientConfig(run.context));
  const message = {
    region: run.context.region,
    approval: {
      pipelineName: request.pipeline,
      stageName: request.stage,
      actionName: request.action,
      token: request.token,
      expires: new Date(Date.now() + minutes * 60_000).toISOString(),
      externalEntityLink: request.externalEntityLink ?? null,
      customData: request.customData ?? null,
    },
  };
  const subject = `APPROVAL NEEDED: AWS CodePipeline ${request.pipeline} for action ${request.action}`.slice(0, 100);
  try {
    await client.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: JSON.stringify(message) }));
  } catch (error) {
    throw new ActionFailed(
      'ConfigurationError',
      `The notification to ${topic} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    client.destroy();
  }
}
