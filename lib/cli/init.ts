import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type InferredColumn, inferColumns, initialGates, labelProblem } from '../config/init';
import { GATES_FILE } from '../config/load';
import { didYouMean } from '../core/nearest';
import { type Split, splitCsv } from '../golden-data/split';
import { UsageError } from '../release/environment';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It is a share between 0 and 1, e.g. 0.2.');
  return value;
}

interface InitOptions {
  readonly data: string;
  readonly key: string;
  readonly label: string;
  readonly holdout: number;
}

/** `assay init`: a first gates.yaml from one CSV file and the golden data split from it, or from data divided before. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a first gates.yaml; splits golden data from one CSV file, or takes <dir>/golden/train.csv')
    .argument('<dir>', 'workload folder; made if absent')
    .requiredOption('--data <file>', 'CSV with every labelled row, or train.csv of `assay golden split`')
    .requiredOption('--key <column>', 'column that identifies a row')
    .requiredOption('--label <column>', 'column to be predicted')
    .option('--holdout <share>', 'share of the rows held out', share, 0.2)
    .action(init);
}

async function init(dir: string, { data, key, label, holdout }: InitOptions): Promise<void> {
  const gatesFile = join(dir, GATES_FILE);
  if (existsSync(gatesFile)) throw new UsageError(`${gatesFile} exists already; init writes only a first one`);
  if (!existsSync(data)) throw new UsageError(`--data ${data}: there is no such file`);
  const golden = join(dir, 'golden');
  const divided = dividedBefore(data, golden);
  const sources = divided ?? [data];
  const columns = await inferColumns(
    ...sources.map((file) => ({ name: basename(file), stream: createReadStream(file) })),
  );
  checkColumns(columns, { key, label }, basename(data));
  if (divided === undefined) writeSplit(golden, splitCsv(data, key, holdout, 0));
  writeFileSync(gatesFile, initialGates({ dataset: datasetName(dir), key, label, columns }));
  log(`${gatesFile}: ${columns.length} columns`);
  for (const { name, type, stray } of columns) {
    if (stray > 0)
      log(
        `note: ${name} is declared ${type}, but ${stray} values are not; \`assay gate data --workload ${dir}\` shows them`,
      );
  }
}

/** Both files when `--data` is the train.csv that lies where a workload keeps it. Never overwrites other golden data. */
function dividedBefore(data: string, golden: string): readonly string[] | undefined {
  const [train, holdout] = [join(golden, 'train.csv'), join(golden, 'holdout.csv')];
  if (resolve(data) !== resolve(train)) {
    const kept = [train, holdout].find((file) => existsSync(file));
    if (kept === undefined) return undefined;
    throw new UsageError(`${kept} exists already; --data ${train} takes it as it is`);
  }
  if (existsSync(holdout)) return [train, holdout];
  throw new UsageError(`${holdout}: there is no such file; \`assay golden split\` divides a CSV into both`);
}

function checkColumns(
  columns: readonly InferredColumn[],
  { key, label }: Pick<InitOptions, 'key' | 'label'>,
  file: string,
): void {
  const names = columns.map(({ name }) => name);
  for (const [option, column] of Object.entries({ key, label })) {
    if (!names.includes(column)) {
      throw new UsageError(`--${option} ${column}: ${file} has no such column${didYouMean(column, names)}`);
    }
  }
  const problem = columns.filter(({ name }) => name === label).map(labelProblem)[0];
  if (problem !== undefined) throw new UsageError(`--label ${label}: ${problem}`);
}

/** Writes both sides of a split into a folder, and says so. */
function writeSplit(folder: string, split: Split): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.csv'), split.train);
  writeFileSync(join(folder, 'holdout.csv'), split.holdout);
  log(`${folder}: train.csv ${split.trainRows} rows, holdout.csv ${split.holdoutRows} rows`);
}

/** `Telco Churn/` → `telco-churn-golden`. */
function datasetName(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'golden' : `${name.slice(0, LONGEST_STEM)}-golden`;
}

/** A dataset's name ends at 63 characters. */
const LONGEST_STEM = 56;
