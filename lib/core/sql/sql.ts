/**
 * SQL as a value. A piece can only come from the functions of this file, so that no name and no value of a user is
 * ever spliced into a statement as it is. The quoting is that of the SQL standard, which DuckDB and Trino share.
 */
export class Sql {
  /** Not for use outside this file: `sql`, `identifier`, `literal` and `userSql` make pieces. */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a literal may be. A whole `number` becomes an integer, any other a double. */
export type SqlValue = string | number | bigint | boolean | null;

/** `` sql`SELECT ${identifier(column)} FROM ${relation}` ``: every hole takes a piece of SQL and nothing else. */
export function sql(strings: TemplateStringsArray, ...pieces: readonly Sql[]): Sql {
  return new Sql(strings.reduce((text, string, i) => text + (pieces[i - 1]?.text ?? '') + string));
}

/** A quoted name: `say "hi"` → `"say ""hi"""`. */
export function identifier(name: string): Sql {
  if (name === '' || name.includes('\0')) throw new RangeError(`${JSON.stringify(name)} is no name of a column`);
  return new Sql(`"${name.replaceAll('"', '""')}"`);
}

/** @throws RangeError for text with a NUL character, which no engine takes in a statement */
export function literal(value: SqlValue): Sql {
  if (value === null) return new Sql('NULL');
  if (typeof value === 'boolean') return new Sql(value ? 'TRUE' : 'FALSE');
  if (typeof value === 'bigint') return new Sql(value < 0n ? `(${value})` : String(value));
  if (typeof value === 'number') return new Sql(numberText(value));
  if (value.includes('\0')) throw new RangeError(`${JSON.stringify(value)} holds a NUL character`);
  return new Sql(`'${value.replaceAll("'", "''")}'`);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return `CAST('${Number.isNaN(value) ? 'NaN' : value}' AS DOUBLE)`;
  if (Object.is(value, -0)) return '(-0E0)';
  // With an exponent both engines read a double; without one, Trino reads 0.1 as a decimal.
  const text = Number.isSafeInteger(value) ? String(value) : value.toExponential().replace('e', 'E').replace('+', '');
  return value < 0 ? `(${text})` : text;
}

type Separator = ', ' | ' AND ' | ' OR ' | ' + ' | ' UNION ALL ' | ' || ' | ' ';

/** Pieces with a separator between them. */
export function joinSql(pieces: readonly Sql[], separator: Separator): Sql {
  return new Sql(pieces.map(({ text }) => text).join(separator));
}

/**
 * SQL that a person wrote where SQL is asked for: a row condition, a query expectation, the condition of a slice.
 * In parentheses, so that it stays one expression; it must not end the statement.
 */
export function userSql(text: string): Sql {
  return new Sql(`(${text}\n)`);
}
