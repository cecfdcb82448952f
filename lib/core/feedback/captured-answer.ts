import { isOwn, isUnreadable, readCapture } from '../monitoring/capture';
import {
  type DecodeBase64,
  type InstanceRow,
  readInstances,
  readPredictions,
  type TrafficShape,
} from '../monitoring/payload';
import type { QualityGates } from './settings';

/** One captured request with its answer. */
export interface CapturedAnswer {
  /** As the caller sent it. */
  readonly inferenceId?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
  /** Rows of the request, each with its score, or with the probability of every class. */
  readonly rows: readonly { readonly features: InstanceRow; readonly scores: readonly number[] }[];
}

/** How requests and answers of a release look. */
export function trafficShape({ dataset, serving }: QualityGates): TrafficShape {
  const { task, classes, key, label } = dataset;
  const columns = Object.keys(dataset.columns);
  return { task, classes: classes?.map(String), fields: serving.fields, columns, key, label };
}

/**
 * Reads a captured line as a request with an answer to each of its rows.
 *
 * @returns undefined for a request of Assay's own; `{problem}` for a line that cannot be used
 */
export function readAnswer(
  line: string,
  shape: TrafficShape,
  decode: DecodeBase64,
): CapturedAnswer | { readonly problem: string } | undefined {
  const request = readCapture(line);
  if (isUnreadable(request)) return request;
  if (isOwn(request)) return undefined;
  if (request.input === undefined || request.output === undefined)
    return { problem: 'has a request or an answer alone' };
  const instances = readInstances(request.input, shape, decode);
  if (isUnreadable(instances)) return instances;
  const { rows } = instances;
  const predictions = readPredictions(request.output, rows.length, shape, decode);
  if (isUnreadable(predictions)) return predictions;
  return {
    inferenceId: request.inferenceId,
    at: new Date(request.time).toISOString(),
    rows: rows.map((features, i) => ({ features, scores: predictions.scores[i] ?? [] })),
  };
}
