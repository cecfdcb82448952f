import type { Readable } from 'node:stream';
import { stringify } from 'yaml';
import { type Column, type ColumnType, parseText } from '../core/data/table';
import { openTable } from '../engines/rows';

/** Narrowest type first; `boolean` before `integer` would turn 0/1 labels into truth values. */
const CANDIDATES: readonly ColumnType[] = ['integer', 'number', 'date', 'timestamp', 'boolean'];

/** A column is taken for a number although it has a few other texts, so that the data gate finds those. */
const STRAY_SHARE = 0.02;

export interface InferredColumn extends Column {
  /** Values that cannot be read as `type`. */
  readonly stray: number;
  readonly missing: number;
  /** Distinct texts, up to one more than MANY. */
  readonly distinct: readonly string[];
}

const MANY = 12;

export interface TableSource {
  /** File name: chooses the format and is named in errors. */
  readonly name: string;
  readonly stream: Readable;
}

/** Types of the columns of one table, or of its two parts, from all rows; the first one says which columns there are. */
export async function inferColumns(...sources: readonly TableSource[]): Promise<readonly InferredColumn[]> {
  let counts: readonly ColumnCounts[] = [];
  for (const { name, stream } of sources) {
    const table = await openTable(name, stream, []);
    if (counts.length === 0) counts = table.header.map((column) => new ColumnCounts(column));
    for await (const row of table.rows) for (const count of counts) count.add(row.values[count.name] ?? null);
  }
  return counts.map((count) => count.result());
}

class ColumnCounts {
  private readonly fits = new Map<ColumnType, number>();
  private readonly distinct = new Set<string>();
  private present = 0;
  private missing = 0;

  constructor(readonly name: string) {}

  add(value: string | number | boolean | null): void {
    if (value === null) {
      this.missing += 1;
      return;
    }
    this.present += 1;
    const text = String(value);
    if (this.distinct.size <= MANY) this.distinct.add(text);
    for (const type of CANDIDATES) {
      if (parseText(text, type) !== undefined) this.fits.set(type, (this.fits.get(type) ?? 0) + 1);
    }
  }

  result(): InferredColumn {
    const share = (type: ColumnType) => (this.fits.get(type) ?? 0) / Math.max(this.present, 1);
    const exact = CANDIDATES.find((type) => share(type) === 1);
    const nearly = CANDIDATES.find((type) => share(type) >= 1 - STRAY_SHARE);
    const type = (this.present === 0 ? undefined : (exact ?? nearly)) ?? 'string';
    const stray = type === 'string' ? 0 : this.present - (this.fits.get(type) ?? 0);
    return { name: this.name, type, stray, missing: this.missing, distinct: [...this.distinct] };
  }
}

/** Why a column cannot be a label; undefined when it can. */
export function labelProblem({ type, distinct }: InferredColumn): string | undefined {
  if (distinct.length === 2 || ((type === 'integer' || type === 'number') && distinct.length > 2)) return undefined;
  const many = distinct.length > MANY;
  const values = many ? `more than ${MANY} different values` : `${distinct.length} different values`;
  const list = many || distinct.length === 0 ? '' : ` (${distinct.map((text) => JSON.stringify(text)).join(', ')})`;
  return `has ${values}${list}; a binary label has two, a regression label is a number`;
}

export interface InitInput {
  readonly dataset: string;
  readonly key: string;
  readonly label: string;
  readonly columns: readonly InferredColumn[];
}

/** A first `gates.yaml`, with what the data itself shows; thresholds are for the team to raise. */
export function initialGates({ dataset, key, label, columns }: InitInput): string {
  const target = columns.find((column) => column.name === label);
  const binary = target !== undefined && target.distinct.length === 2;
  const document = {
    version: 1,
    dataset: {
      name: dataset,
      version: '1',
      key,
      label,
      task: binary ? 'binary' : 'regression',
      ...(binary ? { positive: positiveOf(target) } : {}),
      columns: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
    },
    model: { metrics: binary ? { roc_auc: { min: 0.6 } } : { r2: { min: 0 } } },
  };
  const expectations = columns.filter((column) => column.name !== key && column.name !== label).flatMap(suggest);
  const lines = expectations.map((entry) => `    - ${flow(entry)}`);
  const data = lines.length === 0 ? '' : `data:\n  expectations:\n${lines.join('\n')}\n`;
  return [
    '# What a release must prove. Thresholds are a start: raise them to what you would not ship below.',
    stringify(document, YAML_1_1).replace('\nmodel:', () => `\n${data}model:`),
  ].join('\n');
}

/** Python reads YAML 1.1, where an unquoted Yes is true: what this file quotes means the same to both. */
const YAML_1_1 = { version: '1.1', lineWidth: 0 } as const;

/** `expect_…: { column: x }` on one line. */
function flow(entry: Readonly<Record<string, object>>): string {
  return Object.entries(entry)
    .map(([type, kwargs]) => `${type}: ${stringify(kwargs, { ...YAML_1_1, collectionStyle: 'flow' }).trim()}`)
    .join('');
}

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
