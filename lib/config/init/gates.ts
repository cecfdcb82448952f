import { parseText } from '../../core/data/table';
import type { Surveyed } from './groups';
import { type InferredColumn, type InferredTable, MANY } from './infer';
import { behaviourSection, driftSection, modelSection, servingSection } from './proposals';
import { block, flow } from './yaml';

export interface InitInput extends InferredTable {
  readonly dataset: string;
  readonly key: string;
  readonly label: string;
  /** Names of the files in the golden folder. */
  readonly train: string;
  readonly holdout: string;
  readonly trainRows: number;
  readonly holdoutRows: number;
}

/**
 * A first `gates.yaml`: every kind of gate for which the data gives a reason, with what the data itself shows. Thresholds
 * are for the team to raise.
 */
export function initialGates(input: InitInput): string {
  const { columns } = input;
  const data = survey(input);
  const sections = [
    block({ version: 1, dataset: dataset(input, data) }),
    expectations(data.features),
    driftSection(data),
    modelSection(data),
    behaviourSection(
      data,
      columns.find(({ name }) => name === input.key),
    ),
    servingSection(),
  ];
  return [
    '# What a release must prove. Thresholds are a start: raise them to what you would not ship below.\n',
    sections.filter((section) => section !== '').join('\n'),
  ].join('');
}

/** @throws Error for a label that is no column of the table */
function survey({ columns, key, label, trainRows, holdoutRows }: InitInput): Surveyed {
  const target = columns.find(({ name }) => name === label);
  if (target === undefined) throw new Error(`no column ${label}`);
  const features = columns.filter(({ name }) => name !== key && name !== label);
  const task = target.distinct.length === 2 ? 'binary' : 'regression';
  return { key, label: target, features, task, trainRows, holdoutRows };
}

function dataset({ dataset: name, key, columns, train, holdout }: InitInput, { label, task }: Surveyed): object {
  return {
    name,
    version: '1',
    ...(train === 'train.csv' ? {} : { train, holdout }),
    key,
    label: label.name,
    task,
    ...(task === 'binary' ? { positive: positiveOf(label) } : {}),
    columns: Object.fromEntries(columns.map((column) => [column.name, column.type])),
  };
}

function expectations(features: readonly InferredColumn[]): string {
  const lines = features.flatMap(suggest).map((entry) => `    - ${oneLine(entry)}\n`);
  if (lines.length === 0) return '';
  return [
    '# What both files must hold. A Great Expectations 1.x suite file goes under `suite:`.\n',
    'data:\n  expectations:\n',
    ...lines,
  ].join('');
}

/** `expect_…: { column: x }` on one line. */
const oneLine = (entry: Readonly<Record<string, object>>): string =>
  Object.entries(entry)
    .map(([type, kwargs]) => `${type}: ${flow(kwargs)}`)
    .join('');

/** Stray texts such as a blank may turn out to be missing values: what the team does with them decides. */
function suggest({
  name,
  type,
  missing,
  stray,
  distinct,
}: InferredColumn): readonly Readonly<Record<string, object>>[] {
  const present = missing + stray === 0 ? [{ expect_column_values_to_not_be_null: { column: name } }] : [];
  if (type !== 'string' || distinct.length > MANY || distinct.length === 0) return present;
  return [...present, { expect_column_values_to_be_in_set: { column: name, value_set: [...distinct].sort() } }];
}

/** The value that reads like a yes, otherwise the later one of the two. */
function positiveOf({ type, distinct }: InferredColumn): string | number | boolean {
  const yes = distinct.find((text) => /^(1|1\.0+|y|yes|true|t|positive|churned)$/i.test(text));
  const text = yes ?? [...distinct].sort().at(-1) ?? '';
  return (type === 'string' ? text : parseText(text, type)) ?? text;
}
