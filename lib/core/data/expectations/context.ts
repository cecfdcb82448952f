import type { Dialect } from '../../sql/dialect';
import { identifier, literal, type Sql, sql } from '../../sql/sql';
import type { ArgumentSpecs, Arguments } from '../arguments';
import { parseMoment } from '../conditions/moment';
import type { Filter, Steps } from '../plan';
import type { Outcome } from '../result';
import type { ColumnType, TableColumn, TableInfo, Value } from '../table';

/** What the pure core cannot do itself; `lib/engines` brings it. */
export interface Tools {
  /** A test of JSON texts against a schema. @throws Error for what is no schema */
  jsonSchema(schema: Readonly<Record<string, unknown>>): (text: string) => boolean;
}

/** The data cannot be judged in this way: text has no mean. Told in the evidence as an exception. */
export class ExpectationError extends Error {
  constructor(
    message: string,
    readonly kind: 'TypeError' | 'ValueError' = 'TypeError',
  ) {
    super(message);
    this.name = kind;
  }
}

/** One expectation about one table. */
export interface Context {
  readonly args: Arguments;
  readonly table: TableInfo;
  readonly dialect: Dialect;
  readonly tools: Tools;
  /** The row condition. */
  readonly where?: Filter;
  /** All unexpected values, of passing expectations too, not 20 of failing ones. */
  readonly complete: boolean;
}

/**
 * One expectation: its arguments, and how it goes about the answers that it needs. It yields what it asks of the data
 * and is given the answers; it never sees where they come from.
 */
export interface Expectation {
  readonly type: string;
  readonly arguments: ArgumentSpecs;
  /** Says what no single argument can: "needs min_value or max_value". */
  readonly check?: (args: Arguments) => string | undefined;
  readonly run: (context: Context) => Steps<Outcome>;
}

export function columnOf({ table }: Context, name: string): TableColumn {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw new ExpectationError(`there is no column ${name}`, 'ValueError');
  return found;
}

const NUMERIC: readonly string[] = ['integer', 'number', 'boolean'];

/** The column as a number; truth values count as 1 and 0. @throws ExpectationError for other types */
export function numeric(context: Context, name: string): Sql {
  const { type, stored } = columnOf(context, name);
  if (!NUMERIC.includes(type)) throw new ExpectationError(`is for numeric columns; ${name} is ${stored}`);
  return type === 'boolean' ? sql`CAST(${identifier(name)} AS INTEGER)` : identifier(name);
}

/** The column as text. */
export function textual({ dialect, ...context }: Context, name: string): Sql {
  const { type } = columnOf({ dialect, ...context }, name);
  return type === 'string' ? identifier(name) : dialect.text(identifier(name), type);
}

/** A column beside a value, each written so that the two compare. */
export interface Comparison {
  readonly left: Sql;
  readonly right: Sql;
}

/**
 * Numbers compare with numbers, truth values as 1 and 0, texts that are dates with dates and timestamps, texts by code
 * point. Anything else is refused, as in Great Expectations.
 *
 * @param loose numbers beside a column of text are compared as text: for sets, whose data may hold both
 */
export function comparison(context: Context, name: string, value: Exclude<Value, null>, loose = false): Comparison {
  const column = columnOf(context, name);
  const left = identifier(name);
  const refuse = (): never => {
    throw new ExpectationError(
      `Column values, min_value, and max_value must either be None or of the same type: ${name} is ${column.stored}, the argument is ${JSON.stringify(value)}`,
    );
  };
  switch (column.type) {
    case 'integer':
    case 'number':
      if (typeof value === 'string') return refuse();
      return { left, right: literal(Number(value)) };
    case 'boolean':
      if (typeof value === 'string') return refuse();
      return typeof value === 'boolean'
        ? { left, right: literal(value) }
        : { left: sql`CAST(${left} AS INTEGER)`, right: literal(value) };
    case 'date':
    case 'timestamp': {
      const iso = typeof value === 'string' ? parseMoment(value) : undefined;
      if (iso === undefined) return refuse();
      const day = column.type === 'date' && iso.endsWith('T00:00:00');
      return { left, right: day ? context.dialect.date(iso.slice(0, 10)) : context.dialect.timestamp(iso) };
    }
    default:
      if (typeof value !== 'string' && !loose) return refuse();
      return { left, right: literal(String(value)) };
  }
}

/** Whether a value could stand in a column of this type at all. */
export const fits = (type: ColumnType | 'other', value: Value): boolean =>
  value !== null &&
  (type === 'integer' || type === 'number' || type === 'boolean'
    ? typeof value !== 'string'
    : type === 'date' || type === 'timestamp'
      ? typeof value === 'string' && parseMoment(value) !== undefined
      : true);
