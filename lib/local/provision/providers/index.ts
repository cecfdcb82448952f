import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { athenaProviders } from './athena';
import { chatbotProvider } from './chatbot';
import { tableProvider } from './dynamodb';
import { iamProviders } from './iam';
import { kmsProviders } from './kms';
import { logGroupProvider } from './logs';
import { metadataProvider } from './metadata';
import { bucketPolicyProvider, bucketProvider } from './s3';
import { secretProvider } from './secrets-manager';
import { snsProviders } from './sns';
import { sqsProviders } from './sqs';
import { parameterProvider } from './ssm';

/** Providers of everything that lives in the emulator and runs nothing: storage, messages, keys, roles and log groups. */
export function storageProviders(context: EngineContext): readonly ResourceProvider[] {
  return [
    bucketProvider(context),
    bucketPolicyProvider(context),
    ...snsProviders(context),
    ...sqsProviders(context),
    parameterProvider(context),
    ...iamProviders(context),
    ...kmsProviders(context),
    logGroupProvider(context),
    secretProvider(context),
    tableProvider(context),
    ...athenaProviders,
    chatbotProvider(context),
    metadataProvider,
  ];
}
