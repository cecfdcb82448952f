import { TokenReader } from '../data/conditions/token-reader';
import type { Token } from '../data/conditions/tokens';
import { type ColumnType, parseText } from '../data/table';

type Cell = string | number | boolean | null;

/** What a condition says of one row; null where SQL says "unknown". */
export type Condition = (row: Readonly<Record<string, unknown>>) => boolean | null;

export interface ReadCondition {
  readonly test: Condition;
  readonly columns: readonly string[];
}

type Term = (row: Readonly<Record<string, unknown>>) => Cell;

/**
 * Reads a condition of `model.slices[].where` so that it can be asked of one captured request at a time, where there is no
 * database: comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL and arithmetic of columns and literals, as DuckDB has
 * them, with SQL's third truth value.
 *
 * @param types of the columns that there are; values of requests are read as these
 * @throws ConditionError naming the place of anything else, such as a function
 */
export function readCondition(text: string, types: Readonly<Record<string, ColumnType>>): ReadCondition {
  const reader = new Reader(text, types);
  const term = reader.whole();
  return { test: (row) => truth(term(row)), columns: [...reader.used] };
}

class Reader extends TokenReader {
  readonly used = new Set<string>();

  constructor(
    text: string,
    private readonly types: Readonly<Record<string, ColumnType>>,
  ) {
    super(text);
  }

  whole(): Term {
    const term = this.either();
    if (this.token.kind !== 'end') this.refuse('the end, AND or OR');
    return term;
  }

  protected override problem({ value, at }: Token, wanted: string): string {
    return `${value} at character ${at} of "${this.text}", where ${wanted} is expected`;
  }

  private either(): Term {
    let left = this.both();
    while (this.take('or') !== undefined) left = or(left, this.both());
    return left;
  }

  private both(): Term {
    let left = this.negated();
    while (this.take('and') !== undefined) left = and(left, this.negated());
    return left;
  }

  private negated(): Term {
    return this.take('not') === undefined ? this.comparison() : not(this.negated());
  }

  private comparison(): Term {
    const left = this.sum();
    const operator = this.take('=', '==', '<>', '!=', '<=', '>=', '<', '>');
    if (operator !== undefined) {
      const right = this.sum();
      return (row) => compare(left(row), operator, right(row));
    }
    if (this.take('is') !== undefined) {
      const negate = this.take('not') !== undefined;
      this.need('null');
      return (row) => (left(row) === null) !== negate;
    }
    const negate = this.take('not') !== undefined;
    const test = this.test(left);
    if (test === undefined) return negate ? this.refuse('IN, LIKE or BETWEEN') : left;
    return negate ? not(test) : test;
  }

  private test(left: Term): Term | undefined {
    if (this.take('in') !== undefined) {
      const values = this.values();
      return values
        .map(
          (value): Term =>
            (row) =>
              compare(left(row), '=', value(row)),
        )
        .reduce(or);
    }
    if (this.take('between') !== undefined) {
      const low = this.sum();
      this.need('and');
      const high = this.sum();
      return and(
        (row) => compare(left(row), '>=', low(row)),
        (row) => compare(left(row), '<=', high(row)),
      );
    }
    if (this.take('like') === undefined) return undefined;
    if (this.token.kind !== 'text') this.refuse('a pattern in single quotes');
    const pattern = likePattern(this.token.value);
    this.next();
    return (row) => {
      const value = left(row);
      return value === null ? null : pattern.test(String(value));
    };
  }

  private values(): readonly [Term, ...Term[]] {
    this.need('(');
    const values: [Term, ...Term[]] = [this.sum()];
    while (this.take(',') !== undefined) values.push(this.sum());
    this.need(')');
    return values;
  }

  private sum(): Term {
    let left = this.product();
    for (let sign = this.take('+', '-'); sign !== undefined; sign = this.take('+', '-')) {
      left = arithmetic(left, sign, this.product());
    }
    return left;
  }

  private product(): Term {
    let left = this.value();
    for (let sign = this.take('*', '/', '%'); sign !== undefined; sign = this.take('*', '/', '%')) {
      left = arithmetic(left, sign, this.value());
    }
    return left;
  }

  private value(): Term {
    if (this.take('(') !== undefined) {
      const inner = this.either();
      this.need(')');
      return inner;
    }
    if (this.take('-') !== undefined) return arithmetic(() => 0, '-', this.value());
    const { kind, value, at } = this.token;
    // A name in double quotes is a column in SQL, a text elsewhere.
    const quoted = kind === 'text' && this.text[at - 1] === '"';
    if (kind === 'name' || quoted) return this.name(value, quoted);
    if (kind !== 'number' && kind !== 'text') this.refuse('a column or a value');
    this.next();
    const literal = kind === 'number' ? Number(value) : value;
    return () => literal;
  }

  private name(name: string, quoted: boolean): Term {
    const constant = quoted ? undefined : CONSTANTS.get(name.toLowerCase());
    const column = Object.keys(this.types).find((each) => each.toLowerCase() === name.toLowerCase());
    if (column === undefined && constant === undefined) this.refuse('a column of the dataset');
    this.next();
    if (column === undefined) return () => constant ?? null;
    this.used.add(column);
    const type = this.types[column] ?? 'string';
    return (row) => cellOf(row[column], type);
  }
}

const CONSTANTS: ReadonlyMap<string, Cell> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** A value of a request as the dataset's type has it: CSV has texts, JSON has types. What cannot be read is unknown. */
export function cellOf(value: unknown, type: ColumnType): Cell {
  if (value === undefined || value === null || value === '') return null;
  return parseText(String(value), type) ?? null;
}

const truth = (cell: Cell): boolean | null => (cell === null ? null : Boolean(cell));

const not =
  (term: Term): Term =>
  (row) => {
    const value = truth(term(row));
    return value === null ? null : !value;
  };

const and =
  (left: Term, right: Term): Term =>
  (row) => {
    const [a, b] = [truth(left(row)), truth(right(row))];
    if (a === false || b === false) return false;
    return a === null || b === null ? null : true;
  };

const or = (left: Term, right: Term): Term => not(and(not(left), not(right)));

function compare(left: Cell, operator: string, right: Cell): boolean | null {
  if (left === null || right === null) return null;
  const order = orderOf(left, right);
  if (order === null) return null;
  switch (operator) {
    case '=':
    case '==':
      return order === 0;
    case '<>':
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/**
 * Negative, 0 or positive. Texts by their characters; a number beside a text that reads as one, or beside a truth value, as
 * numbers; not-a-number is the greatest and equals itself, as DuckDB has it. Null for a text that is no number.
 */
function orderOf(left: Exclude<Cell, null>, right: Exclude<Cell, null>): number | null {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const type = typeof left === 'boolean' || typeof right === 'boolean' ? 'boolean' : 'number';
  const [a, b] = [left, right].map((cell) => (typeof cell === 'string' ? parseText(cell, type) : cell));
  if (a === undefined || b === undefined) return null;
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return x === y ? 0 : x < y ? -1 : 1;
}

function arithmetic(left: Term, sign: string, right: Term): Term {
  return (row) => {
    const [a, b] = [left(row), right(row)];
    if (a === null || b === null) return null;
    // A quotient by 0 is infinite, a remainder is unknown.
    if (sign === '%' && Number(b) === 0) return null;
    return OPERATIONS[sign]?.(Number(a), Number(b)) ?? null;
  };
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** `%` is any text, `_` any character. */
function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]');
  return new RegExp(`^${source}$`, 'u');
}
