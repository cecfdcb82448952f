import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { ActionExecutionDetail } from '@aws-sdk/client-codepipeline';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Report } from '../../lib/core/report/report';
import { ACTIONS, type ReportName, reportKey } from '../../lib/pipeline/contract';
import type { RunDocuments } from '../shared/run-documents';
import { oneLine } from '../shared/text';
import { reasonOfBuild } from './build-reason';

export interface ReasonSources {
  readonly codebuild: CodeBuildClient;
  readonly sfn: SFNClient;
  readonly documents: RunDocuments;
}

export interface FailureReason {
  readonly reason: string;
  /** s3:// URI of the report that explains it. */
  readonly report?: string;
}

/** Reports that explain a failed action, if the action got as far as writing them. */
const REPORTS: Readonly<Record<string, readonly ReportName[]>> = {
  [ACTIONS.gateData]: ['data', 'drift'],
  [ACTIONS.evaluate]: ['model', 'behaviour'],
  [ACTIONS.verdict]: ['model', 'behaviour'],
  [ACTIONS.e2e]: ['serving-staging'],
  [ACTIONS.rollout]: ['canary', 'serving-production'],
};

/** Why an action failed, asked of those who know: the gate's report, then the service that ran the action. */
export async function reasonOfFailure(action: ActionExecutionDetail, sources: ReasonSources): Promise<FailureReason> {
  const judged = await judgedBy(action.actionName ?? '', sources.documents);
  const own = await reasonOfService(action, sources);
  // A report can be that of an attempt before this one, and an execution always says why it failed itself.
  const [first, second] =
    action.input?.actionTypeId?.provider === 'StepFunctions' ? [own, judged?.reason] : [judged?.reason, own];
  const reason = first ?? second ?? `${action.actionName} failed and left no reason`;
  return { reason: oneLine(reason), ...(judged === undefined ? {} : { report: judged.report }) };
}

async function judgedBy(
  action: string,
  documents: RunDocuments,
): Promise<{ reason: string; report: string } | undefined> {
  for (const name of REPORTS[action] ?? []) {
    const report = await documents.find<Report>(reportKey(name));
    if (report !== undefined && report.document.verdict !== 'pass') {
      return { reason: report.document.reason, report: documents.uri(reportKey(name, 'html')) };
    }
  }
  return undefined;
}

async function reasonOfService(action: ActionExecutionDetail, sources: ReasonSources): Promise<string | undefined> {
  const result = action.output?.executionResult;
  const external = result?.externalExecutionId;
  const reported = result?.errorDetails?.message ?? result?.externalExecutionSummary;
  switch (action.input?.actionTypeId?.provider) {
    case 'CodeBuild':
      return (external === undefined ? undefined : await reasonOfBuild(sources.codebuild, external)) ?? reported;
    case 'StepFunctions':
      return (
        (await reasonOfExecution(sources.sfn, action.output?.outputVariables?.ExecutionArn ?? external)) ?? reported
      );
    case 'Manual':
      return reasonOfDecision(action);
    default:
      return reported;
  }
}

async function reasonOfExecution(sfn: SFNClient, executionArn: string | undefined): Promise<string | undefined> {
  if (executionArn === undefined) return undefined;
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return (
    execution.cause ?? execution.error ?? (execution.status === 'TIMED_OUT' ? 'the state machine timed out' : undefined)
  );
}

function reasonOfDecision(action: ActionExecutionDetail): string {
  const summary = action.output?.executionResult?.externalExecutionSummary;
  if (action.updatedBy === undefined) return 'nobody approved the release in time';
  return `rejected by ${action.updatedBy}${summary === undefined || summary === '' ? '' : `: ${summary}`}`;
}
