import { isRecord } from '../serving/prediction';

/** What endpoints are asked by Assay itself carries an inference id that begins so: it is no traffic. */
const OWN_INFERENCE_PREFIX = 'assay-';

/** Inference id of golden requests and probes. */
export const GOLDEN_INFERENCE = `${OWN_INFERENCE_PREFIX}golden`;

export type CaptureEncoding = 'CSV' | 'JSON' | 'BASE64';

/** One side of a captured request as it lies in its line. */
export interface CapturedSide {
  /** Lower case, without parameters; empty where the line has none. */
  readonly contentType: string;
  readonly encoding: CaptureEncoding;
  readonly data: string;
}

/** One line of a capture file: a request and its answer. */
export interface CapturedRequest {
  readonly eventId?: string;
  readonly inferenceId?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly input?: CapturedSide;
  readonly output?: CapturedSide;
}

/** A line that cannot be used. The words name its form alone: what customers sent stays in its file. */
export interface Unreadable {
  readonly problem: string;
}

const ENCODINGS: readonly string[] = ['CSV', 'JSON', 'BASE64'] satisfies readonly CaptureEncoding[];

/**
 * Reads a line of a capture file, `{"captureData": {"endpointInput", "endpointOutput"}, "eventMetadata", "eventVersion"}`.
 *
 * Source: Amazon SageMaker developer guide, "Capture data from real-time endpoint".
 */
export function readCapture(line: string): CapturedRequest | Unreadable {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'is no JSON: cut off or damaged' };
  }
  const data = isRecord(value) ? value.captureData : undefined;
  const meta = isRecord(value) ? value.eventMetadata : undefined;
  if (!isRecord(data) || !isRecord(meta)) return { problem: 'has no captureData or no eventMetadata' };
  const time = typeof meta.inferenceTime === 'string' ? Date.parse(meta.inferenceTime) : Number.NaN;
  if (Number.isNaN(time)) return { problem: 'has no inferenceTime' };
  const [input, output] = [sideOf(data.endpointInput), sideOf(data.endpointOutput)];
  if (input === undefined && output === undefined) return { problem: 'has neither endpointInput nor endpointOutput' };
  return {
    ...textIn(meta, 'eventId'),
    ...textIn(meta, 'inferenceId'),
    time,
    ...(input && { input }),
    ...(output && { output }),
  };
}

export const isUnreadable = (read: object): read is Unreadable => 'problem' in read;

/** Was the request made by Assay itself? */
export const isOwn = ({ inferenceId }: CapturedRequest): boolean =>
  inferenceId?.startsWith(OWN_INFERENCE_PREFIX) === true;

function sideOf(value: unknown): CapturedSide | undefined {
  if (!isRecord(value) || typeof value.data !== 'string') return undefined;
  const encoding = String(value.encoding).toUpperCase();
  if (!ENCODINGS.includes(encoding)) return undefined;
  const type = typeof value.observedContentType === 'string' ? value.observedContentType : '';
  const contentType = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return { contentType, encoding: encoding as CaptureEncoding, data: value.data };
}

const textIn = <K extends string>(from: Readonly<Record<string, unknown>>, key: K): Partial<Record<K, string>> =>
  typeof from[key] === 'string' && from[key] !== '' ? ({ [key]: from[key] } as Record<K, string>) : {};
