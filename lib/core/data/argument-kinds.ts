import { didYouMean } from '../nearest';
import { parseMoment } from './conditions/moment';
import { conditionProblem } from './conditions/row-condition';
import { strptimeProblem } from './conditions/strptime';
import { regexProblem } from './regex';
import { type Column, type ColumnType, hasType } from './table';
import { familiesOf, TYPE_NAMES } from './type-names';

/**
 * What an argument may be. `value` and `values` are of the type of the column named by the argument `column`;
 * `columns` must be declared, unless the expectation is about their presence (`columnName`, `columnNames`).
 * The words of the messages are Great Expectations' where it has some.
 */
export type ArgumentKind =
  | 'column'
  | 'columns'
  | 'columnName'
  | 'columnNames'
  | 'number'
  | 'threshold'
  | 'count'
  | 'share'
  | 'mostly'
  | 'flag'
  | 'regex'
  | 'regexes'
  | 'text'
  | 'texts'
  | 'strptime'
  | 'typeName'
  | 'typeNames'
  | 'value'
  | 'bound'
  | 'values'
  | 'pairs'
  | 'record'
  | 'condition'
  | 'anything'
  | readonly string[];

interface Surroundings {
  /** Empty where the columns are not known yet. */
  readonly columns: readonly Column[];
  readonly type: ColumnType | undefined;
}

type ArgumentCheck = (value: unknown, surroundings: Surroundings) => string | undefined;

/** What is wrong with a value that should be of this kind, in words that follow the argument's name. */
export function checkKind(kind: ArgumentKind, value: unknown, surroundings: Surroundings): string | undefined {
  if (typeof kind !== 'string') {
    return kind.includes(String(value)) ? undefined : `is one of ${kind.join(', ')}${didYouMean(String(value), kind)}`;
  }
  return CHECKS[kind](value, surroundings);
}

const unless = (valid: boolean, message: string): string | undefined => (valid ? undefined : message);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

const unknownColumn: ArgumentCheck = (value, { columns }) => {
  if (!isText(value)) return 'is the name of a column';
  const names = columns.map((column) => column.name);
  if (names.length === 0) return undefined;
  return unless(
    names.includes(value),
    `names no column of dataset.columns${didYouMean(value, names)}, which has ${names.join(', ')}`,
  );
};

const ofColumnType: ArgumentCheck = (value, { type }) => {
  // Without a known column its own problem is reported; a second one about the type would be noise.
  if (value === null) return undefined;
  if (typeof value === 'object') return 'is a text, a number, a date or a truth value';
  if (type === undefined) return undefined;
  const valid =
    isNumber(value) && (type === 'integer' || type === 'number')
      ? Number.isFinite(value)
      : type === 'date' || type === 'timestamp'
        ? isText(value) && parseMoment(value) !== undefined
        : typeof value !== 'object' && value !== undefined && hasType(value as string | number | boolean, type);
  return unless(valid, `is of the column's type (${type})`);
};

const list =
  (each: ArgumentCheck, least = 1, none = 'is a list that is not empty'): ArgumentCheck =>
  (value, surroundings) => {
    if (!Array.isArray(value)) return 'must be a list';
    if (value.length < least) return none;
    for (const entry of value) {
      const problem = each(entry, surroundings);
      if (problem !== undefined) return `has an entry ${JSON.stringify(entry)} that is wrong: it ${problem}`;
    }
    return undefined;
  };

const columnName: ArgumentCheck = (value) => unless(isText(value), 'is the name of a column');
const text: ArgumentCheck = (value) => unless(isText(value), 'must be a string');

const regex: ArgumentCheck = (value) => {
  if (!isText(value)) return 'is a regular expression: it must be a string';
  const problem = regexProblem(value);
  return problem === undefined ? undefined : `is a regular expression (${problem})`;
};

const typeName: ArgumentCheck = (value) => {
  if (isText(value) && familiesOf(value) !== undefined) return undefined;
  return `is one of ${[...TYPE_NAMES.keys()].join(', ')}${isText(value) ? didYouMean(value.toLowerCase(), TYPE_NAMES.keys()) : ''}`;
};

/** Also a date, because minima and maxima of dates have bounds. */
const threshold: ArgumentCheck = (value) =>
  unless(
    isNumber(value) || (isText(value) && parseMoment(value) !== undefined),
    'must be a datetime (for datetime columns) or number',
  );

const CHECKS: Readonly<Record<Extract<ArgumentKind, string>, ArgumentCheck>> = {
  column: unknownColumn,
  columns: list(unknownColumn),
  columnName,
  columnNames: list(columnName, 0),
  number: (value) => unless(isNumber(value), 'must be a number'),
  threshold,
  count: (value) =>
    isNumber(value)
      ? unless(Number.isSafeInteger(value) && value >= 0, 'is a whole number, 0 or more: it must be an integer')
      : 'must be an integer',
  share: (value) => unless(isNumber(value) && value >= 0 && value <= 1, 'must be between zero and one'),
  mostly: (value) =>
    isNumber(value) ? unless(value >= 0 && value <= 1, 'must be between 0 and 1') : 'must be an integer or float',
  flag: (value) => unless(typeof value === 'boolean', 'is true or false'),
  regex,
  regexes: list(regex, 1, 'must not be empty: at least one regex must be supplied'),
  text,
  texts: list(text, 1, 'must not be empty: At least one like_pattern must be supplied in the like_pattern_list.'),
  strptime: (value) => (isText(value) ? strptimeProblem(value) : 'must be a string'),
  typeName,
  typeNames: list(typeName, 0),
  value: ofColumnType,
  bound: (value, surroundings) =>
    surroundings.type === undefined
      ? unless(isNumber(value) || isText(value) || typeof value === 'boolean', 'must be a number, a text or a date')
      : ofColumnType(value, surroundings),
  values: (value, surroundings) =>
    Array.isArray(value) ? list(ofColumnType, 0)(value, surroundings) : 'must be a list or a set',
  pairs: list((value) => unless(Array.isArray(value) && value.length === 2, 'is a pair'), 0),
  record: (value) => unless(typeof value === 'object' && value !== null && !Array.isArray(value), 'is a mapping'),
  condition: (value, { columns }) =>
    conditionProblem(
      value,
      columns.map(({ name }) => name),
    ),
  anything: () => undefined,
};
