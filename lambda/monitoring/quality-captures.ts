import { type CapturedAnswer, readAnswer, trafficShape } from '../../lib/core/feedback/captured-answer';
import type { QualityGates } from '../../lib/core/feedback/settings';
import type { MonitoringBucket } from './bucket';
import { type CaptureQuery, listCaptures } from './capture-files';

/** A file with answers of one release. */
export interface AnswerFile {
  readonly key: string;
  readonly release: string;
  /** Start of its hour as text, `2026/11/21/06`. */
  readonly hour: string;
}

/** Where and when; milliseconds since 1970. */
export type AnswerQuery = Omit<CaptureQuery, 'release'>;

/** Capture files of every release of an endpoint. */
export async function answerFiles(bucket: MonitoringBucket, query: AnswerQuery): Promise<readonly AnswerFile[]> {
  const files = await listCaptures(bucket.s3, bucket.name, query);
  return files.map(({ key, release }) => ({ key, release, hour: key.split('/').slice(-5, -1).join('/') }));
}

const TOO_LONG = { problem: 'is longer than any request' };

const decodeBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/**
 * The answers of one file that were given since then, as they stream by.
 *
 * @param malformed is told of each line that cannot be used
 */
export async function* answersIn(
  bucket: MonitoringBucket,
  { key }: AnswerFile,
  gates: QualityGates,
  since: number,
  malformed: () => void,
): AsyncGenerator<CapturedAnswer> {
  const shape = trafficShape(gates);
  for await (const line of bucket.lines(key)) {
    const answer = 'text' in line ? readAnswer(line.text, shape, decodeBase64) : TOO_LONG;
    if (answer === undefined) continue;
    if ('problem' in answer) malformed();
    else if (Date.parse(answer.at) >= since) yield answer;
  }
}
