import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ACTIONS, type ApprovalDocument, STAGES } from '../../lib/pipeline/contract';
import { findAction, listActions } from '../shared/action-history';
import { oneLine } from '../shared/text';

/** Who decided about a run, and what they said. */
export interface Decision {
  readonly by: string;
  readonly summary: string | undefined;
  readonly at: Date | undefined;
}

/** The latest decision of the Approve action, or undefined if the history has none with this status. */
export async function findDecision(
  pipelineName: string,
  runId: string,
  status: 'Succeeded' | 'Failed',
): Promise<Decision | undefined> {
  const actions = await listActions(new CodePipelineClient({}), pipelineName, runId);
  const action = findAction(actions, { stage: STAGES.approval, action: ACTIONS.approve, status });
  if (action?.updatedBy === undefined) return undefined;
  return {
    by: action.updatedBy,
    summary: action.output?.executionResult?.externalExecutionSummary,
    at: action.lastUpdateTime,
  };
}

/** What stands for a person's decision where assay.config.ts requires none: the run would not be here had a gate failed. */
export const automaticDecision = (): Decision => ({
  by: 'assay.config.ts',
  summary: 'no approval required: every gate passed',
  at: new Date(),
});

/** What the run's folder keeps of a decision. Without a name, nobody decided in time. */
export function approvalDocument(
  modelPackageArn: string,
  decision: ApprovalDocument['decision'],
  { by, summary, at = new Date() }: Partial<Decision>,
): ApprovalDocument {
  return {
    schema: 'assay.approval/1',
    modelPackageArn,
    decision,
    ...(by === undefined ? {} : { by }),
    ...(summary === undefined || summary === '' ? {} : { summary: oneLine(summary) }),
    at: at.toISOString(),
  };
}

export const describeDecision = (verb: string, { by, summary }: Decision): string =>
  oneLine(summary === undefined || summary === '' ? `${verb} by ${by}` : `${verb} by ${by}: ${summary}`);
