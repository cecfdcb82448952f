import type { DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import type { CaptureRules, CaptureSpec } from '../../lib/core/rollout/capture';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';

/**
 * Requests and answers of every content type that the workload's containers speak, kept as text.
 *
 * Source: Amazon SageMaker developer guide, "Capture data from real-time endpoint", which names both sides one by one;
 * endpoints whose configuration had the API's `InputAndOutput` have been refused (boto3 issue 3440).
 */
export const dataCaptureConfig = ({ percent, destination }: CaptureSpec): DataCaptureConfig => ({
  EnableCapture: true,
  InitialSamplingPercentage: percent,
  DestinationS3Uri: destination,
  CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
  CaptureContentTypeHeader: {
    CsvContentTypes: ['text/csv'],
    JsonContentTypes: ['application/json', 'application/jsonlines'],
  },
});

/** What a configuration that was made before keeps; undefined where it keeps nothing. */
export function captureIn(config: DataCaptureConfig | undefined): CaptureSpec | undefined {
  // What is not said is enabled.
  if (config?.EnableCapture === false || config?.DestinationS3Uri === undefined) return undefined;
  return { percent: config.InitialSamplingPercentage ?? 0, destination: config.DestinationS3Uri };
}

/** What production is to keep by the gates of a release. @returns undefined where the environment has no place for it */
export function captureRules(percent: number): CaptureRules | undefined {
  const root = process.env[ROLLOUT_ENV.captureUri];
  return root === undefined || root === '' || percent === 0 ? undefined : { percent, root };
}
