import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RED_TESTS } from '../../core/report/build-reason';
import type { EngineContext, ResourceProvider } from '../engine/ports';
import { AwsError, type ServiceHandler } from '../gateway/service';
import { runBuild } from './build';
import { BuildLog } from './log';
import { Objects } from './objects';
import { codeBuildHandler } from './operations';
import { createProviders, type Project } from './project';
import { BuildEnded, Recorder } from './recorder';
import type { TestCase } from './report-formats';
import type { BuildRequest, BuildResult } from './request';
import { type BuildRecord, BuildStore } from './store';
import { Workspaces } from './workspace';

export type { BuildRequest, BuildResult } from './request';

/** CodeBuild on one machine. */
export interface CodeBuild {
  readonly handlers: readonly ServiceHandler[];
  readonly providers: readonly ResourceProvider[];
  /** Runs one build to its end. Rejects only if the project is unknown or at its limit; a failed build is a result. */
  run(request: BuildRequest): Promise<BuildResult>;
  /** Builds that have not ended. */
  underway(): readonly Promise<unknown>[];
  projects(): readonly Project[];
  /** Test cases of reports that failed, or could not be run. */
  failedTests(reportArns: readonly string[]): readonly TestCase[];
  /** Stops running builds and waits for them. */
  close(): Promise<void>;
}

/** Builds that run now: how to stop them, and how to wait for them. */
interface RunningBuild {
  readonly project: string;
  readonly stop: () => void;
  readonly result: Promise<BuildResult>;
}

export function createCodeBuild(context: EngineContext): CodeBuild {
  const service = new BuildService(context);
  return {
    handlers: [codeBuildHandler(service)],
    providers: createProviders(context, (project) => service.register(project)),
    run: (request) => service.start(request).result,
    projects: () => [...service.projects.values()],
    failedTests: (arns) =>
      arns
        .flatMap((arn) => service.store.report(arn)?.testCases ?? [])
        .filter(({ status }) => RED_TESTS.some((red) => red === status)),
    underway: () => service.underway(),
    close: () => service.close(),
  };
}

export class BuildService {
  readonly projects = new Map<string, Project>();
  readonly store: BuildStore;
  readonly #objects: Objects;
  readonly #workspaces: Workspaces;
  readonly #running = new Map<string, RunningBuild>();

  constructor(readonly context: EngineContext) {
    this.store = new BuildStore(context.state);
    this.#objects = new Objects(context);
    this.#workspaces = new Workspaces(context.stateDir);
  }

  register(project: Project): void {
    this.projects.set(project.name, project);
    this.store.stopUnfinished(project.name, this.context.clock.now().getTime() / 1000);
  }

  /** @throws AwsError if there is no such project, or it runs as many builds as it may. */
  start(request: BuildRequest): { readonly record: BuildRecord; readonly result: Promise<BuildResult> } {
    const project = this.project(request.projectName);
    const running = [...this.#running.values()].filter((build) => build.project === project.name).length;
    if (project.concurrentBuildLimit !== undefined && running >= project.concurrentBuildLimit) {
      throw new AwsError(
        'AccountLimitExceededException',
        `Project ${project.name} runs ${running} builds, which is its limit.`,
      );
    }
    const record = this.#newRecord(project, request);
    const stopping = new AbortController();
    const result = this.#execute(project, request, record, stopping);
    this.#running.set(record.id, {
      project: project.name,
      result,
      stop: () => stopping.abort(new BuildEnded('STOPPED')),
    });
    return { record, result: result.finally(() => this.#running.delete(record.id)) };
  }

  /** Asks a build to end; false if it does not run. */
  stop(id: string): boolean {
    const build = this.#running.get(id);
    build?.stop();
    return build !== undefined;
  }

  underway(): readonly Promise<unknown>[] {
    return [...this.#running.values()].map(({ result }) => result);
  }

  project(name: string): Project {
    const project = this.projects.get(name.slice(name.lastIndexOf('/') + 1));
    if (project !== undefined) return project;
    const known = [...this.projects.keys()].join(', ') || 'none';
    throw new AwsError('ResourceNotFoundException', `There is no CodeBuild project ${name}; known are: ${known}.`);
  }

  async close(): Promise<void> {
    for (const { stop } of this.#running.values()) stop();
    await Promise.all([...this.#running.values()].map(({ result }) => result));
    this.#workspaces.close();
    this.#objects.close();
  }

  async #execute(
    project: Project,
    request: BuildRequest,
    record: BuildRecord,
    stopping: AbortController,
  ): Promise<BuildResult> {
    const log = new BuildLog(record.logs.deepLink.replace('file://', ''), request.onLine ?? (() => undefined));
    request.onStart?.({ id: record.id, logPath: log.path });
    const recorder = new Recorder(this.context, this.store, record, log);
    const timeout = setTimeout(() => stopping.abort(new BuildEnded('TIMED_OUT')), project.timeoutInMinutes * 60_000);
    const onAbort = () => stopping.abort(new BuildEnded('STOPPED'));
    if (request.signal?.aborted) onAbort();
    request.signal?.addEventListener('abort', onAbort, { once: true });
    const workspace = this.#workspaces.acquire(project.name);
    const { context, store } = this;
    try {
      const job = { context, store, objects: this.#objects, project, request, recorder, log, workspace };
      await runBuild({ ...job, signal: stopping.signal });
      recorder.complete(undefined);
    } catch (error) {
      if (!(error instanceof BuildEnded)) throw error;
      recorder.complete(error);
    } finally {
      clearTimeout(timeout);
      request.signal?.removeEventListener('abort', onAbort);
      workspace.release();
    }
    return toResult(record, recorder, log);
  }

  #newRecord(project: Project, request: BuildRequest): BuildRecord {
    const { context } = this;
    const buildNumber = this.store.nextNumber(project.name);
    const id = `${project.name}:${randomUUID()}`;
    const logPath = join(context.stateDir, 'logs', 'codebuild', `${project.name}-${buildNumber}.log`);
    const { source, sourceVersion, resolvedSourceVersion } = request;
    return {
      id,
      arn: `arn:${context.partition}:codebuild:${context.region}:${context.account}:build/${id}`,
      buildNumber,
      projectName: project.name,
      initiator: request.initiator,
      startTime: context.clock.now().getTime() / 1000,
      currentPhase: 'SUBMITTED',
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
      ...(sourceVersion === undefined ? {} : { sourceVersion }),
      ...(resolvedSourceVersion === undefined ? {} : { resolvedSourceVersion }),
      phases: [],
      source: {
        type: project.sourceType,
        ...(source === undefined ? {} : { location: `${source.bucket}/${source.key}` }),
        buildspec: request.buildspecOverride ?? project.buildspec,
      },
      environment: {
        type: project.environmentType,
        image: project.image,
        computeType: project.computeType,
        environmentVariables: [...project.variables, ...(request.variables ?? [])],
      },
      logs: {
        deepLink: `file://${logPath}`,
        groupName: `/aws/codebuild/${project.name}`,
        streamName: id.split(':')[1] ?? id,
      },
      timeoutInMinutes: project.timeoutInMinutes,
      reportArns: [],
      exportedEnvironmentVariables: [],
    };
  }
}

function toResult(record: BuildRecord, recorder: Recorder, log: BuildLog): BuildResult {
  const failure = recorder.failure();
  if (record.buildStatus === 'IN_PROGRESS') throw new Error(`Build ${record.id} ended without a status.`);
  return {
    id: record.id,
    arn: record.arn,
    number: record.buildNumber,
    status: record.buildStatus,
    ...(failure === undefined ? {} : { failure }),
    exportedVariables: Object.fromEntries(record.exportedEnvironmentVariables.map(({ name, value }) => [name, value])),
    reportArns: record.reportArns,
    logPath: log.path,
  };
}
