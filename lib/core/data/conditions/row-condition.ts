import { didYouMean } from '../../nearest';
import { identifier, joinSql, literal, type Sql, type SqlValue, sql } from '../../sql/sql';
import { TokenReader } from './token-reader';
import { ConditionError, type Token } from './tokens';

/** A condition on rows and the columns that it reads. */
export interface RowCondition {
  readonly sql: Sql;
  readonly columns: readonly string[];
}

/**
 * Reads a `row_condition` of Great Expectations in any of its notations: its own (`col("x") > 5`,
 * `col("x").notnull()`), pandas' (`x > 5 and y == "a"`), Spark's (`x > 5 AND y IS NOT NULL`), and the mappings of 1.x.
 * The condition is taken apart and written anew, so nothing but comparisons of columns and values can be in it.
 *
 * @param columns names that there are; empty where they are not known yet
 * @throws ConditionError naming the place
 */
export function parseRowCondition(condition: unknown, columns: readonly string[]): RowCondition {
  if (typeof condition === 'string') return new Parser(condition, columns).whole();
  const used = new Set<string>();
  return { sql: fromMapping(condition, columns, used), columns: [...used] };
}

/** What is wrong with a condition, in words that follow the argument's name. */
export function conditionProblem(condition: unknown, columns: readonly string[]): string | undefined {
  try {
    parseRowCondition(condition, columns);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionError) return `cannot be read: ${error.message}`;
    throw error;
  }
}

const OPERATORS: Readonly<Record<string, Sql>> = {
  '==': sql`=`,
  '=': sql`=`,
  '!=': sql`<>`,
  '<>': sql`<>`,
  '<': sql`<`,
  '>': sql`>`,
  '<=': sql`<=`,
  '>=': sql`>=`,
};

const CONSTANTS: Readonly<Record<string, SqlValue>> = { true: true, false: false, null: null, none: null, nan: null };

const ARITHMETIC: Readonly<Record<string, (left: Sql, right: Sql) => Sql>> = {
  '+': (left, right) => sql`(${left} + ${right})`,
  '-': (left, right) => sql`(${left} - ${right})`,
  '*': (left, right) => sql`(${left} * ${right})`,
  // Trino divides whole numbers into whole numbers, and refuses a remainder by zero.
  '/': (left, right) => sql`(CAST(${left} AS DOUBLE) / ${right})`,
  '%': (left, right) => sql`(${left} % nullif(${right}, 0))`,
};

function known(name: string, columns: readonly string[], used: Set<string>): Sql {
  if (columns.length > 0 && !columns.includes(name)) {
    throw new ConditionError(
      `there is no column "${name}"${didYouMean(name, columns)}; there are ${columns.join(', ')}`,
    );
  }
  used.add(name);
  return identifier(name);
}

/** Recursive descent: or, and, not, comparison, sum, product, sign, value. */
class Parser extends TokenReader {
  private readonly used = new Set<string>();

  constructor(
    text: string,
    private readonly columns: readonly string[],
  ) {
    super(text);
  }

  whole(): RowCondition {
    const condition = this.either();
    if (this.token.kind !== 'end') this.refuse('the end or "and", "or"');
    return { sql: condition, columns: [...this.used] };
  }

  protected override problem({ value, at }: Token, wanted: string): string {
    return `unable to parse condition: ${this.text}: ${value} at character ${at}, where ${wanted} is expected`;
  }

  private either(): Sql {
    const parts = [this.both()];
    while (this.take('or', '|', '||') !== undefined) parts.push(this.both());
    return parts.length === 1 ? (parts[0] as Sql) : sql`(${joinSql(parts, ' OR ')})`;
  }

  private both(): Sql {
    const parts = [this.negated()];
    while (this.take('and', '&', '&&') !== undefined) parts.push(this.negated());
    return parts.length === 1 ? (parts[0] as Sql) : sql`(${joinSql(parts, ' AND ')})`;
  }

  private negated(): Sql {
    return this.take('not', '~', '!') === undefined ? this.comparison() : sql`(NOT ${this.negated()})`;
  }

  private comparison(): Sql {
    const left = this.sum();
    const operator = this.take('==', '=', '!=', '<>', '<=', '>=', '<', '>');
    if (operator !== undefined) return this.chain(left, operator);
    if (this.take('is') !== undefined) {
      const not = this.take('not') !== undefined;
      this.need('null');
      return not ? sql`(${left} IS NOT NULL)` : sql`(${left} IS NULL)`;
    }
    const not = this.take('not') !== undefined;
    const test = this.test(left);
    if (test === undefined) return not ? this.refuse('"in", "like" or "between"') : left;
    return not ? sql`(NOT ${test})` : test;
  }

  /** `0 < x <= 5` is both comparisons, as in pandas. */
  private chain(first: Sql, operator: string): Sql {
    const parts: Sql[] = [];
    let left = first;
    for (
      let next: string | undefined = operator;
      next !== undefined;
      next = this.take('==', '!=', '<=', '>=', '<', '>')
    ) {
      const right = this.sum();
      parts.push(compare(left, next, right));
      left = right;
    }
    return parts.length === 1 ? (parts[0] as Sql) : sql`(${joinSql(parts, ' AND ')})`;
  }

  private test(left: Sql): Sql | undefined {
    if (this.take('in') !== undefined) {
      const close = this.take('(', '[') === '[' ? ']' : ')';
      const values = [this.sum()];
      while (this.take(',') !== undefined) if (this.token.value !== close) values.push(this.sum());
      this.need(close);
      return sql`(${left} IN (${joinSql(values, ', ')}))`;
    }
    if (this.take('like') !== undefined) return sql`(${left} LIKE ${this.sum()})`;
    if (this.take('between') !== undefined) {
      const low = this.sum();
      this.need('and');
      return sql`(${left} BETWEEN ${low} AND ${this.sum()})`;
    }
    return undefined;
  }

  private sum(): Sql {
    return this.operation(() => this.product(), ['+', '-']);
  }

  private product(): Sql {
    return this.operation(() => this.value(), ['*', '/', '%']);
  }

  private operation(operand: () => Sql, signs: readonly string[]): Sql {
    let left = operand();
    for (let sign = this.take(...signs); sign !== undefined; sign = this.take(...signs)) {
      const right = operand();
      left = ARITHMETIC[sign]?.(left, right) ?? left;
    }
    return left;
  }

  private value(): Sql {
    if (this.take('(') !== undefined) {
      const inner = this.either();
      this.need(')');
      return this.methods(inner);
    }
    if (this.take('-') !== undefined) return sql`(- ${this.value()})`;
    if (this.take('+') !== undefined) return this.value();
    const { kind, value } = this.token;
    if (kind === 'end' || kind === 'sign') this.refuse('a column or a value');
    this.next();
    if (kind === 'number') return literal(Number(value));
    if (kind === 'text') return literal(value);
    if (kind === 'column') return this.methods(known(value, this.columns, this.used));
    const lower = value.toLowerCase();
    if ((lower === 'col' || lower === 'date' || lower === 'f') && this.take('(') !== undefined) return this.call(lower);
    const constant = CONSTANTS[lower];
    if (constant !== undefined && !this.columns.includes(value)) return literal(constant);
    return this.methods(known(value, this.columns, this.used));
  }

  /** `col("x")` or `date("2020-01-31")`. */
  private call(name: string): Sql {
    const { kind, value } = this.token;
    if (kind !== 'text') this.refuse('a text in quotes');
    this.next();
    this.need(')');
    if (name === 'date') return sql`CAST(${literal(value)} AS DATE)`;
    return this.methods(known(value, this.columns, this.used));
  }

  private methods(subject: Sql): Sql {
    if (this.take('.') === undefined) return subject;
    const method = this.take('notnull', 'notna', 'isnotnull', 'isnull', 'isna', 'isin');
    if (method === undefined) this.refuse('notnull(), isnull() or isin()');
    this.need('(');
    if (method === 'isin') {
      const list = this.membership(subject);
      this.need(')');
      return list;
    }
    this.need(')');
    return method.includes('not') ? sql`(${subject} IS NOT NULL)` : sql`(${subject} IS NULL)`;
  }

  private membership(subject: Sql): Sql {
    this.need('[');
    const values = [this.sum()];
    while (this.take(',') !== undefined) values.push(this.sum());
    this.need(']');
    return sql`(${subject} IN (${joinSql(values, ', ')}))`;
  }
}

/** A comparison with nothing asks whether there is a value. */
function compare(left: Sql, operator: string, right: Sql): Sql {
  const sign = OPERATORS[operator] ?? sql`=`;
  if (right.text !== 'NULL') return sql`(${left} ${sign} ${right})`;
  return operator === '!=' || operator === '<>' ? sql`(${left} IS NOT NULL)` : sql`(${left} IS NULL)`;
}

interface Mapping {
  readonly type?: unknown;
  readonly column?: { readonly name?: unknown };
  readonly operator?: unknown;
  readonly parameter?: unknown;
  readonly is_null?: unknown;
  readonly conditions?: unknown;
}

/** `{type: comparison, column: {name: x}, operator: ">", parameter: 5}`, nullity, and, or: the conditions of 1.x. */
function fromMapping(condition: unknown, columns: readonly string[], used: Set<string>): Sql {
  if (typeof condition !== 'object' || condition === null) throw new ConditionError('is a text or a mapping');
  const { type, column, operator, parameter, is_null, conditions } = condition as Mapping;
  if (type === 'and' || type === 'or') {
    const parts = (Array.isArray(conditions) ? conditions : []).map((part) => fromMapping(part, columns, used));
    if (parts.length === 0) throw new ConditionError(`"${type}" has a list of conditions`);
    return sql`(${joinSql(parts, type === 'and' ? ' AND ' : ' OR ')})`;
  }
  if (typeof column?.name !== 'string') throw new ConditionError('names its column as {name: …}');
  const subject = known(column.name, columns, used);
  if (type === 'nullity') return is_null === true ? sql`(${subject} IS NULL)` : sql`(${subject} IS NOT NULL)`;
  const sign = String(operator).toUpperCase();
  if (/^(NOT[ _])?IN$/.test(sign)) return memberOf(subject, sign, parameter);
  if (!(String(operator) in OPERATORS)) throw new ConditionError(`has no operator ${JSON.stringify(operator)}`);
  return compare(subject, String(operator), literal(parameter as SqlValue));
}

function memberOf(subject: Sql, sign: string, values: unknown): Sql {
  const list = (Array.isArray(values) ? values : []).map((value) => literal(value as SqlValue));
  if (list.length === 0) throw new ConditionError(`${sign} has a list of values`);
  const member = sql`(${subject} IN (${joinSql(list, ', ')}))`;
  return sign === 'IN' ? member : sql`(NOT ${member})`;
}
