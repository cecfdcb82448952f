import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Report } from '../../core/report/report';
import { VERDICT_WORDS } from '../../core/report/words';
import { qualityFolder } from '../../monitoring/quality-contract';

export interface LastReport {
  readonly report: Report;
  /** s3:// URI of its page. */
  readonly page: string;
}

/** The report of the last check of an endpoint; undefined before the first one. */
export async function lastQualityReport(
  s3: S3Client,
  bucket: string,
  endpoint: string,
): Promise<LastReport | undefined> {
  let last = '';
  // Reports are named by their time; with the delimiter, joined rows and labels are not listed.
  const query = { Bucket: bucket, Prefix: qualityFolder(endpoint), Delimiter: '/' };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    for (const { Key = '' } of Contents) if (Key.endsWith('.json') && Key > last) last = Key;
  }
  if (last === '') return undefined;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: last }));
  const report = JSON.parse((await Body?.transformToString('utf8')) ?? '') as Report;
  return { report, page: `s3://${bucket}/${last.replace(/\.json$/, '.html')}` };
}

const SIGNS = { pass: '✓', fail: '✗', inconclusive: '?' } as const;

/** The verdict first, then a line for each metric and whatever else was checked. */
export function qualityText({ report, page }: LastReport, endpoint: string): string {
  return [
    `${endpoint}: ${VERDICT_WORDS[report.verdict].toLowerCase()}: ${report.reason}`,
    ...report.checks.map(({ id, verdict, reason }) => `  ${SIGNS[verdict]} ${id}: ${reason}`),
    `  checked ${report.createdAt}, ${page}`,
    '',
  ].join('\n');
}
