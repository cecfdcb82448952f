import { didYouMean } from '../nearest';
import { type ArgumentKind, checkKind } from './argument-kinds';
import type { Column, ColumnType, Value } from './table';

export interface ArgumentSpec {
  readonly kind: ArgumentKind;
  /** @default false */
  readonly required?: boolean;
  /** Of a required argument: whether null may be written, where Great Expectations takes it for "anything". @default false */
  readonly nullable?: boolean;
}

export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;

/** Arguments of Great Expectations that say nothing about the data. */
const IGNORED = new Set([
  ...['meta', 'notes', 'result_format', 'catch_exceptions', 'severity', 'id', 'description', 'batch_id', 'auto'],
  ...['profiler_config', 'rendered_content', 'include_config', 'allow_cross_type_comparisons', 'condition_parser'],
]);

/** Arguments that every expectation about rows takes. */
const COMMON: ArgumentSpecs = { row_condition: { kind: 'condition' } };

/** Validated arguments; the getters give undefined for an argument that was not given. */
export class Arguments {
  constructor(
    readonly kwargs: Readonly<Record<string, unknown>>,
    private readonly columns: readonly { readonly name: string; readonly type: ColumnType | 'other' }[],
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

  /** Undefined where the types are not known yet. */
  columnType(name: string = this.column): ColumnType | 'other' | undefined {
    return this.columns.find((column) => column.name === name)?.type;
  }

  /** At least this share of the values must do, 0 to 1. */
  get mostly(): number {
    return this.number('mostly') ?? 1;
  }
}

/** Everything that is wrong with the arguments of one expectation. Without `columns` their names cannot be checked. */
export function checkArguments(
  own: ArgumentSpecs,
  kwargs: Readonly<Record<string, unknown>>,
  columns: readonly Column[],
): readonly string[] {
  const specs: ArgumentSpecs = { ...own, ...COMMON };
  const names = Object.keys(specs);
  const problems: string[] = [];
  for (const name of Object.keys(kwargs)) {
    if (!(name in specs) && !IGNORED.has(name)) {
      problems.push(`unknown argument "${name}"${didYouMean(name, names)}; known are ${names.join(', ')}`);
    }
  }
  const type = columns.find((column) => column.name === kwargs.column)?.type;
  for (const [name, { kind, required, nullable }] of Object.entries(specs)) {
    const value = kwargs[name] ?? undefined;
    if (value === undefined) {
      if (required === true && !(nullable === true && kwargs[name] === null))
        problems.push(`${name} is missing: it is required`);
      continue;
    }
    const problem = checkKind(kind, value, { columns, type });
    if (problem !== undefined) problems.push(`${name} ${problem}; found ${JSON.stringify(value)}`);
  }
  return problems;
}
