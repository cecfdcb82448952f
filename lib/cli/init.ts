import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { InferredColumn } from '../config/init';
import { GATES_FILE } from '../config/load';
import { didYouMean } from '../core/nearest';
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

/** `assay init`: a first gates.yaml from one data file and the golden data split from it, or from data divided before. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a first gates.yaml; splits golden data from one file, or takes <dir>/golden/train.csv')
    .argument('<dir>', 'workload folder; made if absent')
    .requiredOption(
      '--data <file>',
      'every labelled row: CSV (also .gz, .zst) or Parquet; or the train file of `assay golden split`',
    )
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
  // Loaded here: other commands do without them.
  const [{ inferTable, initialGates, labelProblem }, { splitFile }] = await Promise.all([
    import('../config/init'),
    import('../golden-data/split-file'),
  ]);
  const table = await inferTable(divided ?? [data], label);
  checkColumns(table.columns, { key, label }, basename(data), labelProblem);
  const files =
    divided === undefined
      ? await splitFile({ path: data, key, holdout, seed: 0 }, golden)
      : namesOf(divided, table.rows);
  if (divided === undefined) {
    log(`${golden}: ${files.train} ${files.trainRows} rows, ${files.holdout} ${files.holdoutRows} rows`);
  }
  writeFileSync(gatesFile, initialGates({ ...table, ...files, dataset: datasetName(dir), key, label }));
  log(`${gatesFile}: ${table.columns.length} columns`);
  for (const { name, type, stray } of table.columns) {
    if (stray > 0)
      log(
        `note: ${name} is declared ${type}, but ${stray} values are not; \`assay gate data --workload ${dir}\` shows them`,
      );
  }
}

const FORMATS = ['.csv', '.csv.gz', '.csv.zst', '.parquet', '.jsonl', '.jsonl.gz', '.jsonl.zst'];

type Divided = readonly [train: string, holdout: string];

/** Both files when `--data` is the train file that lies where a workload keeps it. Never overwrites other golden data. */
function dividedBefore(data: string, golden: string): Divided | undefined {
  const pairs = FORMATS.map((format): Divided => [join(golden, `train${format}`), join(golden, `holdout${format}`)]);
  const own = pairs.find(([train]) => resolve(data) === resolve(train));
  if (own === undefined) {
    const kept = pairs.find((pair) => pair.some((file) => existsSync(file)));
    if (kept === undefined) return undefined;
    throw new UsageError(
      `${kept.find((file) => existsSync(file))} exists already; --data ${kept[0]} takes it as it is`,
    );
  }
  if (existsSync(own[1])) return own;
  throw new UsageError(`${own[1]}: there is no such file; \`assay golden split\` divides a file into both`);
}

const namesOf = ([train, holdout]: Divided, [trainRows = 0, holdoutRows = 0]: readonly number[]) => ({
  train: basename(train),
  holdout: basename(holdout),
  trainRows,
  holdoutRows,
});

function checkColumns(
  columns: readonly InferredColumn[],
  { key, label }: Pick<InitOptions, 'key' | 'label'>,
  file: string,
  labelProblem: (column: InferredColumn) => string | undefined,
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
