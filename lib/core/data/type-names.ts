import type { ColumnType } from './table';

/** Type names of pandas, Spark and SQL back ends as Great Expectations users write them, and what they are here. */
const FAMILIES: Readonly<Record<ColumnType, readonly string[]>> = {
  string:
    'str string object object_ text varchar nvarchar char nchar character bpchar clob string_ stringtype unicode o ntext varchar2 character_varying citext uuid string[python]'.split(
      ' ',
    ),
  integer:
    'int integer int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 int_ intc intp long bigint smallint tinyint byteint mediumint hugeint utinyint usmallint uinteger ubigint int2 int4 serial bigserial integertype longtype shorttype bytetype numeric decimal number'.split(
      ' ',
    ),
  number:
    'float float16 float32 float64 float4 float8 float_ double double_precision real numeric decimal number bignumeric floating floattype doubletype decimaltype'.split(
      ' ',
    ),
  // MySQL has no truth values of its own and stores them as TINYINT(1).
  boolean: 'bool boolean bool_ bool8 bit tinyint booleantype logical'.split(' '),
  date: 'date datetype date32 datetime.date'.split(' '),
  timestamp:
    'timestamp datetime datetime2 smalldatetime datetime64 datetime64[ns] datetimetz timestamptz timestamp_ntz timestamp_ltz timestamp_tz timestamp_s timestamp_ms timestamp_ns timestamptype timestampntztype datetime_ datetime.datetime timestamp_with_time_zone timestamp_without_time_zone'.split(
      ' ',
    ),
};

export const TYPE_NAMES: ReadonlyMap<string, ReadonlySet<ColumnType>> = (() => {
  const names = new Map<string, Set<ColumnType>>();
  for (const [family, aliases] of Object.entries(FAMILIES) as [ColumnType, readonly string[]][]) {
    for (const alias of aliases) names.set(alias, (names.get(alias) ?? new Set()).add(family));
  }
  return names;
})();

/** `VARCHAR(20)` → `varchar`, `np.int64` → `int64`, `DOUBLE PRECISION` → `double_precision`. */
const normal = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(np|numpy|pd|pandas|sa|sqltypes|pyspark\.sql\.types)\./, '')
    .replace(/\(.*\)$/, '')
    .trim()
    .replaceAll(' ', '_');

export const familiesOf = (name: string): ReadonlySet<ColumnType> | undefined => TYPE_NAMES.get(normal(name));

/** Whether a column of this type, stored under that name, is of the named type. */
export function isOfType(column: { readonly type: string; readonly stored: string }, name: string): boolean {
  if (normal(column.stored) === normal(name)) return true;
  return [...(familiesOf(name) ?? [])].some((family) => family === column.type);
}
