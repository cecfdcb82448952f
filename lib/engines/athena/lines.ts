import type { ColumnType } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { type TrinoHeld, trinoCellAs, trinoCellText } from '../../core/sql/trino-cells';
import type { FileFormat } from '../formats';
import { FILE } from './rows-sql';

/** A column of files in S3, and how its cells become values. */
export interface LakeColumn {
  readonly name: string;
  readonly type: ColumnType | 'other';
  /** Type of the column in Parquet; texts and JSON values come from lines. */
  readonly held: TrinoHeld;
  /** Place in a CSV record, from 0. */
  readonly index: number;
  /** Whether a cell that is there may be unreadable as `type`. */
  readonly checked: boolean;
}

export interface Lake {
  readonly format: FileFormat;
  /** The external table: one column `line` for CSV and JSON lines, the files' own columns for Parquet. */
  readonly table: Sql;
  /** Rows of these objects alone; absent where the table has no others. */
  readonly only?: Sql;
  /** Columns of a CSV record. */
  readonly width: number;
  readonly columns: readonly LakeColumn[];
}

const LINE = sql`"line"`;
/** The fields of a CSV record, or the JSON value of a line. */
const PARSED = sql`"#parsed"`;
const held = (i: number): Sql => identifier(`#t${i}`);

/**
 * A field of RFC 4180 with the comma before it: in quotes, where a quote is written twice, or without; a quote behind
 * spaces is neither, and what no field begins with is left over, so that a broken record is told from a whole one.
 */
const FIELD = literal(',("[^"]*(?:""[^"]*)*"| *[^," ][^,]*| *)');

const where = (...conditions: readonly (Sql | undefined)[]): Sql => {
  const given = conditions.filter((one): one is Sql => one !== undefined);
  return given.length === 0 ? sql`` : sql` WHERE ${joinSql(given, ' AND ')}`;
};

/** Lines taken apart, with their object. Blank ones are no records, except in files of one column. */
function parsed({ format, table, only, width }: Lake): Sql {
  const file = sql`"$path" AS ${FILE}`;
  if (format === 'jsonl') {
    return sql`(SELECT ${file}, ${LINE}, try(json_parse(${LINE})) AS ${PARSED} FROM ${table}${where(only, sql`trim(${LINE}) <> ''`)})`;
  }
  const blank = width === 1 ? undefined : sql`${LINE} <> ''`;
  return sql`(SELECT ${file}, ${LINE}, regexp_extract_all(',' || ${LINE}, ${FIELD}) AS ${PARSED} FROM ${table}${where(only, blank)})`;
}

/** A cell of a record as it is written; an empty field is missing, as for DuckDB. */
function field({ format }: Lake, { name, index }: LakeColumn): Sql {
  if (format === 'jsonl') {
    const path = literal(`$["${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`);
    const value = sql`json_extract(${PARSED}, ${path})`;
    return sql`CASE WHEN json_format(${value}) <> 'null' THEN ${value} END`;
  }
  const text = sql`substr(element_at(${PARSED}, ${literal(index + 1)}), 2)`;
  return sql`nullif(CASE WHEN starts_with(${text}, '"') THEN replace(substr(${text}, 2, length(${text}) - 2), '""', '"') ELSE ${text} END, '')`;
}

/** All columns of the table as `#t0`, `#t1`, …, with `#file` and, of lines, what they were. */
function cells(lake: Lake): Sql {
  if (lake.format === 'parquet') {
    const own = lake.columns.map(({ name }, i) => sql`${identifier(name.toLowerCase())} AS ${held(i)}`);
    return sql`(SELECT ${joinSql([...own, sql`"$path" AS ${FILE}`], ', ')} FROM ${lake.table}${where(lake.only)})`;
  }
  const own = lake.columns.map((column, i) => sql`${field(lake, column)} AS ${held(i)}`);
  return sql`(SELECT ${joinSql([...own, FILE, LINE, PARSED], ', ')} FROM ${parsed(lake)})`;
}

function value({ held: how, type, checked }: LakeColumn, i: number): Sql {
  if (type === 'other') return trinoCellText(held(i), how);
  if (!checked && how === type) {
    // Not a number is no value, as in pandas.
    return type === 'number'
      ? sql`CASE WHEN NOT is_nan(CAST(${held(i)} AS DOUBLE)) THEN CAST(${held(i)} AS DOUBLE) END`
      : held(i);
  }
  return trinoCellAs(held(i), how, type);
}

/** The table as expectations read it, with `#file`. */
export function lakeRows(lake: Lake, ...more: readonly Sql[]): Sql {
  const named = lake.columns.map((column, i) => sql`${value(column, i)} AS ${identifier(column.name)}`);
  return sql`(SELECT ${joinSql([...named, FILE, ...more], ', ')} FROM ${cells(lake)})`;
}

/** Rows of lines that are no record of the table: other fields than the header has, text beside quotes, no JSON object. */
function broken({ format, width }: Lake): Sql {
  if (format === 'jsonl') return sql`coalesce(NOT starts_with(json_format(${PARSED}), '{'), TRUE)`;
  return sql`(cardinality(${PARSED}) <> ${literal(width)} OR length(array_join(${PARSED}, '')) <> length(${LINE}) + 1)`;
}

/** Between the parts of a text that says where a cell is. */
export const PART = '\x1f';

/**
 * One scan that looks for what makes a table unfit: `rows`; of lines, `broken` and the `first` of them; for each checked
 * column i its unreadable cells `n{i}` and the first as `f{i}`, each as file, key and text.
 */
export function checkSql(lake: Lake, key: string | undefined): Sql {
  const lines = lake.format !== 'parquet';
  const keyAt = lake.columns.findIndex(({ name }) => name === key);
  const keyColumn = lake.columns[keyAt];
  const keyText = keyColumn === undefined ? sql`NULL` : trinoCellText(held(keyAt), keyColumn.held);
  const found = (text: Sql): Sql =>
    sql`${FILE} || ${literal(PART)} || coalesce(${keyText}, '') || ${literal(PART)} || ${text}`;
  const tests = lake.columns.flatMap((column, i) => {
    if (!column.checked) return [];
    const text = trinoCellText(held(i), column.held);
    return [
      sql`CASE WHEN ${text} IS NOT NULL AND ${value(column, i)} IS NULL THEN ${found(text)} END AS ${identifier(`u${i}`)}`,
    ];
  });
  const line = lines ? [sql`CASE WHEN ${broken(lake)} THEN ${found(LINE)} END AS "b"`] : [];
  const inner = sql`(SELECT ${joinSql([...line, ...tests, FILE], ', ')} FROM ${cells(lake)})`;
  const counts = lake.columns.flatMap(({ checked }, i) =>
    checked
      ? [
          sql`count(${identifier(`u${i}`)}) AS ${identifier(`n${i}`)}`,
          sql`min(${identifier(`u${i}`)}) AS ${identifier(`f${i}`)}`,
        ]
      : [],
  );
  const bad = lines ? [sql`count("b") AS "broken"`, sql`min("b") AS "first"`] : [];
  return sql`SELECT ${joinSql([sql`count(*) AS "rows"`, ...bad, ...counts], ', ')} FROM ${inner}`;
}
