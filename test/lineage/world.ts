import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageGroupCommand,
  DescribeEndpointCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { parse, stringify } from 'yaml';
import { setApproval } from '../../lambda/model-registry/approval';
import { approvalDocument } from '../../lambda/model-registry/decision';
import { readReports, register } from '../../lambda/model-registry/registry';
import { documents } from '../../lambda/rollout/items';
import { RolloutStore } from '../../lambda/rollout/store';
import { RunDocuments } from '../../lambda/shared/run-documents';
import { handler as prepare } from '../../lambda/training/prepare';
import { handler as record } from '../../lambda/training/record';
import { registerLineage } from '../../lib/cli/lineage/register';
import { loadGates } from '../../lib/config/load';
import { pushDataset } from '../../lib/golden-data/push';
import { writeChurnDataset } from '../../lib/golden-data/write-churn';
import { createStepFunctions, type StepFunctions } from '../../lib/local/stepfunctions';
import { type RegistrationDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { ObjectStore } from '../../lib/release/objects';
import { prepareRelease } from '../../lib/release/prepare';
import { RunFolder } from '../../lib/release/run-folder';
import { eventually, IMAGE, ROLE, TestEngine } from '../local/sagemaker/engine';
import { provision } from '../local/stepfunctions/harness';
import { assay as call, type Outcome } from '../support/command-line';
import { trainMachine } from '../training/machine';
import { BUCKET, createTable, GOLDEN, HANDLERS, writeParameters } from './account';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'churn');
const WORKLOAD = 'models/churn';
/**
 * An application on real services: the churn example in a Git repository of its own, trained by the synthesized Train
 * machine, judged by the real gates, registered, approved and on record as promoted.
 */
export class World {
  readonly engine = new TestEngine();
  readonly repository = join(this.engine.folder, 'repository');
  private machine = '';
  private sfn: StepFunctions | undefined;

  get s3(): S3Client {
    return new S3Client({ ...this.engine.aws(), forcePathStyle: true });
  }

  get sagemaker(): SageMakerClient {
    return new SageMakerClient(this.engine.aws());
  }

  async start(): Promise<void> {
    await this.engine.start();
    Object.assign(process.env, this.engine.context().awsEnv, HANDLERS, { AWS_REGION: 'us-east-1' });
    for (const Bucket of [BUCKET, GOLDEN]) {
      await this.s3.send(new CreateBucketCommand({ Bucket }));
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    await createTable(this.engine.aws());
    await this.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'churn' }));
    this.sfn = createStepFunctions(this.engine.context(), {
      invoke: async (name, event) => {
        const answer = name.includes('Record') ? await record(event as never) : await prepare(event as never);
        return JSON.parse(JSON.stringify(answer));
      },
    });
    for (const handler of this.sfn.handlers) this.engine.register(handler);
    this.machine = await provision(this.sfn, trainMachine(), 'train');
    await writeParameters(this.engine.aws(), this.machine);
    this.commitWorkload();
  }

  async close(): Promise<void> {
    await this.sfn?.close();
    await this.engine.close();
  }

  run(runId: string): RunFolder {
    return new RunFolder(new ObjectStore(this.s3), BUCKET, runId);
  }

  /** Everything that a run of the pipeline does with a push. @returns its commit */
  async release(runId: string): Promise<string> {
    const commit = git(this.repository, 'rev-parse', 'HEAD').trim();
    const env = {
      ASSAY_APPLICATION: 'churn',
      ASSAY_RUN_ID: runId,
      ASSAY_COMMIT: commit,
      ASSAY_BRANCH: 'main',
      ASSAY_ARTIFACT_BUCKET: BUCKET,
      ASSAY_GOLDEN_BUCKET: GOLDEN,
      ASSAY_WORKLOAD: WORKLOAD,
      ASSAY_IMAGE: IMAGE,
    };
    await prepareRelease({
      env: { ...process.env, ...env },
      directory: this.repository,
      log: () => undefined,
      now: new Date(),
    });
    const arn = (await this.sfn?.start(this.machine, { runId })) ?? '';
    const ended = await this.sfn?.wait(arn);
    if (ended?.status !== 'SUCCEEDED') throw new Error(`${ended?.error}: ${ended?.cause}`);
    for (const args of [
      ['gate', 'data'],
      ['release', 'fingerprint'],
      ['release', 'baseline'],
      ['gate', 'model'],
      ['gate', 'behaviour'],
    ]) {
      const { code, err, out } = await call(args, { env });
      if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${out}${err}`);
    }
    return commit;
  }

  /** Registers a run's model, and has somebody approve it and production promote it. */
  async promote(runId: string, promotedAt: string): Promise<RegistrationDocument> {
    const run = new RunDocuments(BUCKET, runId, this.s3);
    const registration = await register(this.sagemaker, run, 'churn', await readReports(run));
    const { modelPackageArn, version } = registration;
    const decision = { by: 'arn:aws:iam::123456789012:user/ada', summary: 'looks good', at: new Date(promotedAt) };
    await run.write(RUN_KEYS.approval, approvalDocument(modelPackageArn, 'approved', decision));
    await setApproval(this.sagemaker, modelPackageArn, 'Approved', `approved by ${decision.by}`);
    const { commit, dataset } = await this.run(runId).release();
    const { name, digest } = dataset;
    await this.store().recordRelease({
      releaseId: String(version),
      modelPackageArn,
      runId,
      commit,
      dataset: { name, version: dataset.version, digest },
      configName: `churn-production-${version}`,
      modelName: `churn-production-model-${version}`,
      variant: 'blue',
      instanceType: 'ml.m5.large',
      instanceCount: 2,
      promotedAt,
      steps: [5, 25, 100].map((weight) => ({ weight, startedAt: promotedAt, endedAt: promotedAt })),
    });
    return registration;
  }

  /** Puts a release behind the production endpoint, as its rollout would have left it. */
  async serve({ modelPackageArn, version }: RegistrationDocument): Promise<void> {
    const { sagemaker } = this;
    const ModelName = `churn-production-model-${version}`;
    const EndpointConfigName = `churn-production-${version}`;
    const EndpointName = 'churn-production';
    const PrimaryContainer = { ModelPackageName: modelPackageArn };
    await sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer }));
    const variant = { VariantName: 'blue', ModelName, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 } as const;
    const ProductionVariants = [{ ...variant, InitialVariantWeight: 100 }];
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants }));
    await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
    await eventually(async () => {
      const { EndpointStatus } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
      return EndpointStatus === 'InService' ? true : undefined;
    });
  }

  store(endpoint = 'churn-production'): RolloutStore {
    return new RolloutStore('rollouts', endpoint, documents(new DynamoDBClient(this.engine.aws())));
  }

  assay(...args: string[]): Promise<Outcome> {
    return call(args, { register: registerLineage });
  }

  /** Keys of everything that a bucket holds under a prefix, old versions and delete markers included. */
  async keys(Prefix: string): Promise<readonly string[]> {
    const { Versions = [], DeleteMarkers = [] } = await this.s3.send(
      new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix }),
    );
    return [...Versions, ...DeleteMarkers].map(({ Key = '' }) => Key);
  }

  private async models(): Promise<readonly string[]> {
    const { Models = [] } = await this.sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
    return Models.map(({ ModelName = '' }) => ModelName).sort();
  }

  /** What a reproduction must leave as it is. */
  async untouched() {
    const { sagemaker } = this;
    const [{ ModelPackageSummaryList }, history] = await Promise.all([
      sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: 'churn' })),
      this.store().history(),
    ]);
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'churn-production' }));
    const { EndpointConfigName, ProductionVariants, LastModifiedTime } = endpoint;
    const models = await this.models();
    return { ModelPackageSummaryList, history, EndpointConfigName, ProductionVariants, LastModifiedTime, models };
  }

  async trainingJobs(StatusEquals?: 'InProgress' | 'Stopped'): Promise<readonly string[]> {
    const wanted = StatusEquals === undefined ? {} : { StatusEquals };
    const { TrainingJobSummaries = [] } = await this.sagemaker.send(new ListTrainingJobsCommand(wanted));
    return TrainingJobSummaries.map(({ TrainingJobName = '' }) => TrainingJobName).sort();
  }

  /**
   * Writes other content over an object, and removes the version that was there if it is named.
   * @returns what brings it back
   */
  async overwrite(Bucket: string, Key: string, Body: string, removed?: string): Promise<() => Promise<void>> {
    const { s3 } = this;
    const { Body: content } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await content?.transformToByteArray()) ?? '';
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    if (removed !== undefined) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: removed }));
    return async () => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      if (removed !== undefined) await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes }));
    };
  }

  /** Deletes an object as people do, leaving a marker. @returns what brings it back */
  async hide(Key: string): Promise<() => Promise<void>> {
    const { s3 } = this;
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    return async () => {
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
    };
  }

  /** The example with less data, in a folder of a repository. */
  private commitWorkload(): void {
    const folder = join(this.repository, WORKLOAD);
    const wanted = /(golden|tests|__pycache__|\.pytest_cache)(\/|$)/;
    cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !wanted.test(path.slice(EXAMPLE.length)) });
    const file = join(folder, 'gates.yaml');
    const { fairness: _, ...model } = exampleGates().model;
    const { digest: __, ...dataset } = exampleGates().dataset;
    // Little data, and nothing asked beside the holdout: what is tested here is neither.
    const gates = { ...exampleGates(), dataset, model, behaviour: { determinism: { rows: 0 } } };
    writeFileSync(file, stringify(gates));
    git(this.repository, 'init', '--quiet', '--initial-branch=main');
    git(this.repository, 'add', '.');
    git(this.repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'churn');
  }

  /** Pushes golden data of so many rows, as the workload names it. */
  async pushData(rows: number): Promise<void> {
    const folder = join(this.engine.folder, 'golden');
    writeChurnDataset(folder, rows, 7);
    const { gates } = loadGates(join(this.repository, WORKLOAD));
    await pushDataset(new ObjectStore(this.s3), GOLDEN, folder, gates.dataset);
    rmSync(folder, { recursive: true });
  }
}

const exampleGates = () =>
  parse(readFileSync(join(EXAMPLE, 'gates.yaml'), 'utf8')) as Record<'dataset' | 'model', Record<string, unknown>>;

const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' });
