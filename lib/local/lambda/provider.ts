import { createHash } from 'node:crypto';
import { isObject, type Json } from '../engine/json';
import type { EngineContext, ProvisionedResource, ResolvedResource, ResourceProvider } from '../engine/ports';
import { physicalName } from '../provision/physical-name';
import { Properties } from '../provision/properties';
import { unpackFromS3, unpackInline } from './code';
import { functionName } from './function';
import type { LambdaService } from './service';

const SUPPORTED = [
  'FunctionName',
  'Code',
  'Handler',
  'Runtime',
  'Role',
  'Timeout',
  'MemorySize',
  'Environment',
  'Description',
  'LoggingConfig',
  'PackageType',
];
/** Tracing, scaling, keys and processor type: they do not change what an invocation does on one machine. */
const WITHOUT_EFFECT = [
  'TracingConfig',
  'Architectures',
  'EphemeralStorage',
  'KmsKeyArn',
  'ReservedConcurrentExecutions',
  'RuntimeManagementConfig',
  'SnapStart',
  'RecursiveLoop',
  'Tags',
];

/** Providers of functions and what belongs to them. */
export function lambdaProviders(service: LambdaService, context: EngineContext): readonly ResourceProvider[] {
  return [
    { types: ['AWS::Lambda::Function'], create: (resource) => createFunction(service, context, resource) },
    {
      types: ['AWS::Lambda::Permission'],
      create: async (resource) => ({ ref: physicalName(resource, 100), attributes: {} }),
    },
    { types: ['AWS::Lambda::Version'], create: async (resource) => createVersion(context, resource) },
    { types: ['AWS::Lambda::Alias'], create: async (resource) => createAlias(context, resource) },
    { types: ['AWS::Lambda::EventInvokeConfig'], create: async (resource) => configureAsync(service, resource) },
  ];
}

async function createFunction(
  service: LambdaService,
  context: EngineContext,
  resource: ResolvedResource,
): Promise<ProvisionedResource> {
  const properties = new Properties(resource).only([...SUPPORTED, ...WITHOUT_EFFECT]);
  const runtime = properties.text('Runtime') ?? 'a container image';
  if (!runtime.startsWith('nodejs'))
    throw properties.error(`Runtime ${runtime} is not supported here; supported are nodejs runtimes`);
  const name = properties.text('FunctionName') ?? physicalName(resource, 64);
  const arn = `arn:aws:lambda:${context.region}:${context.account}:function:${name}`;
  const { Variables = {} } = properties.object('Environment') ?? {};
  const { LogGroup } = properties.object('LoggingConfig') ?? {};
  service.register({
    name,
    arn,
    codeDir: await codeOf(context, properties.object('Code') ?? {}, properties),
    handler: properties.requiredText('Handler'),
    runtime,
    timeoutSeconds: properties.number('Timeout') ?? 3,
    memoryMb: properties.number('MemorySize') ?? 128,
    environment: isObject(Variables)
      ? Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, String(value)]))
      : {},
    logGroup: typeof LogGroup === 'string' ? LogGroup : `/aws/lambda/${name}`,
    role: properties.requiredText('Role'),
  });
  return { ref: name, attributes: { Arn: arn } };
}

async function codeOf(context: EngineContext, code: Json, properties: Properties): Promise<string> {
  const { S3Bucket, S3Key, ZipFile } = code;
  if (typeof ZipFile === 'string') return unpackInline(context, ZipFile);
  if (typeof S3Bucket === 'string' && typeof S3Key === 'string') return unpackFromS3(context, S3Bucket, S3Key);
  throw properties.error(`Code must name S3Bucket and S3Key, or hold ZipFile; found ${Object.keys(code).join(', ')}`);
}

function createVersion(context: EngineContext, resource: ResolvedResource): ProvisionedResource {
  const properties = new Properties(resource).only(['FunctionName', 'Description', 'CodeSha256']);
  const name = functionName(properties.requiredText('FunctionName'));
  return {
    ref: `arn:aws:lambda:${context.region}:${context.account}:function:${name}:1`,
    attributes: { Version: '1' },
  };
}

function createAlias(context: EngineContext, resource: ResolvedResource): ProvisionedResource {
  // Without RoutingConfig: every version runs the code of this assembly, so weights between versions mean nothing here.
  const properties = new Properties(resource).only(['FunctionName', 'FunctionVersion', 'Name', 'Description']);
  const name = functionName(properties.requiredText('FunctionName'));
  const arn = `arn:aws:lambda:${context.region}:${context.account}:function:${name}:${properties.requiredText('Name')}`;
  return { ref: arn, attributes: { AliasArn: arn } };
}

function configureAsync(service: LambdaService, resource: ResolvedResource): ProvisionedResource {
  const properties = new Properties(resource).only([
    'FunctionName',
    'Qualifier',
    'MaximumRetryAttempts',
    'MaximumEventAgeInSeconds',
    'DestinationConfig',
  ]);
  const { OnSuccess, OnFailure } = properties.object('DestinationConfig') ?? {};
  if (OnSuccess !== undefined)
    throw properties.error(
      'DestinationConfig.OnSuccess is not supported here; supported is OnFailure to an SQS queue or SNS topic',
    );
  const destination = isObject(OnFailure) ? String(OnFailure.Destination) : undefined;
  if (destination !== undefined && !/^arn:aws:(sqs|sns):/.test(destination)) {
    throw properties.error(`DestinationConfig.OnFailure must be an SQS queue or SNS topic; found ${destination}`);
  }
  const reference = properties.requiredText('FunctionName');
  service.configureAsync(reference, {
    maximumRetryAttempts: properties.number('MaximumRetryAttempts') ?? 2,
    ...(destination === undefined ? {} : { onFailure: destination }),
  });
  return { ref: createHash('sha256').update(reference).digest('hex').slice(0, 16), attributes: {} };
}
