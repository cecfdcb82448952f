import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from '@aws-sdk/client-codepipeline';

/** All actions of one pipeline execution that have run so far, the latest first. */
export async function listActions(
  codepipeline: CodePipelineClient,
  pipelineName: string,
  runId: string,
): Promise<readonly ActionExecutionDetail[]> {
  const actions: ActionExecutionDetail[] = [];
  const pages = paginateListActionExecutions(
    { client: codepipeline },
    { pipelineName, filter: { pipelineExecutionId: runId } },
  );
  for await (const page of pages) actions.push(...(page.actionExecutionDetails ?? []));
  return actions;
}

/** The latest execution of an action with the given status, e.g. the approval that was just given. */
export function findAction(
  actions: readonly ActionExecutionDetail[],
  wanted: { readonly stage: string; readonly action?: string; readonly status: string },
): ActionExecutionDetail | undefined {
  const matching = actions.filter(
    (entry) =>
      entry.stageName === wanted.stage &&
      entry.status === wanted.status &&
      (wanted.action === undefined || entry.actionName === wanted.action),
  );
  return matching.sort((a, b) => (b.startTime?.getTime() ?? 0) - (a.startTime?.getTime() ?? 0))[0];
}
