import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ACTIONS, STAGES } from '../../lib/pipeline/contract';
import { findAction, listActions } from '../shared/action-history';
import { oneLine } from '../shared/text';

/** Who decided about a run, and what they said. */
export interface Decision {
  readonly by: string;
  readonly summary: string | undefined;
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
  return { by: action.updatedBy, summary: action.output?.executionResult?.externalExecutionSummary };
}

export const describeDecision = (verb: string, { by, summary }: Decision): string =>
  oneLine(summary === undefined || summary === '' ? `${verb} by ${by}` : `${verb} by ${by}: ${summary}`);
