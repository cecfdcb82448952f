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
  /** Name of the error that a state machine ended with. */
  readonly error?: string;
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
    action.input?.actionTypeId?.provider === 'StepFunctions'
      ? [own.reason, judged?.reason]
      : [judged?.reason, own.reason];
  return {
    reason: oneLine(first ?? second ?? `${action.actionName} failed and left no reason`),
    ...(own.error === undefined ? {} : { error: own.error }),
    ...(judged === undefined ? {} : { report: judged.report }),
  };
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

type OwnReason = Partial<Pick<FailureReason, 'reason' | 'error'>>;

async function reasonOfService(action: ActionExecutionDetail, sources: ReasonSources): Promise<OwnReason> {
  const result = action.output?.executionResult;
  const external = result?.externalExecutionId;
  const reported = said(result?.errorDetails?.message ?? result?.externalExecutionSummary);
  switch (action.input?.actionTypeId?.provider) {
    case 'CodeBuild': {
      const reason = external === undefined ? undefined : await reasonOfBuild(sources.codebuild, external);
      return reason === undefined ? reported : { reason };
    }
    case 'StepFunctions':
      return {
        ...reported,
        ...(await reasonOfExecution(sources.sfn, action.output?.outputVariables?.ExecutionArn ?? external)),
      };
    case 'Manual':
      return { reason: reasonOfDecision(action) };
    default:
      return reported;
  }
}

const said = (reason: string | undefined): OwnReason => (reason === undefined ? {} : { reason });

async function reasonOfExecution(sfn: SFNClient, executionArn: string | undefined): Promise<OwnReason> {
  if (executionArn === undefined) return {};
  const { cause, error, status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const reason = cause ?? error ?? (status === 'TIMED_OUT' ? 'the state machine timed out' : undefined);
  return { ...said(reason), ...(error === undefined ? {} : { error }) };
}

function reasonOfDecision(action: ActionExecutionDetail): string {
  const summary = action.output?.executionResult?.externalExecutionSummary;
  if (action.updatedBy === undefined) return 'nobody approved the release in time';
  return `rejected by ${action.updatedBy}${summary === undefined || summary === '' ? '' : `: ${summary}`}`;
}
