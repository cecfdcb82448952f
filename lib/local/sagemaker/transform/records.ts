import { JSON_LINES } from './shape';

/** A transform that failed because of what the client sent or the model answered. */
export class TransformError extends Error {}

/** One request to the model: its records, in order. */
export type Batch = readonly string[];

export interface BatchOptions {
  readonly split: boolean;
  readonly strategy: 'MultiRecord' | 'SingleRecord';
  /** Greatest size of a request in bytes. */
  readonly maxBytes: number;
}

/** Records of a text, one a line; a final line break does not make an empty record. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Cuts an object into requests. Throws TransformError if one record is greater than the limit. */
export function batchesOf(text: string, options: BatchOptions): readonly Batch[] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const record of options.split ? linesOf(text) : [text]) {
    const size = Buffer.byteLength(record) + 1;
    if (size - 1 > options.maxBytes) {
      throw new TransformError(
        `a record of ${size - 1} bytes is greater than MaxPayloadInMB (${options.maxBytes} bytes)`,
      );
    }
    const last = batches.at(-1);
    if (last === undefined || options.strategy === 'SingleRecord' || bytes + size > options.maxBytes + 1) {
      batches.push([record]);
      bytes = size;
    } else {
      last.push(record);
      bytes += size;
    }
  }
  return batches;
}

/**
 * Input and output of one request, record by record: a JSON object gains `SageMakerOutput`, other JSON becomes
 * `{SageMakerInput, SageMakerOutput}`, a CSV row gains columns. Throws TransformError if the counts differ.
 */
export function joinRecords(batch: Batch, answer: string, contentType: string): readonly string[] {
  const outputs = linesOf(answer);
  if (outputs.length !== batch.length) {
    throw new TransformError(
      `the number of records in the output (${outputs.length}) is not that of the input (${batch.length}), so they cannot be joined`,
    );
  }
  const join = JSON_LINES.includes(contentType) ? joinJson : (input: string, output: string) => `${input},${output}`;
  return batch.map((input, index) => join(input, outputs[index] ?? ''));
}

function joinJson(input: string, output: string): string {
  const [given, answered] = [parseJson(input, 'input'), parseJson(output, 'output')];
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  return JSON.stringify(
    isObject ? { ...given, SageMakerOutput: answered } : { SageMakerInput: given, SageMakerOutput: answered },
  );
}

function parseJson(text: string, side: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TransformError(`an ${side} record is not JSON: ${text.slice(0, 120)}`, { cause: error });
  }
}
