import { isObject, type Json } from '../engine/json';
import { jsonService, type Operation } from '../gateway/json-service';
import { AwsError, type ServiceHandler } from '../gateway/service';
import { type BuildVariable, VARIABLE_TYPES } from './environment';
import type { Project } from './project';
import type { BuildService } from './service';

/** CodeBuild's API: `codebuild` over AWS JSON 1.1. */
export function codeBuildHandler(service: BuildService): ServiceHandler {
  const { store } = service;
  const operations: Record<string, Operation> = {
    StartBuild: (input) => ({ build: startBuild(service, input) }),
    StopBuild: (input) => {
      const id = text(input, 'id');
      const build = store.build(id);
      if (build === undefined) throw new AwsError('ResourceNotFoundException', `There is no build ${id}.`);
      service.stop(build.id);
      return { build };
    },
    BatchGetBuilds: (input) => split(texts(input, 'ids'), (id) => store.build(id), 'builds', 'buildsNotFound'),
    ListBuildsForProject: (input) => {
      const builds = store.builds(service.project(text(input, 'projectName')).name).map(({ id }) => id);
      return { ids: input.sortOrder === 'ASCENDING' ? builds.reverse() : builds };
    },
    BatchGetProjects: (input) =>
      split(texts(input, 'names'), (name) => describe(service.projects.get(name)), 'projects', 'projectsNotFound'),
    ListProjects: () => ({ projects: [...service.projects.keys()] }),
    BatchGetReports: (input) =>
      split(
        texts(input, 'reportArns'),
        (arn) => {
          const report = store.report(arn);
          if (report === undefined) return undefined;
          const { testCases: _, ...shown } = report;
          return shown;
        },
        'reports',
        'reportsNotFound',
      ),
    DescribeTestCases: (input) => describeTestCases(service, input),
  };
  return jsonService({ services: ['codebuild'], targetPrefix: 'CodeBuild_20161006', operations });
}

function describeTestCases({ store }: BuildService, input: Json) {
  const arn = text(input, 'reportArn');
  const report = store.report(arn);
  if (report === undefined) throw new AwsError('ResourceNotFoundException', `There is no report ${arn}.`);
  const { status, keyword } = isObject(input.filter) ? input.filter : {};
  const testCases = report.testCases
    .filter((test) => status === undefined || test.status === status)
    .filter((test) => typeof keyword !== 'string' || `${test.prefix} ${test.name}`.includes(keyword))
    .map((test) => ({ ...test, reportArn: arn }));
  return { testCases };
}

const START_MEMBERS = [
  'projectName',
  'environmentVariablesOverride',
  'sourceVersion',
  'buildspecOverride',
  'sourceTypeOverride',
  'sourceLocationOverride',
  'idempotencyToken',
];

function startBuild(service: BuildService, input: Json) {
  const unknown = Object.keys(input).filter((key) => !START_MEMBERS.includes(key));
  if (unknown.length > 0) {
    throw new AwsError('InvalidInputException', `StartBuild does not support ${unknown.join(', ')} on one machine.`);
  }
  const project = service.project(text(input, 'projectName'));
  const type = input.sourceTypeOverride ?? project.sourceType;
  if (type === 'CODEPIPELINE') {
    throw new AwsError(
      'InvalidInputException',
      `Project ${project.name} takes its source from a pipeline: give sourceTypeOverride S3 or NO_SOURCE.`,
    );
  }
  const location = input.sourceLocationOverride ?? project.sourceLocation;
  const [bucket = '', ...key] = type === 'S3' ? String(location).split('/') : [];
  const { sourceVersion, buildspecOverride } = input;
  const { record, result } = service.start({
    projectName: project.name,
    initiator: 'assay',
    variables: toVariables(input.environmentVariablesOverride),
    ...(type === 'S3' ? { source: { bucket, key: key.join('/') } } : {}),
    ...(typeof sourceVersion === 'string' ? { sourceVersion } : {}),
    ...(typeof buildspecOverride === 'string' ? { buildspecOverride } : {}),
  });
  // Whoever started it asks BatchGetBuilds for the outcome; a fault of the engine itself must still be seen.
  result.catch((error: unknown) => service.context.log(`Build ${record.id}: ${String(error)}`));
  return record;
}

function toVariables(value: unknown): BuildVariable[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((variable) => {
    const type = VARIABLE_TYPES.find((known) => known === (variable.type ?? 'PLAINTEXT'));
    if (type === undefined) {
      throw new AwsError(
        'InvalidInputException',
        `Variable type ${String(variable.type)} is unknown; known are ${VARIABLE_TYPES.join(', ')}.`,
      );
    }
    return { name: String(variable.name), value: String(variable.value), type };
  });
}

const describe = (project: Project | undefined) =>
  project && {
    name: project.name,
    arn: project.arn,
    source: { type: project.sourceType, location: project.sourceLocation, buildspec: project.buildspec },
    environment: {
      type: project.environmentType,
      image: project.image,
      computeType: project.computeType,
      environmentVariables: project.variables,
    },
    timeoutInMinutes: project.timeoutInMinutes,
    concurrentBuildLimit: project.concurrentBuildLimit,
  };

function split(names: readonly string[], find: (name: string) => object | undefined, found: string, missing: string) {
  const pairs = names.map((name) => ({ name, value: find(name) }));
  return {
    [found]: pairs.flatMap(({ value }) => (value === undefined ? [] : [value])),
    [missing]: pairs.filter(({ value }) => value === undefined).map(({ name }) => name),
  };
}

function text(input: Json, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidInputException', `Member ${member} must be a text; found ${JSON.stringify(value)}.`);
}

function texts(input: Json, member: string): string[] {
  const value = input[member];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new AwsError(
    'InvalidInputException',
    `Member ${member} must be a list of texts; found ${JSON.stringify(value)}.`,
  );
}
