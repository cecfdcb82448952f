import * as z from 'zod';
import { unsupported } from '../errors';
import { environmentShape, instanceTypeShape, intBetween, nameShape, s3UriShape, tagsShape } from '../shape';
import { refuseOther } from '../training/shape';

export const transformShape = z.looseObject({
  TransformJobName: nameShape,
  ModelName: nameShape,
  MaxConcurrentTransforms: z.number().int().min(0).optional(),
  ModelClientConfig: z
    .object({
      InvocationsTimeoutInSeconds: intBetween(1, 3600).optional(),
      InvocationsMaxRetries: intBetween(0, 3).optional(),
    })
    .optional(),
  MaxPayloadInMB: intBetween(0, 100).optional(),
  BatchStrategy: z.enum(['MultiRecord', 'SingleRecord']).optional(),
  Environment: environmentShape.optional(),
  TransformInput: z.looseObject({
    DataSource: z.looseObject({ S3DataSource: z.looseObject({ S3DataType: z.string(), S3Uri: s3UriShape }) }),
    ContentType: z.string().max(256).optional(),
    CompressionType: z.enum(['None', 'Gzip']).optional(),
    SplitType: z.enum(['None', 'Line', 'RecordIO', 'TFRecord']).optional(),
  }),
  TransformOutput: z.looseObject({
    S3OutputPath: s3UriShape,
    Accept: z.string().max(256).optional(),
    AssembleWith: z.enum(['None', 'Line']).optional(),
  }),
  TransformResources: z.looseObject({ InstanceType: instanceTypeShape, InstanceCount: z.number().int().min(1) }),
  DataProcessing: z
    .object({
      InputFilter: z.string().max(63).optional(),
      OutputFilter: z.string().max(63).optional(),
      JoinSource: z.enum(['Input', 'None']).optional(),
    })
    .optional(),
  Tags: tagsShape.optional(),
});
export type TransformJobInput = z.infer<typeof transformShape>;

/** Throws ValidationException, by name, for what this engine cannot do as SageMaker would. */
export function refuseUnsupportedTransform(input: TransformJobInput): void {
  const { TransformInput: from, TransformOutput: to, DataProcessing: processing } = input;
  refuseOther('S3DataType', from.DataSource.S3DataSource.S3DataType, ['S3Prefix']);
  refuseOther('CompressionType', from.CompressionType, ['None']);
  refuseOther('SplitType', from.SplitType, ['None', 'Line']);
  refuseOther('DataProcessing.InputFilter', processing?.InputFilter, ['$']);
  refuseOther('DataProcessing.OutputFilter', processing?.OutputFilter, ['$']);
  if (input.TransformResources.InstanceCount !== 1) {
    throw unsupported(`TransformResources.InstanceCount ${input.TransformResources.InstanceCount}`, '1');
  }
  if ('DataCaptureConfig' in input) throw unsupported('DataCaptureConfig', 'a transform job without it');
  if (processing?.JoinSource === 'Input') refuseUnjoinable(from.SplitType, to.AssembleWith, from.ContentType);
}

/** Content types whose records are JSON, one a line. */
export const JSON_LINES: readonly string[] = ['application/jsonlines', 'application/json'];

function refuseUnjoinable(split = 'None', assemble = 'None', contentType = 'none'): void {
  if (split !== 'Line' || assemble !== 'Line') {
    throw unsupported(
      `JoinSource Input with SplitType ${split} and AssembleWith ${assemble}`,
      'SplitType Line and AssembleWith Line',
    );
  }
  refuseOther('JoinSource Input with ContentType', contentType, [...JSON_LINES, 'text/csv']);
}
