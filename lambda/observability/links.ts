import type { NoticeLink } from '../../lib/core/notice/notice';

/** Page of a run of the pipeline in the console. */
export const runLink = (region: string, pipeline: string, runId: string): NoticeLink => ({
  label: 'Run',
  url: `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${pipeline}/executions/${runId}/timeline?region=${region}`,
});

/** Page of an execution of a state machine in the console. */
export const executionLink = (region: string, executionArn: string): NoticeLink => ({
  label: 'Execution',
  url: `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`,
});

/** Page of an object in the console; undefined for what is no s3:// URI. */
export function objectLink(region: string, label: string, uri: string | undefined): NoticeLink | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  const query = new URLSearchParams({ region, prefix: key });
  return { label, url: `https://${region}.console.aws.amazon.com/s3/object/${bucket}?${query}` };
}

/** Entry of the runbook. */
export const runbookLink = (entry: string): NoticeLink => ({ label: 'Runbook', url: `docs/runbook.md#${entry}` });
