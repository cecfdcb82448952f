import { oneLine } from '../shared/text';

/** Everything a notice says, found out before it is written. */
export interface NoticeFacts {
  readonly application: string;
  readonly pipeline: string;
  readonly region: string;
  readonly runId: string;
  /** Absent in the notice of a finished run. */
  readonly failedStage?: string;
  readonly failedAction?: string;
  readonly reason: string;
  readonly commit?: string;
  readonly modelPackageArn?: string;
  /** s3:// URI of the report that explains the reason. */
  readonly report?: string;
}

export interface Notice {
  readonly subject: string;
  readonly message: string;
}

/** SNS refuses longer subjects, and other characters than ASCII. */
const SUBJECT_LIMIT = 100;

/** The notice of a failed stage or a finished run: the reason is the first line, where to look follows. */
export function writeNotice(facts: NoticeFacts): Notice {
  const failed = facts.failedStage !== undefined;
  const commit = facts.commit?.slice(0, 8) ?? 'unknown commit';
  const subject = failed
    ? `${facts.application} ${commit}: ${facts.failedStage} failed`
    : `${facts.application} ${commit}: released`;
  const action = facts.failedAction === undefined ? '' : ` (${facts.failedAction})`;
  const lines: [string, string | undefined][] = [
    ['Application', facts.application],
    ['Stage', failed ? `${facts.failedStage}${action}` : undefined],
    ['Commit', facts.commit],
    ['Run', facts.runId],
    ['Model package', facts.modelPackageArn],
    ['Report', facts.report],
    ['Pipeline', consoleUrl(facts)],
  ];
  const details = lines.flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`]));
  return {
    subject: ascii(subject).slice(0, SUBJECT_LIMIT),
    message: [oneLine(facts.reason), '', ...details].join('\n'),
  };
}

function consoleUrl({ pipeline, region, runId }: NoticeFacts): string {
  return `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline}/executions/${runId}/timeline?region=${region}`;
}

const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
