import * as z from 'zod';

const contentTypes = z.array(z.string().min(1)).min(1).max(10);

/** `DataCaptureConfig` of CreateEndpointConfig, as far as it is executed here: all but encryption with a key of one's own. */
export const dataCaptureShape = z.strictObject({
  EnableCapture: z.boolean().optional(),
  InitialSamplingPercentage: z
    .number()
    .int()
    .min(0, 'Member must have value greater than or equal to 0')
    .max(100, 'Member must have value less than or equal to 100'),
  DestinationS3Uri: z
    .string()
    .max(512, 'Member must have length less than or equal to 512')
    .regex(/^s3:\/\/[^/]+\/?.*$/, 'Member must be an s3:// URI'),
  CaptureOptions: z
    .array(z.strictObject({ CaptureMode: z.enum(['Input', 'Output', 'InputAndOutput']) }))
    .min(1)
    .max(32),
  CaptureContentTypeHeader: z
    .strictObject({ CsvContentTypes: contentTypes.optional(), JsonContentTypes: contentTypes.optional() })
    .optional(),
});
export type DataCapture = z.infer<typeof dataCaptureShape>;

/** What is done with one side of a request. */
export type Encoding = 'CSV' | 'JSON' | 'BASE64';

/** Content types that are not listed are kept as base64. */
export function encodingOf({ CaptureContentTypeHeader: lists }: DataCapture, contentType: string): Encoding {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const isIn = (types: readonly string[] | undefined): boolean =>
    types?.some((listed) => listed.toLowerCase() === type) === true;
  if (isIn(lists?.CsvContentTypes)) return 'CSV';
  return isIn(lists?.JsonContentTypes) ? 'JSON' : 'BASE64';
}

/** Does the configuration keep this side? Off where capture is not enabled. */
export function keeps(capture: DataCapture | undefined, side: 'Input' | 'Output'): boolean {
  if (capture === undefined || capture.EnableCapture === false) return false;
  return capture.CaptureOptions.some(({ CaptureMode }) => CaptureMode === side || CaptureMode === 'InputAndOutput');
}
