import type { ColumnInfo, Row } from '@aws-sdk/client-athena';
import type { SqlRow } from '../duckdb/session';
import type { PlainValue } from '../duckdb/values';

/**
 * Rows of a page of results, whose cells are texts: numbers, truth values and moments become what DuckDB answers with.
 *
 * @throws TypeError for a type that no statement of ours asks for
 */
export function plainRows(columns: readonly ColumnInfo[], rows: readonly Row[]): readonly SqlRow[] {
  const readers = columns.map(({ Type = 'varchar' }) => reader(Type));
  return rows.map(({ Data = [] }) =>
    Object.fromEntries(
      columns.map(({ Name = '' }, i): [string, PlainValue] => {
        const text = Data[i]?.VarCharValue;
        return [Name, text === undefined ? null : (readers[i] ?? String)(text)];
      }),
    ),
  );
}

type Reader = (text: string) => PlainValue;

/** `decimal(38,0)` is a decimal. */
function reader(type: string): Reader {
  const found = READERS[type.toLowerCase().replace(/\(.*$/, '').trim()];
  if (found === undefined) throw new TypeError(`Athena answered with ${type}, which has no plain form`);
  return found;
}

function whole(text: string): number | bigint {
  const value = BigInt(text);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const decimal: Reader = (text) => (/^-?\d+$/.test(text) ? whole(text) : Number(text));

/** `2024-01-31 00:00:00.500` → `2024-01-31T00:00:00.5` */
const moment: Reader = (text) =>
  text
    .replace(' ', 'T')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

const READERS: Readonly<Record<string, Reader>> = {
  tinyint: whole,
  smallint: whole,
  integer: whole,
  int: whole,
  bigint: whole,
  decimal,
  double: Number,
  float: Number,
  real: Number,
  boolean: (text) => text === 'true',
  date: String,
  timestamp: moment,
  varchar: String,
  char: String,
  string: String,
  json: String,
  unknown: String,
};
