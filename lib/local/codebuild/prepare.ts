import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectLocation } from './artifacts';
import type { BuildJob } from './build';
import type { Project } from './project';
import type { BuildRequest } from './request';

/** Where the source of a build lies, or undefined for a build without one. Throws if a pipeline's input is missing. */
export function sourceOf(project: Project, request: BuildRequest): ObjectLocation | undefined {
  if (request.source !== undefined) return request.source;
  if (project.sourceType === 'CODEPIPELINE') {
    throw new Error(`project ${project.name} takes its source from a pipeline, and none was given`);
  }
  if (project.webhook !== undefined) {
    throw new Error(`project ${project.name} takes its source from pull requests, and none was given`);
  }
  if (project.sourceType === 'CODECOMMIT') {
    throw new Error(`project ${project.name} takes its source from CodeCommit, which is not on this machine`);
  }
  return project.sourceLocation === undefined ? undefined : toLocation(project.sourceLocation);
}

/** The buildspec's text: inline, an S3 object, or a file of the source. */
export async function loadBuildspec(
  job: Pick<BuildJob, 'project' | 'request' | 'workspace' | 'objects'>,
): Promise<{ readonly text: string; readonly from: string }> {
  const given = job.request.buildspecOverride ?? job.project.buildspec;
  if (/^\s*\{|\n|^version\s*:/.test(given)) return { text: given, from: `of project ${job.project.name}` };
  const s3 = /^arn:[^:]+:s3:::(.+)$/.exec(given)?.[1];
  if (s3 !== undefined) return { text: (await job.objects.get(toLocation(s3))).toString(), from: given };
  const path = join(job.workspace.source, given);
  if (existsSync(path)) return { text: readFileSync(path, 'utf8'), from: given };
  throw new Error(
    `the source has no file ${given}, which project ${job.project.name} names as its buildspec; add it to the root of the pushed folder`,
  );
}

function toLocation(path: string): ObjectLocation {
  const slash = path.indexOf('/');
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** The documented variables that CodeBuild sets itself. */
export function predefinedVariables(job: BuildJob): Record<string, string> {
  const { recorder, workspace, request, context, log, project } = job;
  const { record } = recorder;
  const secondary = Object.keys(request.secondarySources ?? {}).map((id) => [
    `CODEBUILD_SRC_DIR_${id}`,
    workspace.secondary(id),
  ]);
  return {
    CI: 'true',
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ARN: record.arn,
    CODEBUILD_BUILD_ID: record.id,
    CODEBUILD_BUILD_IMAGE: project.image,
    CODEBUILD_BUILD_NUMBER: String(record.buildNumber),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: record.initiator,
    CODEBUILD_KMS_KEY_ID: `arn:${context.partition}:kms:${context.region}:${context.account}:alias/aws/s3`,
    CODEBUILD_LOG_PATH: log.path,
    CODEBUILD_RESOLVED_SOURCE_VERSION: request.resolvedSourceVersion ?? '',
    CODEBUILD_SOURCE_REPO_URL: project.webhook === undefined ? '' : (project.sourceLocation ?? ''),
    CODEBUILD_SOURCE_VERSION: request.sourceVersion ?? '',
    CODEBUILD_SRC_DIR: workspace.source,
    CODEBUILD_START_TIME: String(Math.round(record.startTime * 1000)),
    ...webhookVariables(request),
    ...Object.fromEntries(secondary),
  };
}

function webhookVariables({ webhook }: BuildRequest): Record<string, string> {
  if (webhook === undefined) return {};
  return {
    CODEBUILD_WEBHOOK_BASE_REF: webhook.baseRef,
    CODEBUILD_WEBHOOK_EVENT: webhook.event,
    CODEBUILD_WEBHOOK_HEAD_REF: webhook.headRef,
    CODEBUILD_WEBHOOK_TRIGGER: webhook.trigger,
  };
}
