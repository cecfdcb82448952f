import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { EngineContext } from '../engine/ports';
import { unzip } from './archive';
import { packArtifacts } from './artifacts';
import { type Buildspec, parseBuildspec } from './buildspec';
import { BuildCache, type CacheKeys } from './cache';
import { resolveVariables, specVariables } from './environment';
import type { BuildLog } from './log';
import { machineEnvironment } from './machine-environment';
import type { Objects } from './objects';
import { PhaseError, runPhases } from './phases';
import { loadBuildspec, predefinedVariables, sourceOf } from './prepare';
import type { Project } from './project';
import type { Recorder } from './recorder';
import { collectReports } from './reports';
import type { BuildRequest } from './request';
import { checkRuntimes } from './runtimes';
import { BuildShell } from './shell';
import type { BuildStore } from './store';
import { writeTools } from './tools';
import type { Workspace } from './workspace';

/** Everything one build works with. */
export interface BuildJob {
  readonly context: EngineContext;
  readonly objects: Objects;
  readonly store: BuildStore;
  readonly project: Project;
  readonly request: BuildRequest;
  readonly recorder: Recorder;
  readonly log: BuildLog;
  readonly workspace: Workspace;
  /** Aborts with BuildEnded. */
  readonly signal: AbortSignal;
}

/** Runs the phases of one build. Rejects with BuildEnded if it was stopped or ran into its timeout. */
export async function runBuild(job: BuildJob): Promise<void> {
  const { recorder, log } = job;
  for (const phase of ['SUBMITTED', 'QUEUED', 'PROVISIONING']) await recorder.phase(phase, async () => undefined);
  let prepared: Prepared | undefined;
  const ready = await recorder.phase('DOWNLOAD_SOURCE', async () => {
    prepared = await prepare(job);
    return undefined;
  });
  if (!ready || prepared === undefined) return;
  const { spec, shell } = prepared;
  try {
    const keys = await restoreCache(job, spec, shell);
    const run = { shell, log, signal: job.signal, record: recorder.phase.bind(recorder) };
    const upload = await runPhases(spec, run);
    recorder.record.exportedEnvironmentVariables = await readExports(job, spec, shell);
    if (upload) await recorder.phase('UPLOAD_ARTIFACTS', () => uploadAll(job, spec));
    else if (recorder.record.phases.some(({ phaseType }) => phaseType === 'BUILD')) storeReports(job, spec);
    if (keys !== undefined && recorder.failure() === undefined) await saveCache(job, spec, keys);
  } finally {
    await shell.close();
  }
  await recorder.phase('FINALIZING', async () => undefined);
}

interface Prepared {
  readonly spec: Buildspec;
  readonly shell: BuildShell;
}

async function prepare(job: BuildJob): Promise<Prepared> {
  const { context, workspace, request, project, log } = job;
  const source = request.archive ?? (await readSource(job));
  if (source !== undefined) await unzip(source, workspace.source);
  for (const [identifier, location] of Object.entries(request.secondarySources ?? {})) {
    await mkdir(workspace.secondary(identifier), { recursive: true });
    await unzip(await job.objects.get(location), workspace.secondary(identifier));
  }
  const { text, from } = await loadBuildspec(job);
  const spec = parse(text, from);
  const variables = [...specVariables(spec), ...project.variables, ...(request.variables ?? [])];
  const { values, secrets } = await resolveVariables(context, variables);
  log.mask(secrets);
  const tools = writeTools(join(workspace.root, 'bin'), context.venv, process.env.PATH ?? '');
  const machine = machineEnvironment(process.env, tools, workspace.temporary);
  const env = { ...machine, ...context.awsEnv, ...predefinedVariables(job), ...values };
  const path = env.PATH ?? '';
  for (const line of checkRuntimes(spec.phases.install?.['runtime-versions'] ?? {}, path)) log.container(line);
  const shell = new BuildShell(context.processes, {
    shell: spec.env.shell === 'bash' ? 'bash' : '/bin/sh',
    cwd: workspace.source,
    // A PATH given as a variable must not lose the tools of the build image.
    env: { ...env, PATH: path.startsWith(tools) ? path : [tools, path].join(delimiter) },
    stateDir: join(workspace.root, 'shell'),
    name: `build ${job.recorder.record.id}`,
    onLine: (line) => log.line(line),
  });
  return { spec, shell };
}

async function readSource({ project, request, objects }: BuildJob): Promise<Buffer | undefined> {
  const source = sourceOf(project, request);
  return source === undefined ? undefined : objects.get(source);
}

function parse(text: string, from: string): Buildspec {
  try {
    return parseBuildspec(text, from);
  } catch (error) {
    throw new PhaseError('YAML_FILE_ERROR', error instanceof Error ? error.message : String(error));
  }
}

const cacheOf = ({ context, project, log }: BuildJob): BuildCache =>
  new BuildCache(join(context.stateDir, 'codebuild', project.name, 'cache'), (line) => log.container(line));

/** @returns the keys to save under, or undefined if nothing is cached. */
async function restoreCache(job: BuildJob, spec: Buildspec, shell: BuildShell): Promise<CacheKeys | undefined> {
  if (spec.cache === undefined) return undefined;
  if (!job.project.cached) {
    job.log.container('Cache: the project has no cache, so the buildspec’s cache section has no effect');
    return undefined;
  }
  const expand = async (key: string): Promise<string> => {
    const file = join(job.workspace.root, 'key');
    const status = await shell.run(`printf '%s' "${key}" >"${file}"`, job.signal);
    if (status !== 0)
      throw new PhaseError('CLIENT_ERROR', `cache key ${key} cannot be expanded: exit status ${status}`);
    return readFileSync(file, 'utf8');
  };
  const fallback: string[] = [];
  for (const key of spec.cache['fallback-keys']) fallback.push(await expand(key));
  const keys = { key: await expand(spec.cache.key ?? 'default'), fallback };
  await cacheOf(job).restore(spec.cache, job.workspace.source, keys);
  return keys;
}

async function saveCache(job: BuildJob, spec: Buildspec, keys: CacheKeys): Promise<void> {
  if (spec.cache !== undefined) await cacheOf(job).save(spec.cache, job.workspace.source, keys);
}

/** Values of the exported variables: those that are exported in the shell, as a child process sees them. */
async function readExports(job: BuildJob, spec: Buildspec, shell: BuildShell) {
  const names = spec.env['exported-variables'];
  if (names.length === 0) return [];
  const file = join(job.workspace.root, 'environment.json');
  const script = `require("fs").writeFileSync(process.argv[1], JSON.stringify(process.env))`;
  await shell.run(`"${process.execPath}" -e '${script}' "${file}"`, job.signal);
  const environment = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return names.flatMap((name) => {
    const value = environment[name];
    if (value === undefined) job.log.container(`Exported variable ${name} was not set by the build`);
    return value === undefined ? [] : [{ name, value }];
  });
}

async function uploadAll(job: BuildJob, spec: Buildspec): Promise<undefined> {
  const problems = storeReports(job, spec);
  for (const { location, archive } of await packArtifacts(spec, job.workspace.source, job.request.artifacts ?? {})) {
    await job.objects.put(location, archive);
    job.log.container(`Uploaded artifact s3://${location.bucket}/${location.key} (${archive.length} bytes)`);
  }
  if (problems.length > 0)
    throw new PhaseError('CLIENT_ERROR', `Error in UPLOAD_ARTIFACTS phase: ${problems.join(' ')}`);
  return undefined;
}

/** Stores what reports there are and answers which could not be read. */
function storeReports({ context, recorder, workspace, project, store, log }: BuildJob, spec: Buildspec): string[] {
  const build = { project: project.name, arn: recorder.record.arn, sourceDir: workspace.source };
  const { reports, problems } = collectReports(context, build, spec);
  for (const report of reports) {
    store.saveReport(report);
    log.container(`Report ${report.reportGroupArn.split('/')[1]}: ${report.status}`);
  }
  recorder.record.reportArns = reports.map(({ arn }) => arn);
  for (const problem of problems) log.container(`Report problem: ${problem}`);
  return problems;
}
