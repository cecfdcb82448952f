import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  createLabelReader,
  isProblem,
  LABEL_COLUMNS,
  LABEL_SUFFIXES,
  LabelFileError,
  labelFormat,
} from '../../core/feedback/label-file';
import { plural } from '../../core/report/format';
import { MONITORING_FOLDERS } from '../../monitoring/contract';
import { UsageError } from '../../release/environment';

/** A file of labels, read. */
interface CheckedLabels {
  readonly content: Buffer;
  readonly labels: number;
  /** What cannot be read, `line 7: row is "x"; …`. The rest counts. */
  readonly problems: readonly string[];
}

/**
 * Reads a file of labels as the monitor will.
 *
 * @throws UsageError if there is no such file, its name does not tell its format, or nothing in it can be read
 */
function checkLabels(path: string): CheckedLabels {
  const format = labelFormat(path);
  if (format === undefined) {
    throw new UsageError(`${path}: labels are files named ${Object.keys(LABEL_SUFFIXES).join(', ')}`);
  }
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file`);
  const content = readFileSync(path);
  const read = createLabelReader(format);
  const problems: string[] = [];
  let labels = 0;
  try {
    for (const [index, line] of content.toString('utf8').split('\n').entries()) {
      const label = read(line);
      if (label === undefined) continue;
      if (isProblem(label)) problems.push(`line ${index + 1}: ${label.problem}`);
      else labels += 1;
    }
  } catch (error) {
    if (error instanceof LabelFileError) throw new UsageError(`${path}, line 1: ${error.message}`);
    throw error;
  }
  if (labels === 0) {
    const why =
      problems[0] === undefined ? `it has no line with ${LABEL_COLUMNS.id} and ${LABEL_COLUMNS.label}` : problems[0];
    throw new UsageError(`${path}: has no label: ${why}`);
  }
  return { content, labels, problems };
}

/**
 * Stores the labels of a file under its digest and name. A content that is there, from whatever day and under whatever name,
 * stays as it is: taken once more, it would win over corrections that came in between.
 *
 * @returns what was done, a line each
 */
export async function putLabels(s3: S3Client, bucket: string, path: string): Promise<readonly string[]> {
  const { content, labels, problems } = checkLabels(path);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const Prefix = `${MONITORING_FOLDERS.labels}${digest}-`;
  const { Contents: [before] = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 1 }));
  if (before?.Key !== undefined) return [`s3://${bucket}/${before.Key}: has these labels already; nothing was stored`];
  const Key = `${Prefix}${basename(path).replaceAll(/[^\w.-]/g, '-')}`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: content }));
  const shown = problems.slice(0, MOST_SHOWN).map((problem) => `  ✗ ${path}, ${problem}`);
  const rest = problems.length - shown.length;
  return [
    `s3://${bucket}/${Key}: ${plural(labels, 'label')}`,
    ...(problems.length === 0
      ? []
      : [`${plural(problems.length, 'line')} cannot be read and will not count:`, ...shown]),
    ...(rest > 0 ? [`  and ${plural(rest, 'more line')}`] : []),
    'the next check joins them with captured predictions; `assay quality` shows its report',
  ];
}

const MOST_SHOWN = 5;
