import { BatchGetImageCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  AddTagsCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  type CreateModelPackageCommandInput,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { IMAGE, ROLE, TestEngine } from './engine';

const engine = new TestEngine();
let client: SageMakerClient;
const GROUP = 'churn-models';

beforeAll(async () => {
  await engine.start();
  client = new SageMakerClient(engine.aws());
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const source = { ContentType: 'application/json', S3Uri: 's3://work/metrics.json' };
const request = (more: Partial<CreateModelPackageCommandInput> = {}): CreateModelPackageCommandInput => ({
  ModelPackageGroupName: GROUP,
  InferenceSpecification: {
    Containers: [
      {
        Image: IMAGE,
        ImageDigest: `sha256:${'a'.repeat(64)}`,
        ModelDataUrl: 's3://work/model.tar.gz',
        Environment: { SAGEMAKER_PROGRAM: 'inference.py', RELEASE: 'package' },
      },
    ],
    SupportedContentTypes: ['application/json'],
    SupportedResponseMIMETypes: ['application/json'],
  },
  MetadataProperties: { CommitId: 'abc123', Repository: 'https://example.com/team/churn' },
  ModelMetrics: { ModelQuality: { Statistics: source }, Explainability: { Report: source } },
  CustomerMetadataProperties: { 'dataset.digest': 'sha256:1' },
  SkipModelValidation: 'All',
  ...more,
});

const create = async (more: Partial<CreateModelPackageCommandInput> = {}) =>
  (await client.send(new CreateModelPackageCommand(request(more)))).ModelPackageArn ?? '';
const describePackage = (ModelPackageName: string) =>
  client.send(new DescribeModelPackageCommand({ ModelPackageName }));
const refusal = (name: string, words: string) => ({ name, message: expect.stringContaining(words) });

test('the provider makes the group of a template, and finds it again', async () => {
  const resource = { logicalId: 'Group', type: 'AWS::SageMaker::ModelPackageGroup', stack: 's' };
  const properties = {
    ModelPackageGroupName: GROUP,
    ModelPackageGroupDescription: 'Churn',
    Tags: [{ Key: 'a', Value: 'b' }],
  };
  const [provider] = engine.providers;
  const made = await provider?.create({ ...resource, properties });
  expect(made?.ref).toBe(`arn:aws:sagemaker:us-east-1:123456789012:model-package-group/${GROUP}`);
  expect(await provider?.create({ ...resource, properties })).toEqual(made);
  expect((await client.send(new ListTagsCommand({ ResourceArn: made?.ref }))).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  await expect(provider?.create({ ...resource, type: 'AWS::SageMaker::Endpoint', properties })).rejects.toThrow(
    'AWS::SageMaker::Endpoint is not supported',
  );
});

test('versions count up, keep every field and wait for approval', async () => {
  expect(await create()).toMatch(new RegExp(`:model-package/${GROUP}/1$`));
  const second = await create({ ClientToken: 'token-2' });
  expect(await create({ ClientToken: 'token-2' })).toBe(second);
  const found = await describePackage(second);
  expect(found).toMatchObject({
    ModelPackageVersion: 2,
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageStatus: 'Completed',
    MetadataProperties: { CommitId: 'abc123' },
    ModelMetrics: { ModelQuality: { Statistics: source } },
    CustomerMetadataProperties: { 'dataset.digest': 'sha256:1' },
    SkipModelValidation: 'All',
  });
  expect(found.InferenceSpecification?.Containers).toEqual(request().InferenceSpecification?.Containers);
  expect(found.CreationTime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test('approval and customer metadata change; each change is an event', async () => {
  const arn = await create();
  const update = { ModelPackageArn: arn, CustomerMetadataPropertiesToRemove: ['dataset.digest'] };
  const approve = { ModelApprovalStatus: 'Approved' as const, ApprovalDescription: 'looks good' };
  await client.send(
    new UpdateModelPackageCommand({ ...update, ...approve, CustomerMetadataProperties: { 'gate.auc': '0.91' } }),
  );
  const found = await describePackage(arn);
  expect(found.ModelApprovalStatus).toBe('Approved');
  expect(found.ApprovalDescription).toBe('looks good');
  expect(found.CustomerMetadataProperties).toEqual({ 'gate.auc': '0.91' });
  expect(engine.events.at(-1)).toMatchObject({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Model Package State Change',
    detail: { ModelPackageGroupName: GROUP, ModelPackageVersion: 3, ModelApprovalStatus: 'Approved' },
  });
});

test('versions are listed newest first, by status and page', async () => {
  const newest = { ModelPackageGroupName: GROUP, SortBy: 'CreationTime', SortOrder: 'Descending' } as const;
  const first = await client.send(new ListModelPackagesCommand({ ...newest, MaxResults: 2 }));
  const rest = await client.send(new ListModelPackagesCommand({ ...newest, NextToken: first.NextToken }));
  const versions = [first, rest].map((each) => each.ModelPackageSummaryList?.map((item) => item.ModelPackageVersion));
  expect(versions).toEqual([[3, 2], [1]]);
  expect(rest.NextToken).toBeUndefined();
  const approved = await client.send(new ListModelPackagesCommand({ ...newest, ModelApprovalStatus: 'Approved' }));
  expect(approved.ModelPackageSummaryList?.map((each) => each.ModelPackageVersion)).toEqual([3]);
});

test('only an approved package becomes a model', async () => {
  const model = (ModelPackageName: string) =>
    new CreateModelCommand({
      ModelName: 'from-package',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { ModelPackageName, Environment: { EXTRA: '1' } },
    });
  await expect(client.send(model(`${GROUP}/1`))).rejects.toMatchObject(
    refusal('ValidationException', 'PendingManualApproval'),
  );
  const { ModelArn } = await client.send(model(`${GROUP}/3`));
  expect(ModelArn).toMatch(/:model\/from-package$/);
  const found = await client.send(new DescribeModelCommand({ ModelName: 'from-package' }));
  expect(found.PrimaryContainer?.ModelPackageName).toBe(`${GROUP}/3`);
  await expect(client.send(model(`${GROUP}/3`))).rejects.toMatchObject(
    refusal('ValidationException', 'Cannot create already existing model'),
  );
});

test('a version number is never used again; a group with versions cannot be deleted', async () => {
  await client.send(new DeleteModelPackageCommand({ ModelPackageName: `${GROUP}/3` }));
  expect(await create()).toMatch(/\/4$/);
  const group = { ModelPackageGroupName: GROUP };
  await expect(client.send(new DeleteModelPackageGroupCommand(group))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  expect((await client.send(new DescribeModelPackageGroupCommand(group))).ModelPackageGroupDescription).toBe('Churn');
});

test.each([
  ['an unknown group', { ModelPackageGroupName: 'nothing' }, 'does not exist'],
  ['tags on a version', { Tags: [{ Key: 'a', Value: 'b' }] }, 'Tags'],
  [
    'a forbidden character in metadata',
    { CustomerMetadataProperties: { reason: 'a < b' } },
    'CustomerMetadataProperties.reason',
  ],
  ['an unversioned package', { ModelPackageName: 'alone' }, 'ModelPackageGroupName'],
])('a package is refused for %s', async (_, more, words) => {
  await expect(create(more)).rejects.toMatchObject(refusal('ValidationException', words));
});

test('tags merge and unknown resources are refused', async () => {
  const ResourceArn = `arn:aws:sagemaker:us-east-1:123456789012:model-package-group/${GROUP}`;
  const { Tags } = await client.send(
    new AddTagsCommand({
      ResourceArn,
      Tags: [
        { Key: 'a', Value: 'c' },
        { Key: 'd', Value: 'e' },
      ],
    }),
  );
  expect(Tags).toEqual([
    { Key: 'a', Value: 'c' },
    { Key: 'd', Value: 'e' },
  ]);
  await expect(client.send(new ListTagsCommand({ ResourceArn: `${ResourceArn}-not` }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('ECR answers the digest of the local runtime for the one repository it has', async () => {
  const ecr = new ECRClient(engine.aws());
  const image = { repositoryName: 'sagemaker-scikit-learn', registryId: '683313688378' };
  const imageIds = [{ imageTag: '1.4-2-cpu-py3' }];
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ ...image, imageIds }));
  expect(imageDetails?.[0]?.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const { images } = await ecr.send(new BatchGetImageCommand({ ...image, imageIds }));
  expect(images?.[0]?.imageId?.imageDigest).toBe(imageDetails?.[0]?.imageDigest);
  const other = new DescribeImagesCommand({ ...image, repositoryName: 'sagemaker-xgboost' });
  await expect(ecr.send(other)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  ecr.destroy();
});
