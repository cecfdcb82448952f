import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import type { AppConfig } from '../config/app';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { landingPrefix } from '../golden-data/contract';
import { currentVersion } from '../golden-data/landed-state';
import { hashFile } from '../golden-data/manifest';
import { BUILD_ENV } from '../pipeline/contract';
import { UsageError } from '../release/environment';
import { findManifest } from '../release/golden';
import { LandedDocument } from '../release/landed-document';
import { type ObjectStore, openStore } from '../release/objects';
import { Refused } from './exit';
import { APPLICATION } from './options';
import { type ApplicationOptions, applicationConfig, workloadFolder } from './rollout/application';
import { locateRetraining } from './rollout/location';

export interface LandOptions extends Pick<ApplicationOptions, 'application'> {
  readonly workload?: string;
  readonly bucket?: string;
  readonly again?: true;
}

/** `assay golden land`, beside the commands for golden data that the pipeline's builds have too. */
export function registerLanding(program: Command): void {
  program.commands
    .find((command) => command.name() === 'golden')
    ?.command('land')
    .description('put a CSV with new data where the next retraining takes it')
    .argument('<file>', '.csv or .csv.gz with every column of the dataset, in any order')
    .option('--workload <dir>', 'folder with gates.yaml; default: what assay.config.ts names')
    .option(
      '--bucket <name>',
      `golden bucket; default: ${BUILD_ENV.goldenBucket}, then that of the deployed application`,
    )
    .option('--again', 'also when the same file landed before')
    .option(...APPLICATION)
    .action(async (file: string, options: LandOptions) => {
      await landFile(file, options, (line) => process.stdout.write(`${line}\n`));
    });
}

/**
 * Checks a file and puts it into the landing folder, under a name with the time and its digest.
 *
 * @throws UsageError, TableError, Refused: one line that says why it does not land
 */
export async function landFile(file: string, options: LandOptions, log: (line: string) => void): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`${file}: there is no such file`);
  const config = applicationConfig(options);
  const { gates } = loadGates(workloadFolder(config, options.workload));
  const { inspectLanded } = await import('../golden-data/landing-inspect');
  const { rows, keys } = await inspectLanded({ path: resolve(file), name: file }, gates.dataset);
  const twice = rows === keys ? '' : `, ${rows - keys} of them with a key that comes again later`;
  log(`${file}: ${rows} rows with the columns and types of ${gates.dataset.name}${twice}`);
  const bucket = options.bucket ?? (await goldenBucket(config));
  const store = openStore(process.env, config.region);
  const expected = await told(store, bucket, gates, config);
  const { sha256 } = await hashFile(file);
  const suffix = `-${sha256.slice(0, 12)}${/\.gz$/i.test(file) ? '.csv.gz' : '.csv'}`;
  if (options.again !== true) await requireNew(store, bucket, gates, suffix);
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  const key = `${landingPrefix(gates.dataset.name)}${time}${suffix}`;
  const version = await store.writeFile(bucket, key, resolve(file), sha256);
  log(`landed s3://${bucket}/${key}, version ${version ?? 'none: the bucket is not versioned'}`);
  for (const line of expected) log(line);
}

async function goldenBucket(config: AppConfig): Promise<string> {
  const set = process.env[BUILD_ENV.goldenBucket] ?? '';
  if (set !== '') return set;
  const ssm = new SSMClient({ region: config.region, maxAttempts: 2 });
  return (await locateRetraining(ssm, config)).goldenBucket;
}

/** What will become of the file. @throws GoldenDataError when the dataset itself is not there yet */
async function told(
  store: ObjectStore,
  bucket: string,
  { dataset, landing }: Gates,
  { triggers }: AppConfig,
): Promise<readonly string[]> {
  const root = await findManifest(store, bucket, dataset);
  const current = currentVersion(await new LandedDocument(store, bucket, root).read())?.version ?? root.version;
  const how = landing.combine === 'append' ? 'its rows join' : 'its rows take the place of';
  const { enabled, settleMinutes } = triggers.newData;
  return [
    `${how} dataset ${dataset.name} ${current} in the next run that no push starts; data and drift gates judge the result`,
    enabled
      ? `that run starts ${settleMinutes} minutes after the last file landed, when triggers.policy lets it`
      : 'no run starts for it: triggers.newData is off; `assay retrain` starts one',
  ];
}

async function requireNew(store: ObjectStore, bucket: string, { dataset }: Gates, suffix: string): Promise<void> {
  const before = await store.currentVersions(bucket, landingPrefix(dataset.name));
  const same = before.find(({ key }) => key.endsWith(suffix));
  if (same === undefined) return;
  throw new Refused(`the same file landed before as s3://${bucket}/${same.key}; --again lands it once more`);
}
