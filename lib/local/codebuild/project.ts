import { createHash } from 'node:crypto';
import { isObject } from '../engine/json';
import type { EngineContext, ProvisionedResource, ResolvedResource, ResourceProvider } from '../engine/ports';
import { type BuildVariable, VARIABLE_TYPES } from './environment';
import { readWebhook, type Webhook } from './webhook';

/** A CodeBuild project as far as a build on one machine needs it. */
export interface Project {
  readonly name: string;
  readonly arn: string;
  readonly sourceType: SourceType;
  /** `bucket/key` of an S3 source, the URL of a repository. */
  readonly sourceLocation?: string;
  /** Inline text, path inside the source, or ARN of an S3 object. @default `buildspec.yml` */
  readonly buildspec: string;
  readonly image: string;
  readonly computeType: string;
  readonly environmentType: string;
  readonly variables: readonly BuildVariable[];
  readonly cached: boolean;
  readonly timeoutInMinutes: number;
  readonly concurrentBuildLimit?: number;
  /** @default - nothing but a call starts a build */
  readonly webhook?: Webhook;
  /** Name of the status that pull requests show. */
  readonly statusContext?: string;
}

export const SOURCE_TYPES = ['CODEPIPELINE', 'S3', 'NO_SOURCE', 'GITHUB', 'GITLAB', 'BITBUCKET', 'CODECOMMIT'] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

/** Properties whose effect this engine cannot give; where a value is listed, only that value is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  BuildBatchConfig: 'batch builds are not executed on one machine',
  FileSystemLocations: 'file systems cannot be mounted on one machine',
  SecondarySources: 'give further sources as input artifacts of the pipeline action',
  SecondaryArtifacts: 'give further outputs as output artifacts of the pipeline action',
};

/** Reads the properties of AWS::CodeBuild::Project. Throws one error naming everything that cannot be executed. */
export function toProject(context: EngineContext, resource: ResolvedResource): Project {
  const { properties } = resource;
  const source = object(properties.Source);
  const environment = object(properties.Environment);
  const problems = problemsOf(properties, source, environment);
  if (problems.length > 0) {
    throw new Error(`CodeBuild project ${resource.logicalId} (stack ${resource.stack}): ${problems.join('; ')}`);
  }
  const name = text(properties.Name) ?? generatedName(resource);
  const limit = properties.ConcurrentBuildLimit;
  const location = text(source.Location);
  const webhook = readWebhook(properties.Triggers);
  const statusContext = text(object(source.BuildStatusConfig).Context);
  return {
    name,
    arn: `arn:${context.partition}:codebuild:${context.region}:${context.account}:project/${name}`,
    sourceType: source.Type as SourceType,
    ...(location === undefined ? {} : { sourceLocation: location }),
    buildspec: text(source.BuildSpec) ?? 'buildspec.yml',
    image: text(environment.Image) ?? '',
    computeType: text(environment.ComputeType) ?? '',
    environmentType: text(environment.Type) ?? '',
    variables: toVariables(environment.EnvironmentVariables),
    cached: isCached(object(properties.Cache)),
    timeoutInMinutes: Number(properties.TimeoutInMinutes ?? 60),
    ...(limit === undefined ? {} : { concurrentBuildLimit: Number(limit) }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(statusContext === undefined ? {} : { statusContext }),
  };
}

function problemsOf(properties: Json, source: Json, environment: Json): string[] {
  const problems = Object.entries(REFUSED)
    .filter(([key]) => isUsed(properties[key]))
    .map(([key, reason]) => `${key} is not supported by the one-machine engine (${reason})`);
  if (!SOURCE_TYPES.some((type) => type === source.Type)) {
    problems.push(`Source.Type ${String(source.Type)} is not supported; known are ${SOURCE_TYPES.join(', ')}`);
  }
  try {
    readWebhook(properties.Triggers);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const artifacts = object(properties.Artifacts).Type;
  if (artifacts !== 'CODEPIPELINE' && artifacts !== 'NO_ARTIFACTS') {
    problems.push(`Artifacts.Type ${String(artifacts)} is not supported; known are CODEPIPELINE, NO_ARTIFACTS`);
  }
  if (environment.PrivilegedMode === true || environment.PrivilegedMode === 'true') {
    problems.push('Environment.PrivilegedMode is not supported: builds run without Docker');
  }
  if (String(environment.Type).startsWith('WINDOWS'))
    problems.push(`Environment.Type ${environment.Type} is not supported`);
  for (const variable of list(environment.EnvironmentVariables)) {
    const type = object(variable).Type ?? 'PLAINTEXT';
    if (!VARIABLE_TYPES.some((known) => known === type)) {
      problems.push(
        `Environment.EnvironmentVariables: type ${String(type)} is unknown; known are ${VARIABLE_TYPES.join(', ')}`,
      );
    }
  }
  return problems;
}

const isUsed = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined;
};

function toVariables(value: unknown): BuildVariable[] {
  return list(value)
    .map(object)
    .map((variable) => ({
      name: String(variable.Name),
      value: String(variable.Value),
      type: (text(variable.Type) ?? 'PLAINTEXT') as (typeof VARIABLE_TYPES)[number],
    }));
}

/** S3 caches and local custom caches both become a folder; the other local modes speed up Docker and Git only. */
function isCached(cache: Json): boolean {
  return cache.Type === 'S3' || (cache.Type === 'LOCAL' && list(cache.Modes).includes('LOCAL_CUSTOM_CACHE'));
}

/** Providers of CodeBuild's types; `register` receives each project. */
export function createProviders(context: EngineContext, register: (project: Project) => void): ResourceProvider[] {
  const project = async (resource: ResolvedResource): Promise<ProvisionedResource> => {
    const created = toProject(context, resource);
    register(created);
    return { ref: created.name, attributes: { Arn: created.arn, Id: created.name } };
  };
  const reportGroup = async (resource: ResolvedResource): Promise<ProvisionedResource> => {
    const name = text(resource.properties.Name) ?? generatedName(resource);
    const arn = `arn:${context.partition}:codebuild:${context.region}:${context.account}:report-group/${name}`;
    return { ref: arn, attributes: { Arn: arn } };
  };
  const credential = async (resource: ResolvedResource): Promise<ProvisionedResource> => {
    throw new Error(
      `${resource.logicalId}: AWS::CodeBuild::SourceCredential is not supported by the one-machine engine: builds get their source from the pipeline.`,
    );
  };
  return [
    { types: ['AWS::CodeBuild::Project'], create: project },
    { types: ['AWS::CodeBuild::ReportGroup'], create: reportGroup },
    { types: ['AWS::CodeBuild::SourceCredential'], create: credential },
  ];
}

/** CloudFormation's form, but the same on every run, so that a project finds its builds and its cache again. */
const generatedName = (resource: ResolvedResource): string =>
  `${resource.logicalId}-${createHash('sha256').update(`${resource.stack}/${resource.logicalId}`).digest('hex').slice(0, 12)}`;

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
