import type { S3Client } from '@aws-sdk/client-s3';
import type { Gates } from '../../lib/config/gates';
import type { Baseline } from '../../lib/core/drift/baseline';
import { trafficShape } from '../../lib/core/feedback/captured-answer';
import { Traffic } from '../../lib/core/monitoring/traffic';
import { type CaptureFile, type CaptureQuery, captureLines, listCaptures, sampleFiles } from './capture-files';

/** Files that are read at a time: S3 takes longer to answer than a file takes to be counted. */
const TOGETHER = 4;
const MIB = 1024 * 1024;

export interface MeasureOptions extends CaptureQuery {
  readonly bucket: string;
  readonly gates: Gates;
  readonly baseline: Baseline;
}

/** Traffic of a window, and how much of it was read. */
export interface Measured {
  readonly traffic: Traffic;
  readonly files: number;
  /** Bytes that the window holds. */
  readonly bytes: number;
  /** Every so many files one was read. */
  readonly every: number;
}

/** Reads the captures of a window, streamed, into the bins of the baseline. */
export async function measureTraffic(s3: S3Client, options: MeasureOptions): Promise<Measured> {
  const { bucket, gates, baseline, from, to } = options;
  const { drift } = gates.monitoring;
  const traffic = new Traffic({
    baseline,
    columns: drift.columns,
    shape: trafficShape(gates),
    from,
    to,
    decode: (base64) => Buffer.from(base64, 'base64').toString('utf8'),
  });
  const { files, every, bytes } = sampleFiles(await listCaptures(s3, bucket, options), drift.maxMiB * MIB);
  const left = files.values();
  const worker = async (): Promise<void> => {
    for (const file of left) await readFile(s3, bucket, file, traffic);
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  return { traffic, files: files.length, bytes, every };
}

async function readFile(s3: S3Client, bucket: string, { key }: CaptureFile, traffic: Traffic): Promise<void> {
  const lines = await captureLines(s3, bucket, key);
  if (lines === undefined) {
    traffic.trouble('a file expired while it was to be read', { file: key, line: 1 });
    return;
  }
  for await (const line of lines) {
    const place = { file: key, line: line.number };
    if ('tooLong' in line) traffic.trouble('a line is longer than 24 MiB', place);
    else traffic.add(line.text, place);
  }
}
