import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Objects } from '../../../lib/local/codebuild/objects';
import { type CodeBuild, createCodeBuild } from '../../../lib/local/codebuild/service';
import {
  type CodePipeline,
  createCodePipeline,
  createGitSources,
  type PipelineProgress,
  type PipelineServices,
} from '../../../lib/local/codepipeline/service';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import type { ResolvedResource } from '../../../lib/local/engine/ports';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { type Gateway, startGateway } from '../../../lib/local/gateway/gateway';
import { startMoto } from '../../../lib/local/moto/moto';
import { MOTO_SERVICES } from '../../../lib/local/moto/services';
import { type Machine, machine, projectResource, provision, VENV } from '../codebuild/harness';

export const BUCKET = 'artifacts';
export const REPOSITORY = 'team/churn';

/** A folder for one test file. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'assay-test-'));

/** Writes files, given by path, under a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export interface Cloud {
  readonly gateway: Gateway;
  close(): Promise<void>;
}

/** Moto behind a gateway, with the artifact bucket. */
export async function cloud(): Promise<Cloud> {
  const processes = new LocalProcessHost();
  const stateDir = scratch();
  const moto = await startMoto({ processes, venv: VENV, stateDir, account: '123456789012' });
  const gateway = await startGateway({ fallbackUrl: moto.url, fallbackServices: MOTO_SERVICES });
  const objects = new Objects({ region: 'eu-west-1', endpointUrl: gateway.url });
  await objects.client.send(
    new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  );
  objects.close();
  return {
    gateway,
    close: async () => {
      await gateway.close();
      await processes.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export interface World extends Machine {
  readonly codebuild: CodeBuild;
  readonly codepipeline: CodePipeline;
  readonly progress: PipelineProgress[];
  /** Pushes a folder to the branch `main` and runs the pipeline to its end. */
  push(files: Readonly<Record<string, string>>): Promise<Awaited<ReturnType<CodePipeline['wait']>>>;
}

/** A machine with CodeBuild and CodePipeline; `services` replaces ports. */
export function world(endpointUrl: string, services: Partial<PipelineServices> = {}): World {
  const local = machine(endpointUrl);
  const codebuild = createCodeBuild(local.context);
  const sources = createGitSources(local.context);
  const refuse = async (): Promise<never> => {
    throw new Error('not expected in this test');
  };
  const codepipeline = createCodePipeline(local.context, {
    codebuild,
    sources,
    lambda: { invoke: refuse },
    stepfunctions: { start: refuse, wait: refuse, stop: refuse },
    approvals: { decide: refuse },
    ...services,
  });
  const progress: PipelineProgress[] = [];
  codepipeline.onProgress((event) => progress.push(event));
  return {
    ...local,
    codebuild,
    codepipeline,
    progress,
    push: async (files) => {
      const folder = writeFiles(scratch(), files);
      await sources.snapshotWorkTree(folder, { repository: REPOSITORY, branch: 'main' });
      rmSync(folder, { recursive: true });
      const name = codepipeline.pipelineNames[0] ?? '';
      return codepipeline.wait(codepipeline.start(name, { type: 'push', repository: REPOSITORY, branch: 'main' }));
    },
    close: async () => {
      await codepipeline.close();
      await codebuild.close();
      await local.close();
    },
  };
}

/** Properties of a stage with one or more actions. */
export const stage = (Name: string, ...Actions: object[]): object => ({ Name, Actions });

export const action = (name: string, type: string, configuration: object, more: object = {}): object => {
  const [Category, Provider] = type.split('/');
  return {
    Name: name,
    ActionTypeId: { Category, Owner: 'AWS', Provider, Version: '1' },
    Configuration: configuration,
    ...more,
  };
};

export const SOURCE = stage(
  'Source',
  action(
    'Source',
    'Source/CodeStarSourceConnection',
    {
      ConnectionArn: 'arn:aws:codestar-connections:eu-west-1:123456789012:connection/x',
      FullRepositoryId: REPOSITORY,
      BranchName: 'main',
    },
    { OutputArtifacts: [{ Name: 'SourceArtifact' }], Namespace: 'SourceVariables' },
  ),
);

export const pipelineResource = (stages: readonly object[], more: object = {}): ResolvedResource => ({
  logicalId: 'Pipeline',
  type: 'AWS::CodePipeline::Pipeline',
  stack: 'Test',
  properties: {
    Name: 'churn',
    RoleArn: 'arn:aws:iam::123456789012:role/pipeline',
    ArtifactStore: { Type: 'S3', Location: BUCKET },
    PipelineType: 'V2',
    ExecutionMode: 'QUEUED',
    Stages: stages,
    ...more,
  },
});

/** Provisions a pipeline. */
export async function provisionPipeline(
  { codepipeline }: World,
  stages: readonly object[],
  more: object = {},
): Promise<void> {
  const resource = pipelineResource(stages, more);
  await codepipeline.providers.find(({ types }) => types.includes(resource.type))?.create(resource);
}

/** Provisions a build project that takes its source from the pipeline. */
export const provisionProject = ({ codebuild }: World, name: string, buildspec: string | object, more: object = {}) =>
  provision(
    codebuild,
    projectResource('', {
      Name: name,
      Source: {
        Type: 'CODEPIPELINE',
        BuildSpec: typeof buildspec === 'string' ? buildspec : JSON.stringify(buildspec),
      },
      Artifacts: { Type: 'CODEPIPELINE' },
      ...more,
    }),
  );

export const build = (name: string, configuration: object = {}, more: object = {}): object =>
  action(
    name,
    'Build/CodeBuild',
    { ProjectName: name, ...configuration },
    { InputArtifacts: [{ Name: 'SourceArtifact' }], ...more },
  );

/** One moto for a test file, and for each test worlds whose own services answer at gateways in front of it. */
export function clouds() {
  let aws: Cloud | undefined;
  const open: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    aws = await cloud();
  }, 60_000);
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  afterAll(() => aws?.close(), 60_000);
  const start = async (services: Partial<PipelineServices> = {}) => {
    if (aws === undefined) throw new Error('moto is not up yet');
    const gateway = await startGateway({ fallbackUrl: aws.gateway.url, fallbackServices: MOTO_SERVICES });
    const local = world(gateway.url, services);
    for (const handler of [...local.codepipeline.handlers, ...local.codebuild.handlers]) gateway.register(handler);
    open.push(async () => {
      await local.close();
      await gateway.close();
    });
    return { local, client: new CodePipelineClient(awsClientConfig(local.context)) };
  };
  return { start };
}
