import { didYouMean } from '../nearest';
import { type Column, type ColumnType, hasType, instant, type Value } from './table';

/**
 * What an argument may be. `value` and `values` are of the type of the column named by the argument `column`;
 * `columns` must be declared, unless the expectation is about their presence (`columnName`, `columnNames`).
 */
export type ArgumentKind =
  | 'column'
  | 'columns'
  | 'columnName'
  | 'columnNames'
  | 'number'
  | 'count'
  | 'share'
  | 'flag'
  | 'regex'
  | 'typeName'
  | 'value'
  | 'values'
  | readonly string[];

export interface ArgumentSpec {
  readonly kind: ArgumentKind;
  /** @default false */
  readonly required?: boolean;
}

export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;

/** Arguments of Great Expectations that say nothing about the data. */
const IGNORED = new Set(['meta', 'notes', 'result_format', 'catch_exceptions', 'severity', 'id', 'description']);

/** Types as Great Expectations users name them, by back end, and what they are here. */
const TYPE_NAMES: Readonly<Record<string, ColumnType>> = {
  str: 'string',
  string: 'string',
  object: 'string',
  text: 'string',
  varchar: 'string',
  char: 'string',
  int: 'integer',
  int32: 'integer',
  int64: 'integer',
  integer: 'integer',
  bigint: 'integer',
  smallint: 'integer',
  tinyint: 'integer',
  float: 'number',
  float32: 'number',
  float64: 'number',
  double: 'number',
  double_precision: 'number',
  real: 'number',
  numeric: 'number',
  decimal: 'number',
  number: 'number',
  bool: 'boolean',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  datetime: 'timestamp',
};

/** Validated arguments; the getters give undefined for an argument that was not given. */
export class Arguments {
  constructor(
    private readonly kwargs: Readonly<Record<string, unknown>>,
    private readonly columns: readonly Column[],
  ) {}

  text(name: string): string | undefined {
    const value = this.kwargs[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.kwargs[name];
    return typeof value === 'number' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.kwargs[name] === true;
  }

  value(name: string): Exclude<Value, null> | undefined {
    return (this.kwargs[name] ?? undefined) as Exclude<Value, null> | undefined;
  }

  values(name: string): readonly Value[] {
    const value = this.kwargs[name];
    return Array.isArray(value) ? (value as readonly Value[]) : [];
  }

  texts(name: string): readonly string[] {
    return this.values(name).map(String);
  }

  /** Name of the column that the expectation is about. */
  get column(): string {
    return this.text('column') ?? '';
  }

  columnType(name: string = this.column): ColumnType {
    return this.columns.find((column) => column.name === name)?.type ?? 'string';
  }

  typeName(name: string): ColumnType {
    return TYPE_NAMES[(this.text(name) ?? '').toLowerCase()] ?? 'string';
  }

  /** At least this share of the values must do, 0 to 1. */
  get mostly(): number {
    return this.number('mostly') ?? 1;
  }
}

/** Everything that is wrong with the arguments of one expectation. */
export function checkArguments(
  specs: ArgumentSpecs,
  kwargs: Readonly<Record<string, unknown>>,
  columns: readonly Column[],
): readonly string[] {
  const names = Object.keys(specs);
  const problems: string[] = [];
  for (const name of Object.keys(kwargs)) {
    if (!(name in specs) && !IGNORED.has(name)) {
      problems.push(`unknown argument "${name}"${didYouMean(name, names)}; known are ${names.join(', ')}`);
    }
  }
  const type = columns.find((column) => column.name === kwargs.column)?.type;
  for (const [name, { kind, required }] of Object.entries(specs)) {
    const value = kwargs[name] ?? undefined;
    if (value === undefined) {
      if (required === true) problems.push(`${name} is missing`);
      continue;
    }
    const problem = wrong(kind, value, columns, type);
    if (problem !== undefined) problems.push(`${name} ${problem}; found ${JSON.stringify(value)}`);
  }
  return problems;
}

function wrong(
  kind: ArgumentKind,
  value: unknown,
  columns: readonly Column[],
  type: ColumnType | undefined,
): string | undefined {
  if (typeof kind !== 'string') {
    return kind.includes(String(value)) ? undefined : `is one of ${kind.join(', ')}${didYouMean(String(value), kind)}`;
  }
  return CHECKS[kind](value, columns, type);
}

type ArgumentCheck = (value: unknown, columns: readonly Column[], type: ColumnType | undefined) => string | undefined;

const unless = (valid: boolean, message: string): string | undefined => (valid ? undefined : message);

function unknownColumn(value: unknown, columns: readonly Column[]): string | undefined {
  if (typeof value !== 'string') return 'is the name of a column';
  const names = columns.map((column) => column.name);
  return unless(
    names.includes(value),
    `names no column of dataset.columns${didYouMean(value, names)}, which has ${names.join(', ')}`,
  );
}

function ofColumnType(value: unknown, type: ColumnType | undefined): string | undefined {
  // Without a known column its own problem is reported; a second one about the type would be noise.
  if (type === undefined || value === null) return undefined;
  const valid =
    typeof value === 'number' && (type === 'integer' || type === 'number')
      ? Number.isFinite(value)
      : typeof value !== 'object' && value !== undefined && hasType(value as string | number | boolean, type);
  return unless(valid, `is of the column's type (${type})`);
}

const list =
  (each: ArgumentCheck): ArgumentCheck =>
  (value, columns, type) => {
    if (!Array.isArray(value) || value.length === 0) return 'is a list that is not empty';
    for (const entry of value) {
      const problem = each(entry, columns, type);
      if (problem !== undefined) return `has an entry ${JSON.stringify(entry)} that is wrong: it ${problem}`;
    }
    return undefined;
  };

const columnName: ArgumentCheck = (value) => unless(typeof value === 'string', 'is the name of a column');

const CHECKS: Readonly<Record<Extract<ArgumentKind, string>, ArgumentCheck>> = {
  column: unknownColumn,
  columns: list(unknownColumn),
  columnName,
  columnNames: list(columnName),
  number: (value) => unless(typeof value === 'number' && Number.isFinite(value), 'is a number'),
  count: (value) => unless(Number.isSafeInteger(value) && Number(value) >= 0, 'is a whole number, 0 or more'),
  share: (value) => unless(typeof value === 'number' && value > 0 && value <= 1, 'is a share above 0, 1 at most'),
  flag: (value) => unless(typeof value === 'boolean', 'is true or false'),
  regex: (value) => {
    if (typeof value !== 'string') return 'is a regular expression';
    try {
      new RegExp(value, 'u');
      return undefined;
    } catch (error) {
      return `is a regular expression (${error instanceof Error ? error.message : String(error)})`;
    }
  },
  typeName: (value) =>
    unless(
      typeof value === 'string' && value.toLowerCase() in TYPE_NAMES,
      `is one of ${Object.keys(TYPE_NAMES).join(', ')}`,
    ),
  value: (value, _columns, type) => ofColumnType(value, type),
  values: list((value, _columns, type) => ofColumnType(value, type)),
};

/** Orders two values of one column: numbers by size, dates and timestamps by time, other text by code unit. */
export function compareValues(a: Value, b: Value, type: ColumnType): number {
  if (type === 'date' || type === 'timestamp') return instant(String(a)) - instant(String(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return Number.NaN;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : Number(left > right);
}
