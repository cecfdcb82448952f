import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type LoadedGates, loadGates } from '../config/load';
import type { Trigger } from '../core/retraining/trigger';
import { parseTrigger } from '../core/retraining/trigger-text';
import { BUILD_ENV, type ReleaseDocument, RUN_KEYS } from '../pipeline/contract';
import { PROBES_SCRIPT } from '../training/contract';
import { archiveSource } from './archive';
import { type ChosenDataset, chooseDataset } from './current-dataset';
import { buildEnvironment, type Environment, UsageError } from './environment';
import { pinFile } from './golden';
import { type ResolvedImage, resolveImage } from './image';
import { writeProbes } from './probes';
import { ROW_BY_ROW } from './row-by-row';
import { openRun, type RunFolder } from './run-folder';
import { transformInput } from './transform-input';
import { requireWorkloadFiles } from './workload-files';

export interface PrepareInput {
  readonly env: Environment;
  /** What `ASSAY_WORKLOAD` is relative to. */
  readonly directory: string;
  readonly log: (line: string) => void;
  /** @default asks ECR */
  readonly resolve?: (image: string) => Promise<ResolvedImage>;
  readonly now: Date;
}

/**
 * Pins what a release consists of (commit, source, dataset, image, gates) and writes `release.json` into the run's folder.
 *
 * @throws UsageError, ConfigurationError, GoldenDataError: one line that says what cannot be released
 */
export async function prepareRelease(input: PrepareInput): Promise<ReleaseDocument> {
  const names = ['application', 'runId', 'commit', 'artifactBucket', 'goldenBucket', 'workload', 'image'] as const;
  const build = buildEnvironment(input.env, names);
  const folder = resolve(input.directory, build.workload);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${BUILD_ENV.workload} is "${build.workload}": the pushed repository has no such folder`);
  }
  const loaded = loadGates(folder);
  requireWorkloadFiles(folder, loaded.gates);
  const run = openRun(input.env);
  const trigger = triggerOf(build.commit, input);
  const { goldenBucket } = build;
  const takesLanded = trigger.kind !== 'push';
  const chosen = await chooseDataset({ ...input, run, goldenBucket, gates: loaded.gates, takesLanded });
  const dataset = await pinDataset(run, chosen, goldenBucket, loaded, input.log);
  const source = await uploadSource(run, loaded, input.log);
  const image = await (input.resolve ?? resolveImage)(build.image);
  input.log(`image ${image.image}`);
  const release: ReleaseDocument = {
    schema: 'assay.release/1',
    runId: build.runId,
    application: build.application,
    commit: build.commit,
    ...optional('repository', input.env[BUILD_ENV.repository]),
    ...optional('branch', input.env[BUILD_ENV.branch]),
    trigger,
    ...source,
    dataset,
    ...image,
    gates: loaded.gates,
    gatesSha256: loaded.sha256,
    createdAt: input.now.toISOString(),
  };
  await run.writeJson(RUN_KEYS.release, release);
  input.log(`release ${run.uri(RUN_KEYS.release)}`);
  return release;
}

const optional = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined || value === '' ? {} : { [name]: value };

/** @throws UsageError when the pipeline's variable is no trigger */
function triggerOf(commit: string, { env, now }: PrepareInput): Trigger {
  const push = { commit, ...optional('branch', env[BUILD_ENV.branch]), at: now.toISOString() };
  try {
    return parseTrigger(env[BUILD_ENV.trigger], push);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function pinDataset(
  run: RunFolder,
  { manifest, lineage }: ChosenDataset,
  goldenBucket: string,
  { gates }: LoadedGates,
  log: (line: string) => void,
): Promise<ReleaseDocument['dataset']> {
  const { dataset } = gates;
  const folder = mkdtempSync(join(tmpdir(), 'assay-golden-'));
  try {
    const [trainFile, holdoutFile] = [join(folder, 'train'), join(folder, 'holdout')];
    const train = await pinFile(run.store, goldenBucket, manifest, dataset.train, trainFile);
    const holdout = await pinFile(run.store, goldenBucket, manifest, dataset.holdout, holdoutFile);
    // Training reads this copy of the verified bytes: what is written to the golden bucket from now on cannot reach it.
    await run.writeFile(`${RUN_KEYS.trainData}${basename(dataset.train)}`, trainFile, train.sha256);
    const input = await transformInput(holdoutFile, dataset);
    await run.write(RUN_KEYS.transformInput, input);
    await writeProbes(run, gates, holdoutFile, input);
    log(`dataset ${manifest.name} ${manifest.version} ${manifest.digest}: ${train.rows} + ${holdout.rows} rows`);
    return { name: manifest.name, version: manifest.version, digest: manifest.digest, train, holdout, ...lineage };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function uploadSource(
  run: RunFolder,
  { folder, gates: { dataset } }: LoadedGates,
  log: (line: string) => void,
): Promise<Pick<ReleaseDocument, 'sourceUri' | 'sourceSha256'>> {
  // A dataset.path of "." shares the folder with the code: then its two files alone are left out.
  const omit = [dataset.train, dataset.holdout];
  const { content, sha256, files } = await archiveSource(folder, dataset.path, omit, { [PROBES_SCRIPT]: ROW_BY_ROW });
  const sourceUri = await run.write(RUN_KEYS.source, content);
  log(`source ${files.length} files, ${content.length} bytes, sha256 ${sha256}`);
  return { sourceUri, sourceSha256: sha256 };
}
