import { Match, Template } from 'aws-cdk-lib/assertions';
import { testApp } from './app';

const { stacks } = testApp();
const template = Template.fromStack(stacks.data);

/** Properties of the bucket whose access logs go under the prefix. */
function bucketWith(logPrefix: string): Record<string, unknown> {
  const found = template.findResources('AWS::S3::Bucket', {
    Properties: { LoggingConfiguration: { LogFilePrefix: logPrefix } },
  });
  return Object.values(found)[0]?.Properties as Record<string, unknown>;
}

test('the stack is protected from deletion', () => {
  expect(stacks.data.terminationProtection).toBe(true);
});

test('all buckets are private, encrypted, owned by the bucket owner, and kept', () => {
  template.resourceCountIs('AWS::S3::Bucket', 5);
  template.allResources('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: Match.objectLike({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    }),
  });
});

test('every bucket refuses requests without TLS 1.2', () => {
  template.resourceCountIs('AWS::S3::BucketPolicy', 5);
  template.allResourcesProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    }),
  });
});

test('golden data keeps every version for good', () => {
  const golden = bucketWith('golden/');
  expect(golden).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: [{ Id: 'unfinished-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }],
    },
  });
});

test('runs stay, archives of the pipeline and overwritten documents go', () => {
  const runs = bucketWith('runs/');
  expect(runs).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
  const { Rules } = runs.LifecycleConfiguration as { Rules: Record<string, unknown>[] };
  expect(Rules.filter((rule) => 'ExpirationInDays' in rule)).toEqual([
    { Id: 'pipeline-archives', Prefix: 'churn-release/', ExpirationInDays: 30, Status: 'Enabled' },
  ]);
  expect(Rules).toContainEqual({
    Id: 'overwritten',
    NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    Status: 'Enabled',
  });
});

test('the registry group outlives the stack', () => {
  template.hasResource('AWS::SageMaker::ModelPackageGroup', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { ModelPackageGroupName: 'churn' },
  });
});

test('outputs have stable names', () => {
  for (const name of ['GoldenBucketName', 'ArtifactBucketName', 'ModelPackageGroupName']) template.hasOutput(name, {});
  template.hasOutput('ModelPackageGroupName', { Value: 'churn' });
});
