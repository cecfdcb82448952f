import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SPLIT_DEFAULTS } from '../config/gates/landing';
import { loadGates, loadGatesFile } from '../config/load';
import { CHURN_MARKETS, type ChurnMarket } from '../golden-data/generate';
import { GoldenDataError } from '../golden-data/manifest';
import { pushDataset } from '../golden-data/push';
import { verifyBucket, verifyFolder } from '../golden-data/verify';
import { DEFAULT_ROWS, DEFAULT_SEED, writeChurnDataset, writeChurnExtract } from '../golden-data/write-churn';
import { BUILD_ENV } from '../pipeline/contract';
import { UsageError } from '../release/environment';
import { findManifest } from '../release/golden';
import { openStore } from '../release/objects';
import { openRun } from '../release/run-folder';
import { share } from './init';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`It is a whole number, ${min} to ${max}.`);
    }
    return value;
  };
}

interface PushOptions {
  readonly bucket?: string;
  readonly gates?: string;
}

/** `assay golden …`: the data that every release is tested against. */
export function registerGolden(program: Command): void {
  const golden = program.command('golden').description('golden datasets: make, store and verify them');
  golden
    .command('generate')
    .description('make seeded synthetic churn data: train.csv and holdout.csv')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--rows <n>', 'rows of both files together', wholeNumber(8, 10_000_000), DEFAULT_ROWS)
    .option('--seed <n>', 'same seed, same bytes', wholeNumber(0, 2 ** 32 - 1), DEFAULT_SEED)
    .addOption(
      new Option(
        '--extract <market>',
        'one file, extract.csv, as it lands; of customers as before, or of others',
      ).choices(Object.keys(CHURN_MARKETS)),
    )
    .action(generate);
  golden
    .command('push')
    .description('store the dataset of a workload in the golden bucket')
    .argument('<dir>', 'workload folder with gates.yaml, or with --gates the folder with the files')
    .option('--gates <file>', 'gates.yaml that describes the files in <dir>')
    .option('--bucket <name>', `golden bucket; default: ${BUILD_ENV.goldenBucket}`)
    .action(push);
  golden
    .command('verify')
    .description('read every byte of a stored dataset again, or of a local copy')
    .argument('<dir>', 'workload folder with gates.yaml, or with --gates the folder with the files')
    .option('--gates <file>', 'gates.yaml that names the dataset')
    .option('--bucket <name>', `golden bucket; default: ${BUILD_ENV.goldenBucket}`)
    .option('--local', 'compare the local files with the stored manifest')
    .action(verify);
  golden
    .command('accept')
    .description('step of a pipeline run: make the data that it took from the landing folder the current version')
    .action(async () => {
      const { acceptDataset } = await import('../release/accept');
      log(await acceptDataset(openRun(process.env), goldenBucket(undefined), new Date()));
    });
  golden
    .command('split')
    .description('divide one CSV (also .gz, .zst) or Parquet file into train and holdout by the hash of its key')
    .argument('<file>')
    .requiredOption('--key <column>', 'column that identifies a row')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--holdout <share>', 'share of the rows held out', share, SPLIT_DEFAULTS.holdout)
    .option('--seed <n>', 'another seed, another division', wholeNumber(0, 2 ** 32 - 1), SPLIT_DEFAULTS.seed)
    .action(split);
}

interface GenerateOptions {
  readonly out: string;
  readonly rows: number;
  readonly seed: number;
  readonly extract?: ChurnMarket;
}

function generate({ out, rows, seed, extract }: GenerateOptions): void {
  if (extract === undefined) {
    writeChurnDataset(out, rows, seed);
    log(`${out}: train.csv and holdout.csv, ${rows} rows, seed ${seed}`);
    return;
  }
  writeChurnExtract(join(out, 'extract.csv'), rows, seed, extract);
  log(`${out}: extract.csv, ${rows} rows of the ${extract} market, seed ${seed}`);
}

interface SplitOptions {
  readonly key: string;
  readonly out: string;
  readonly holdout: number;
  readonly seed: number;
}

async function split(file: string, { key, out, holdout, seed }: SplitOptions): Promise<void> {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  const { splitFile } = await import('../golden-data/split-file');
  const written = await splitFile({ path: file, key, holdout, seed }, out);
  log(`${out}: ${written.train} ${written.trainRows} rows, ${written.holdout} ${written.holdoutRows} rows`);
}

async function verify(dir: string, options: PushOptions & { readonly local?: boolean }): Promise<void> {
  const { gates, folder } = locateDataset(dir, options.gates);
  const bucket = goldenBucket(options.bucket);
  const store = openStore(process.env);
  const manifest = await findManifest(store, bucket, gates.dataset);
  const local = options.local === true;
  const files = await (local ? verifyFolder(folder, manifest) : verifyBucket(store, bucket, manifest));
  for (const { path, problem } of files)
    log(`  ${problem === undefined ? '✓' : '✗'} ${path}${problem === undefined ? '' : `: ${problem}`}`);
  const bad = files.filter(({ problem }) => problem !== undefined);
  const name = `${manifest.name} ${manifest.version} ${manifest.digest}`;
  if (bad.length > 0) {
    throw new GoldenDataError(`${name}: ${bad.map(({ path, problem }) => `${path}: ${problem}`).join('; ')}`);
  }
  log(`${name}: every byte of ${files.length} files is as pinned`);
}

/** The golden bucket of an option or of the environment. */
export function goldenBucket(option: string | undefined): string {
  const bucket = option ?? process.env[BUILD_ENV.goldenBucket] ?? '';
  if (bucket === '') throw new UsageError(`which bucket? Give --bucket NAME or set ${BUILD_ENV.goldenBucket}`);
  return bucket;
}

/** Gates and the folder with the files, from a workload folder or from `--gates FILE` and a data folder. */
export function locateDataset(dir: string, gatesFile: string | undefined) {
  if (gatesFile !== undefined) {
    return { gates: loadGatesFile(gatesFile, dirname(resolve(gatesFile))).gates, folder: resolve(dir) };
  }
  const { gates } = loadGates(dir);
  return { gates, folder: resolve(dir, gates.dataset.path) };
}

async function push(dir: string, options: PushOptions): Promise<void> {
  const { gates, folder } = locateDataset(dir, options.gates);
  const bucket = goldenBucket(options.bucket);
  const { manifest, uploaded } = await pushDataset(openStore(process.env), bucket, folder, gates.dataset);
  const name = `${manifest.name} ${manifest.version}`;
  log(uploaded ? `stored ${name} in s3://${bucket}` : `${name} is in s3://${bucket} already, with the same content`);
  for (const file of manifest.files)
    log(`  ${file.path}: ${file.rows} rows, sha256 ${file.sha256}, version ${file.versionId}`);
  log(`digest: ${manifest.digest}`);
  if (gates.dataset.digest === undefined) log('put it into gates.yaml as dataset.digest to pin this data');
}
