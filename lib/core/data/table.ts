/** What the schema contract may declare of a column. Dates and timestamps stay ISO 8601 text in rows. */
export type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp';

/** A typed cell; null is a missing value. */
export type Value = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A column as a table has it. `other` is a list, a structure or another type that no expectation compares. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType | 'other';
  /** The engine's name of the type, e.g. `BIGINT`. */
  readonly stored: string;
}

/** A table about to be judged. */
export interface TableInfo {
  /** Name for people, e.g. `train.csv`. */
  readonly name: string;
  /** Columns that the file has, in order. */
  readonly columns: readonly TableColumn[];
  /** Column that names a row for people. */
  readonly key?: string;
  /** Columns with values that cannot be read as declared. */
  readonly unreadable?: readonly Unreadable[];
}

/** Values of one column that cannot be read as its declared type. */
export interface Unreadable {
  readonly column: string;
  readonly type: ColumnType;
  readonly count: number;
  readonly first: {
    readonly text: string;
    readonly row?: number;
    readonly line?: number;
    readonly file?: string;
    readonly key: Value;
  };
}

const INTEGER = /^[+-]?\d+(\.0+)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** True for a day that the calendar has; 2023-02-30 is none. */
function isDay(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Milliseconds since 1970 of a date or timestamp; without an offset it is read as UTC. NaN when it is none. */
export function instant(text: string): number {
  if (isDay(DATE.exec(text))) return Date.parse(`${text}T00:00:00Z`);
  const match = TIMESTAMP.exec(text);
  if (match === null || !isDay(match)) return Number.NaN;
  const iso = text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  return Date.parse(match[7] === undefined ? `${iso}Z` : iso);
}

/** The value of a text field as `type`, or undefined when it cannot be read as that. The text is not empty. */
export function parseText(text: string, type: ColumnType): Value | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'integer':
      return INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'number':
      return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase());
    case 'date':
      return isDay(DATE.exec(text)) ? text : undefined;
    case 'timestamp':
      return Number.isNaN(instant(text)) ? undefined : text;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

/** True when a value that already has a type (from JSON) is of the declared one. */
export function hasType(value: Exclude<Value, null>, type: ColumnType): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === 'string' && (type === 'string' || parseText(value, type) !== undefined);
}
