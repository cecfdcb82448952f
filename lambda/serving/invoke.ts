import { InvokeEndpointCommand, ModelError, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { AnswerFields, Exchange } from '../../lib/core/serving/answer';
import type { GoldenRow } from '../../lib/core/serving/sample';
import { messageOf, oneLine } from '../shared/text';

export interface InvokeTarget {
  readonly endpoint: string;
  readonly variant?: string;
  readonly fields: AnswerFields;
}

/** Sends rows to the endpoint. An error of the endpoint or its model is an outcome, not an exception. */
export async function invoke(
  runtime: SageMakerRuntimeClient,
  { endpoint, variant, fields }: InvokeTarget,
  rows: readonly GoldenRow[],
): Promise<Exchange> {
  const keys = rows.map((row) => row.key);
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  try {
    const answer = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: endpoint,
        ContentType: 'application/json',
        Accept: 'application/json',
        Body: JSON.stringify({ [fields.instances]: rows.map(({ row }) => row) }),
        ...(variant === undefined ? {} : { TargetVariant: variant }),
      }),
    );
    const milliseconds = elapsed();
    const body = new TextDecoder().decode(answer.Body);
    const served = answer.InvokedProductionVariant;
    if (variant !== undefined && served !== undefined && served !== variant) {
      return {
        keys,
        milliseconds,
        outcome: { kind: 'error', message: `variant ${served} answered instead of ${variant}` },
      };
    }
    return { keys, milliseconds, outcome: { kind: 'answer', contentType: answer.ContentType ?? '', body } };
  } catch (error) {
    return { keys, milliseconds: elapsed(), outcome: { kind: 'error', message: errorLine(error) } };
  }
}

function errorLine(error: unknown): string {
  if (error instanceof ModelError) {
    return oneLine(`the model answered ${error.OriginalStatusCode}: ${error.OriginalMessage ?? error.message}`, 300);
  }
  const name = error instanceof Error ? error.name : 'Error';
  return oneLine(`${name}: ${messageOf(error)}`, 300);
}
