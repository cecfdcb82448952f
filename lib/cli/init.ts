import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { inferColumns, initialGates } from '../config/init';
import { GATES_FILE } from '../config/load';
import { didYouMean } from '../core/nearest';
import { splitCsv } from '../golden-data/split';
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

/** `assay init`: a first gates.yaml, and the golden data split, from one CSV file. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a first gates.yaml and split golden data from one CSV file')
    .argument('<dir>', 'workload folder; made if absent')
    .requiredOption('--data <file>', 'CSV with every labelled row')
    .requiredOption('--key <column>', 'column that identifies a row')
    .requiredOption('--label <column>', 'column to be predicted')
    .option('--holdout <share>', 'share of the rows held out', share, 0.2)
    .action(init);
}

async function init(dir: string, { data, key, label, holdout }: InitOptions): Promise<void> {
  const gatesFile = join(dir, GATES_FILE);
  if (existsSync(gatesFile)) throw new UsageError(`${gatesFile} exists already; init writes only a first one`);
  if (!existsSync(data)) throw new UsageError(`--data ${data}: there is no such file`);
  const columns = await inferColumns(basename(data), createReadStream(data));
  const names = columns.map(({ name }) => name);
  for (const [option, column] of Object.entries({ key, label })) {
    if (!names.includes(column)) {
      throw new UsageError(`--${option} ${column}: ${basename(data)} has no such column${didYouMean(column, names)}`);
    }
  }
  const split = splitCsv(data, key, holdout, 0);
  const golden = join(dir, 'golden');
  mkdirSync(golden, { recursive: true });
  writeFileSync(join(golden, 'train.csv'), split.train);
  writeFileSync(join(golden, 'holdout.csv'), split.holdout);
  const dataset = `${basename(data)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')}-golden`;
  writeFileSync(gatesFile, initialGates({ dataset, key, label, columns }));
  log(`${gatesFile}: ${columns.length} columns`);
  log(`${golden}: train.csv ${split.trainRows} rows, holdout.csv ${split.holdoutRows} rows`);
  for (const { name, type, stray } of columns) {
    if (stray > 0)
      log(`note: ${name} is declared ${type}, but ${stray} values are not; \`assay gate data\` shows them`);
  }
}
