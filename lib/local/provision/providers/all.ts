import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { iamProviders } from './iam';
import { kmsProviders } from './kms';
import { logGroupProvider } from './logs';
import { metadataProvider } from './metadata';
import { bucketPolicyProvider, bucketProvider } from './s3';
import { snsProviders } from './sns';
import { sqsProviders } from './sqs';
import { parameterProvider } from './ssm';

/** Everything that the AWS emulator stores. */
export function storageProviders(context: EngineContext): readonly ResourceProvider[] {
  return [
    bucketProvider(context),
    bucketPolicyProvider(context),
    ...iamProviders(context),
    ...kmsProviders(context),
    logGroupProvider(context),
    metadataProvider,
    ...snsProviders(context),
    ...sqsProviders(context),
    parameterProvider(context),
    {
      types: ['AWS::CloudWatch::Alarm'],
      create: async (r) => ({
        ref: r.logicalId,
        attributes: { Arn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${r.logicalId}` },
      }),
    },
  ];
}
